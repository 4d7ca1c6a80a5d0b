# SPDX-License-Identifier: GPL-2.0-or-later
"""What an agent did becomes records, and the records add up to the day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from firmware.acd import AgentState
from firmware.agents.ledger import Choice, Ledger, Record, Seen
from firmware.agents.moment import Moment
from firmware.agents.statistics import Day, Figures
from firmware.records import AgentCall, AgentChange, Change, OfferOutcome

NINE = Moment(datetime(2026, 11, 20, 9, tzinfo=UTC), 1000.0)
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
FREE, PAUSED, OUT = Seen(AgentState.AVAILABLE), Seen(AgentState.PAUSED, "lunch"), Seen(AgentState.LOGGED_OUT)


def after(seconds: float) -> Moment:
    return NINE.earlier(-seconds)


class Shift:
    """Alice, who logged in at nine, and everything that was written of her."""

    def __init__(self) -> None:
        self.ledger = Ledger("alice", NINE)
        self.records: list[Record] = []
        self.chooses(0, Change.LOGGED_IN, FREE)

    def chooses(self, s: float, change: Change, then: Seen, by: str = "alice", reason: str = "") -> None:
        choice = Choice(change, reason, by=by, via="phone")
        out = change == Change.LOGGED_OUT
        self.records += self.ledger.choose(choice, () if out else ("sales", "support"), after(s))
        self.is_(s, then)

    def is_(self, s: float, seen: Seen) -> None:
        self.records += self.ledger.observe(seen, after(s))

    def call(self, s: float, state: AgentState, call: str = "c1", queue: str = "support") -> None:
        self.is_(s, Seen(state, "", call, queue))

    def figures(self, s: float, queue: str | None = None) -> Figures:
        day = Day(MIDNIGHT)
        day.take(self.records)
        return day.with_open(self.ledger.open(after(s)))("alice", queue)

    @property
    def changes(self) -> list[tuple[Change, str, float]]:
        return [(r.change, r.was, r.lasted_s) for r in self.records if isinstance(r, AgentChange)]

    @property
    def calls(self) -> list[AgentCall]:
        last = {(r.at, r.call): r for r in self.records if isinstance(r, AgentCall)}
        return list(last.values())


def test_a_morning_adds_up() -> None:
    shift = Shift()
    shift.call(100, AgentState.OFFERED)
    shift.call(104, AgentState.ON_CALL)
    shift.ledger.hold(True, after(110))
    shift.ledger.hold(False, after(130))
    shift.is_(164, Seen(AgentState.WRAP_UP))
    shift.is_(174, FREE)
    shift.chooses(200, Change.PAUSED, PAUSED, reason="lunch")
    shift.chooses(500, Change.READY, FREE)
    figures = shift.figures(600)
    assert figures.logged_in_s == 600
    assert figures.paused_s == {"lunch": 300}
    assert (figures.ring_s, figures.talk_s, figures.hold_s, figures.wrap_s) == (4, 40, 20, 10)
    assert (figures.calls, figures.missed) == (1, 0)
    assert figures.ready_s == 300
    assert figures.occupancy == pytest.approx(70 / 300)


def test_what_goes_on_counts_already() -> None:
    shift = Shift()
    shift.call(10, AgentState.ON_CALL)
    assert shift.figures(25).talk_s == 15
    shift.ledger.hold(True, after(30))
    assert (shift.figures(42).talk_s, shift.figures(42).hold_s) == (20, 12)
    assert (shift.figures(42).calls, shift.figures(42).logged_in_s) == (1, 42)


def test_each_queue_has_its_own_calls_and_the_time_in_it() -> None:
    shift = Shift()
    shift.call(10, AgentState.ON_CALL, "c1", "support")
    shift.is_(30, FREE)
    shift.call(40, AgentState.ON_CALL, "c2", "sales")
    shift.is_(45, FREE)
    shift.records += shift.ledger.choose(Choice(Change.LEFT, queue="sales"), ("support",), after(60))
    assert [shift.figures(100, queue).talk_s for queue in ("support", "sales", None)] == [20, 5, 25]
    assert [shift.figures(100, queue).logged_in_s for queue in ("support", "sales", None)] == [100, 60, 100]


def test_a_call_that_is_not_taken_is_missed_one_that_is_withdrawn_is_not() -> None:
    shift = Shift()
    shift.call(10, AgentState.OFFERED)
    shift.ledger.missed()
    shift.is_(30, FREE)
    shift.call(40, AgentState.OFFERED, "c2")
    shift.is_(45, FREE)
    assert [(call.outcome, call.ring_s) for call in shift.calls] == [
        (OfferOutcome.MISSED, 20.0),
        (OfferOutcome.WITHDRAWN, 5.0),
    ]
    assert (shift.figures(50).missed, shift.figures(50).calls) == (1, 0)


def test_a_pause_chosen_in_a_call_is_known_at_once_and_counts_when_the_call_is_over() -> None:
    shift = Shift()
    shift.call(10, AgentState.ON_CALL)
    shift.chooses(20, Change.PAUSED, Seen(AgentState.ON_CALL, "", "c1", "support"), by="boss", reason="lunch")
    shift.is_(50, PAUSED)
    assert [r.by for r in shift.records if isinstance(r, AgentChange) and r.change == Change.PAUSED] == ["boss"]
    assert shift.figures(80).paused_s == {"lunch": 30}
    assert shift.figures(80).talk_s == 40


def test_a_phone_that_was_away_for_a_moment_is_nothing_worth_a_record() -> None:
    shift = Shift()
    shift.is_(100, Seen(AgentState.UNAVAILABLE, "phone is off hook"))
    shift.is_(103, FREE)
    assert len(shift.changes) == 1
    assert shift.figures(110).unavailable_s == 0
    shift.is_(200, Seen(AgentState.UNAVAILABLE, "phone is off hook"))
    assert shift.figures(260).unavailable_s == 60
    shift.is_(300, FREE)
    assert shift.changes[1:] == [(Change.UNREACHABLE, "available", 200.0), (Change.REACHABLE, "unavailable", 100.0)]
    assert (shift.figures(310).unavailable_s, shift.figures(310).logged_in_s) == (100, 310)


def test_who_pauses_while_the_phone_is_away_was_away_until_then() -> None:
    shift = Shift()
    shift.is_(100, Seen(AgentState.UNAVAILABLE, "phone is off hook"))
    shift.chooses(150, Change.PAUSED, PAUSED, reason="lunch")
    figures = shift.figures(170)
    assert (figures.unavailable_s, figures.paused_s, figures.logged_in_s) == (50, {"lunch": 20}, 170)


def test_who_logs_in_at_a_phone_in_the_hand_was_never_away() -> None:
    ledger = Ledger("alice", NINE)
    records = ledger.choose(Choice(Change.LOGGED_IN), ("sales",), NINE)
    records += ledger.observe(Seen(AgentState.UNAVAILABLE, "phone is off hook"), NINE)
    records += ledger.observe(FREE, after(3))
    assert len(records) == 1
    assert (ledger.state, ledger.since) == (AgentState.AVAILABLE, NINE)


def test_nothing_counts_after_the_log_out() -> None:
    shift = Shift()
    shift.chooses(60, Change.LOGGED_OUT, OUT)
    assert shift.figures(4000).logged_in_s == 60


def test_a_clock_that_is_set_changes_no_figure() -> None:
    shift = Shift()
    an_hour_later = Moment(after(60).at.replace(hour=10), after(60).s)
    shift.records += shift.ledger.choose(Choice(Change.PAUSED, "lunch"), ("support",), an_hour_later)
    shift.records += shift.ledger.observe(PAUSED, an_hour_later)
    assert shift.figures(90).logged_in_s == 90
    assert shift.figures(90).paused_s == {"lunch": 30}


def test_only_what_was_after_midnight_is_of_the_day() -> None:
    ledger = Ledger("alice", Moment(datetime(2026, 11, 19, 23, tzinfo=UTC), 0.0), AgentState.AVAILABLE)
    now = Moment(datetime(2026, 11, 20, 1, tzinfo=UTC), 7200.0)
    day = Day(MIDNIGHT)
    day.take(ledger.choose(Choice(Change.PAUSED), (), now))
    assert day.figures("alice", None).logged_in_s == 3600


def test_unpaid_pauses_are_told_apart() -> None:
    shift = Shift()
    shift.chooses(10, Change.PAUSED, PAUSED, reason="lunch")
    shift.chooses(40, Change.PAUSED, Seen(AgentState.PAUSED, "training"), reason="training")
    shown = shift.figures(100).as_json({"lunch"})
    assert (shown["paused_s"], shown["unpaid_s"]) == (90, 30)
    assert shown["paused_by_reason"] == {"lunch": 30, "training": 60}


def test_a_code_that_is_given_in_wrap_up_is_kept_with_the_call() -> None:
    shift = Shift()
    shift.call(10, AgentState.ON_CALL)
    shift.is_(20, Seen(AgentState.WRAP_UP))
    assert shift.ledger.coded("sale")
    shift.is_(30, FREE)
    assert [(call.code, call.wrap_s) for call in shift.calls] == [("sale", 10.0)]
    assert shift.figures(40).codes == {"sale": 1}
    assert not shift.ledger.coded("no_sale")  # concluded: the store and the day are told apart
    assert shift.ledger.last is not None
    assert shift.ledger.last.code == "no_sale"
