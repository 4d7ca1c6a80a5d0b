# SPDX-License-Identifier: GPL-2.0-or-later
"""A history that is read by somebody who sees some queues: pages are full, nothing else is shown, nothing is lost."""

import contextlib
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from firmware.errors import Denied, NotFound
from firmware.ids import uuid7
from firmware.records import Cdr, Direction, Disposition, Recording
from firmware.store import history as told
from firmware.store.history import History
from firmware.store.scope import Scope

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUEUES = ("support", "sales", "vip", None)


def call(n, queue):
    return Cdr(
        id=uuid7(), direction=Direction.INBOUND, from_number="5551", from_name="", to_number="600",
        started_at=AT + timedelta(minutes=n), ended_at=AT + timedelta(minutes=n, seconds=30), queue=queue,
        disposition=Disposition.ANSWERED if n % 3 else Disposition.ABANDONED,
    )  # fmt: skip


@pytest.fixture
def box(state):
    """Forty calls, one after the other in each queue and past them, each recorded."""
    History(state / "history.db").close()
    with contextlib.closing(sqlite3.connect(state / "history.db")) as db:
        db.row_factory = sqlite3.Row
        for n in range(40):
            cdr = call(n, QUEUES[n % 4])
            told.call_began(db, replace(cdr, queue=None, ended_at=None, disposition=None))
            told.recording_began(db, Recording(uuid7(), cdr.id, f"{cdr.id}.wav", cdr.started_at))
            told.call_ended(db, cdr, False)
        db.commit()
    history = History(state / "history.db")
    yield history
    history.close()


def all_pages(ask):
    found, cursor = [], None
    while True:
        page = ask(cursor)
        found += page.items
        if not (cursor := page.next):
            return found
        assert len(page.items) == 7, "pages are full until the last"


@pytest.mark.parametrize("queues", [{"support"}, {"support", "vip"}, {"closed"}])
@pytest.mark.parametrize("disposition", [None, "answered", "abandoned"])
def test_every_page_is_full_and_all_of_them_are_what_is_seen(box, queues, disposition):
    mine = box.limited(Scope(frozenset(queues)))
    found = all_pages(lambda cursor: mine.calls(limit=7, cursor=cursor, disposition=disposition))
    everything = box.calls(limit=100, disposition=disposition).items
    assert found == [cdr for cdr in everything if cdr.queue in queues]


def test_recordings_follow_the_queue_of_their_call_wherever_it_is_sent(box, state):
    mine = box.limited(Scope(frozenset({"support", "vip"})))
    found = all_pages(lambda cursor: mine.recordings(limit=7, cursor=cursor))
    assert len(found) == 20
    moved = box.call(found[0].call)
    with contextlib.closing(sqlite3.connect(state / "history.db")) as db:
        told.call_changed(db, replace(moved, queue="sales"))
        db.commit()
    assert len(all_pages(lambda cursor: mine.recordings(limit=7, cursor=cursor))) == 19
    with pytest.raises(NotFound):
        mine.recording(found[0].id)
    assert box.recordings(queue="sales", call=moved.id).items == [found[0]]


def test_calls_past_the_queues_and_of_others_are_not_there(box):
    mine = box.limited(Scope(frozenset({"support"})))
    for cdr in box.calls(limit=100).items:
        if cdr.queue == "support":
            assert mine.call(cdr.id) == cdr
            continue
        with pytest.raises(NotFound):
            mine.call(cdr.id)
        assert mine.trail_of(cdr.id) == mine.legs_of(cdr.id) == mine.survey_answers_of(cdr.id) == []


def test_a_question_that_does_not_know_of_the_limit_is_refused(box):
    mine = box.limited(Scope(frozenset({"support"})))
    with pytest.raises(Denied):
        mine.read(lambda db: db.execute("SELECT * FROM calls").fetchall())


def test_mailboxes_and_agents_follow_from_the_configuration():
    document = {
        "queue": [
            {"name": "support", "overflow": "voicemail:201", "waiting": {"keys": {"1": "voicemail:203"}}},
            {"name": "sales", "overflow": "voicemail:202"},
        ],
        "agent": [{"id": "alice", "queues": {"support": 1, "sales": 1}}, {"id": "bob", "queues": {"sales": 1}},
                  {"id": "carl"}],
    }  # fmt: skip
    scope = Scope.of(["support"], document)
    assert (scope.agents, scope.boxes) == ({"alice"}, {"201", "203"})
