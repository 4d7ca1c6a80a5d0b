# SPDX-License-Identifier: GPL-2.0-or-later
"""What agents did outlives the core: where they are, who changed it, and the day's figures."""

import dataclasses
from datetime import timedelta

from firmware.agents.statistics import Day
from firmware.ids import uuid7
from firmware.records import AgentCall, AgentChange, Change, OfferOutcome
from firmware.reports import agents as reports
from firmware.reports.choice import Choice
from firmware.store import agents as store
from firmware.store import history as write
from firmware.store import outbox
from firmware.times import parse

EIGHT = parse("2026-11-22T08:00:00Z")


def change(minute, what, was="available", agent="alice", **more):
    at = EIGHT + timedelta(minutes=minute)
    return AgentChange(str(uuid7()), agent, at, what, was=was, lasted_s=60.0 * minute, queues=("sales",), **more)


def talked(call, **more):
    known = {"ring_s": 4.0, "talk_s": 57.5, "hold_s": 2.0, "wrap_s": 10.0}
    return AgentCall("alice", EIGHT, call.id, "support", OfferOutcome.ANSWERED, **known | more)


def test_where_agents_sit_is_known_after_a_restart(db):
    for agent, extension in (("alice", "202"), ("bob", "203"), ("alice", "204"), ("bob", None)):
        store.sat_down(db, agent, extension)
    assert store.seats(db) == {"alice": "204"}


def test_what_changed_last_is_found(db):
    changes = [change(minute, Change.PAUSED) for minute in range(3)]
    store.recorded(db, changes)
    assert store.last_changes(db, ["alice", "bob"]) == {"alice": changes[-1]}


def test_what_agents_are_now_is_known_to_reports(db):
    store.stands(db, "alice", "available", "", ("sales", "support"), EIGHT)
    store.stands(db, "alice", "paused", "lunch", ("sales",), EIGHT + timedelta(hours=1))
    choice = Choice(EIGHT, EIGHT + timedelta(hours=3))
    figures = reports.figures(db, choice, EIGHT + timedelta(hours=2))
    assert figures == {}  # nobody who never changed is known
    store.recorded(db, [change(60, Change.PAUSED)])
    figures = reports.figures(db, choice, EIGHT + timedelta(hours=2))
    assert (figures["alice"].logged_in_s, figures["alice"].paused_s) == (7200, {"lunch": 3600})


def test_the_day_is_added_up_again_from_the_records(db, ended):
    call = ended()
    records = [change(10, Change.PAUSED, by="boss", via="web"), change(15, Change.READY, "paused"), talked(call)]
    store.recorded(db, records)
    day = Day(EIGHT - timedelta(hours=1))
    day.take(store.records_since(db, ["alice", "bob"], day.began))
    figures = day.figures("alice", "support")
    assert (figures.calls, figures.talk_s) == (1, 57.5)
    assert day.figures("alice", "sales").logged_in_s == 25 * 60


def test_changes_are_read_by_pages_newest_first(db, history):
    hers = [change(minute, Change.PAUSED) for minute in range(4)]
    store.recorded(db, [*hers, *(change(minute, Change.PAUSED, agent="bob") for minute in range(4))])
    page = history.agent_changes("alice", limit=3)
    assert page.items == hers[:0:-1]
    assert history.agent_changes("alice", cursor=page.next, limit=3).items == [hers[0]]
    assert len(history.agent_changes().items) == 8


def test_a_call_that_a_dead_core_left_open_is_concluded(db, ended):
    call = ended()
    write.call_ended(db, call, cloud=False)
    store.recorded(db, [talked(call, talk_s=None, wrap_s=0.0)])
    store.recover(db)
    (found,) = store.records_since(db, ["alice"], EIGHT)
    assert (found.talk_s, found.wrap_s) == (call.talk_s, 0.0)


def test_a_disposition_code_is_in_the_record_the_trail_and_the_outbox(db, history, ended):
    call = ended()
    write.call_ended(db, call, cloud=False)
    mine = talked(call)
    store.recorded(db, [mine])
    store.coded(db, mine, "sale", "alice", EIGHT, cloud=True)
    assert history.call(call.id).disposition_code == "sale"
    assert [(event.event, event.data["code"]) for event in history.trail_of(call.id)] == [("coded", "sale")]
    assert store.records_since(db, ["alice"], EIGHT) == [dataclasses.replace(mine, code="sale")]
    assert outbox.counts(db) == (1, 0)
