# SPDX-License-Identifier: GPL-2.0-or-later
"""The story of a call is the same after its end; it only takes less room."""

import contextlib
import dataclasses
import sqlite3
from datetime import timedelta

import pytest
from sqlite_utils import Database

from firmware import times
from firmware.ids import uuid7
from firmware.records import AgentCall, Cdr, Direction, Disposition, LegRecord, OfferOutcome, TrailEvent
from firmware.store import agents, facts, migrations, schema
from firmware.store import history as write
from firmware.store.history import History

MINUTE = timedelta(minutes=1)


@pytest.fixture
def told(db, ended):
    """A call in the queue "support", with its trail and a leg, as the journal writes them."""

    def make(*events: tuple[float, str, dict[str, object]], **fields):
        call = ended(**fields)
        write.call_began(db, dataclasses.replace(call, ended_at=None, disposition=None))
        leg = LegRecord(uuid7(), call.id, "analog", "fxo1", call.started_at)
        write.leg_began(db, leg)
        trail = [TrailEvent(call.id, call.started_at + timedelta(seconds=s), event, data) for s, event, data in events]
        write.trail(db, trail)
        write.leg_ended(db, dataclasses.replace(leg, ended_at=call.ended_at, cause=16))
        write.call_ended(db, call, cloud=False)
        return call, trail, dataclasses.replace(leg, ended_at=call.ended_at, cause=16)

    return make


def rows(db, table):
    return [dict(row) for row in db.execute(f"SELECT * FROM {table}")]  # noqa: S608


def test_trail_and_legs_of_an_ended_call_read_as_they_were_written(db, history, told):
    call, trail, leg = told((0.5, "caller_id", {"number": "5550100"}), (60, "ended", {"by": "caller"}))
    assert history.trail_of(call.id) == trail
    assert history.legs_of(call.id) == [leg]
    assert rows(db, "trail") == rows(db, "legs") == []


def test_what_is_told_after_the_end_comes_after_it(db, history, told):
    call, trail, _ = told((1, "queued", {"queue": "support"}))
    late = TrailEvent(call.id, call.started_at + 2 * MINUTE, "note", {"text": "called back"})
    write.trail(db, [late])
    assert history.trail_of(call.id) == [*trail, late]
    assert rows(db, "trail") == []


def test_a_stay_in_a_queue_is_counted_with_its_times(db, told):
    call, _, _ = told(
        (2, "queued", {"queue": "support"}),
        (3, "offered", {"agent": "bob", "considered": []}),
        (18, "not_answered", {"agent": "bob", "reason": "nobody answered within 15 s"}),
        (19, "offered", {"agent": "alice", "considered": []}),
        (22, "answered", {"agent": "alice"}),
        (30, "held", {"by": "201"}),
        (40, "resumed", {}),
        (60, "ended", {"by": "caller"}),
    )
    (stay,) = (facts.Fact(**row) for row in rows(db, "facts"))
    began = times.milliseconds(call.started_at)
    assert (stay.queue, stay.agent, stay.outcome, stay.at) == ("support", "alice", "answered", began + 2000)
    assert (stay.wait_ms, stay.ring_ms, stay.talk_ms, stay.hold_ms) == (20_000, 3_000, 28_000, 10_000)
    assert (stay.busy_ms, stay.disposition, stay.line) == (60_000, None, "fxo1")


def test_each_queue_on_the_way_is_a_stay_of_its_own(db, told):
    told(
        (2, "queued", {"queue": "support"}),
        (32, "overflowed", {"queue": "support", "reason": "waited for as long as the queue allows"}),
        (33, "queued", {"queue": "sales"}),
        (60, "ended", {"by": "caller"}),
        disposition=Disposition.ABANDONED, answered_at=None, talk_s=0.0,
    )  # fmt: skip
    found = [(row["queue"], row["outcome"], row["wait_ms"], row["busy_ms"]) for row in rows(db, "facts")]
    assert found == [("support", "overflowed", 30_000, 60_000), ("sales", "abandoned", 27_000, 0)]


def test_an_agent_who_is_gone_at_once_does_not_make_it_two_stays(db, told):
    told(
        (2, "queued", {"queue": "support"}),
        (5, "offered", {"agent": "bob"}),
        (7, "agent_left", {"agent": "bob"}),
        (7, "queued", {"queue": "support"}),
        (9, "answered", {"agent": "alice"}),
    )
    assert [(row["outcome"], row["wait_ms"], row["agent"]) for row in rows(db, "facts")] == [
        ("answered", 7_000, "alice")
    ]


def test_who_is_taken_into_another_queue_while_waiting_has_left_the_first(db, told):
    told((2, "queued", {"queue": "support"}), (9, "queued", {"queue": "sales"}), (11, "answered", {"agent": "alice"}))
    found = [(row["queue"], row["outcome"], row["wait_ms"]) for row in rows(db, "facts")]
    assert found == [("support", "left", 7_000), ("sales", "answered", 2_000)]


def test_who_is_sent_to_another_queue_by_a_supervisor_has_left_the_first(db, told):
    told(
        (2, "queued", {"queue": "support"}),
        (9, "moved", {"queue": "sales", "was": "support", "kept_wait": True, "by": "anna"}),
        (11, "answered", {"agent": "alice"}),
    )
    found = [(row["queue"], row["outcome"], row["wait_ms"]) for row in rows(db, "facts")]
    assert found == [("support", "left", 7_000), ("sales", "answered", 2_000)]


def test_talk_with_an_agent_ends_when_the_agent_hands_the_call_over(db, told):
    told((2, "queued", {"queue": "support"}), (5, "answered", {"agent": "alice"}), (25, "transferred", {"by": "201"}))
    assert [row["talk_ms"] for row in rows(db, "facts")] == [20_000]


def test_calls_are_numbered_in_the_order_in_which_they_ended(history, told):
    calls = [told((0, "dialling", {}), minute=minute)[0].id for minute in (5, 0, 9)]
    assert [(seq, call.id) for seq, call in history.ended_after(0)] == list(enumerate(calls, 1))
    assert [call.id for _, call in history.ended_after(1, limit=1)] == [calls[1]]


def test_a_call_past_the_queues_is_counted_as_it_ended(db, told):
    told((0, "dialling", {"number": "5550100"}), queue=None, agent=None)
    (row,) = rows(db, "facts")
    assert (row["queue"], row["outcome"], row["wait_ms"], row["talk_ms"]) == (None, "answered", 2500, 57_500)


def test_a_call_whose_trail_was_lost_is_counted_by_its_record(db, told):
    told(disposition=Disposition.VOICEMAIL)
    (row,) = rows(db, "facts")
    assert (row["queue"], row["outcome"], row["disposition"]) == ("support", "overflowed", "voicemail")


def test_a_call_back_is_no_second_stay_in_the_queue(db, told):
    told((0, "call_back", {"attempt": 1}), (9, "answered", {"agent": "alice"}), direction=Direction.OUTBOUND)
    (row,) = rows(db, "facts")
    assert (row["queue"], row["agent"], row["talk_ms"]) == (None, "alice", 57_500)


def test_talk_with_an_agent_ends_when_the_survey_begins(db, told):
    told(
        (2, "queued", {"queue": "support"}), (5, "answered", {"agent": "alice"}), (25, "survey_began", {"survey": "s"})
    )
    assert [row["talk_ms"] for row in rows(db, "facts")] == [20_000]


def test_work_after_the_call_is_counted_with_it_whether_it_ends_before_the_call_or_after(db, told, cdr):
    def worked(call: Cdr, seconds: float) -> None:
        at = call.started_at + timedelta(seconds=4)
        agents.recorded(db, [AgentCall("alice", at, call.id, "support", OfferOutcome.ANSWERED, 1, 20, 0, seconds)])

    before, after = cdr(), cdr()
    worked(before, 12.5)
    for call in (before, after):
        told((2, "queued", {"queue": "support"}), (5, "answered", {"agent": "alice"}), id=call.id)
    worked(after, 7)
    assert sorted(row["wrap_ms"] for row in rows(db, "facts")) == [7_000, 12_500]


def test_what_a_dead_core_left_is_counted_too(db, history, cdr):
    call = cdr()
    write.call_began(db, call)
    write.trail(db, [TrailEvent(call.id, call.started_at + MINUTE, "queued", {"queue": "support"})])
    write.recover(db, call.started_at + 9 * MINUTE, cloud=False)
    assert [event.event for event in history.trail_of(call.id)] == ["queued", "recovered"]
    assert [(row["outcome"], row["wait_ms"]) for row in rows(db, "facts")] == [("failed", 0)]


def test_calls_of_older_versions_are_counted_after_the_update(tmp_path, ended):
    path = tmp_path / "history.db"
    call = ended()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        older = Database(connection)
        schema.history.apply(older, stop_before="facts")
        columns = older["calls"].columns_dict
        known = {key: value for key, value in call.as_json().items() if key in columns}
        older["calls"].insert(known)
        step = {"call": call.id, "at": known["started_at"], "event": "queued", "data": '{"queue": "support"}'}
        older["trail"].insert(step)
    migrations.ensure(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT queue, outcome FROM facts").fetchall() == [("support", "abandoned")]
    with contextlib.closing(History(path)) as history:
        assert [event.event for event in history.trail_of(call.id)] == ["queued"]
