# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the lifeline relay is, from facts; and when a drill is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.board.drill import INTERVALS, due
from firmware.board.lifeline import MOVE_S, QUIET_S, Facts, Lifeline, Place

FACTS = st.builds(Facts, st.booleans(), st.booleans(), st.booleans(), st.booleans())
WELL = Facts(card_works=True)
STEPS = st.lists(st.tuples(FACTS, st.sampled_from(["", "", "begin", "end"]), st.floats(0.05, 3)), max_size=60)


@settings(deadline=None)
@given(st.booleans(), STEPS)
def test_in_every_history_a_dead_card_gives_the_phone_to_the_line_and_only_quiet_brings_it_back(on_card, steps) -> None:
    now = 0.0
    lifeline = Lifeline(on_card, now)
    for facts, act, seconds in steps:
        now += seconds
        before = lifeline.place
        if act == "begin":
            lifeline.begin_drill(facts, now)
        elif act == "end":
            lifeline.end_drill(now)
        began = lifeline.place
        lifeline.step(facts, now)
        if not facts.card_works:
            assert lifeline.place is Place.LINE
        if lifeline.place is Place.CARD and Place.CARD not in (before, began):
            assert facts == WELL
            assert lifeline.energized
        if began is Place.DRILL and before is Place.CARD:
            assert facts == WELL  # never into a call


def test_the_phone_goes_back_when_both_sides_were_quiet_for_a_moment_and_not_before() -> None:
    lifeline = Lifeline(on_card=False, now=0.0)
    lifeline.step(Facts(True, loop_open=False), 10.0)
    assert lifeline.step(WELL, 10.0 + QUIET_S / 2) is Place.LINE
    assert lifeline.step(Facts(True, line_idle=False), 10.0 + QUIET_S) is Place.LINE
    assert lifeline.step(WELL, 10.0 + 1.5 * QUIET_S) is Place.LINE
    assert lifeline.step(WELL, 10.0 + 2 * QUIET_S) is Place.CARD


@pytest.mark.parametrize("busy", [Facts(*flags) for flags in product([True, False], repeat=4) if not all(flags)])
def test_a_drill_begins_only_when_nobody_uses_the_phone_or_the_line(busy: Facts) -> None:
    lifeline = Lifeline(on_card=True, now=0.0)
    assert not lifeline.begin_drill(busy, 1.0)
    assert lifeline.begin_drill(WELL, 1.0)
    assert not lifeline.energized


def test_who_lifts_the_phone_in_a_drill_keeps_the_line() -> None:
    lifeline = Lifeline(on_card=True, now=0.0)
    lifeline.begin_drill(WELL, 1.0)
    lifted = Facts(True, loop_open=False)
    assert lifeline.step(lifted, 1.2) is Place.LINE
    assert lifeline.step(lifted, 60.0) is Place.LINE
    assert lifeline.step(WELL, 60.0 + QUIET_S) is Place.CARD


def test_a_relay_that_does_not_follow_is_stuck_until_it_does() -> None:
    lifeline = Lifeline(on_card=True, now=0.0)
    assert not lifeline.read_back(True, 10.0)
    lifeline.step(Facts(card_works=False), 10.1)
    assert not lifeline.read_back(True, 10.2)
    assert lifeline.read_back(True, 10.3 + MOVE_S)
    assert not lifeline.read_back(False, 11.0)


@settings(deadline=None)
@given(st.sampled_from(["week", "month"]), st.integers(0, 23), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_a_box_that_runs_drills_once_an_interval_in_its_hour(every, hour: int, start: datetime) -> None:
    now = start.replace(tzinfo=UTC)
    last, drills = now - 2 * INTERVALS[every], list[datetime]()
    for _ in range(3 * 24 * INTERVALS[every].days):
        if due(last, now, every, hour):
            drills.append(last := now)
        now += timedelta(hours=1)
    assert all(at.hour == hour for at in drills)
    assert {later - at for at, later in pairwise(drills)} == {INTERVALS[every]}


def test_one_that_was_never_drilled_is_at_the_next_hour_and_one_that_shall_not_be_never() -> None:
    at = datetime(2026, 11, 22, 3, 5, tzinfo=UTC)
    assert due(None, at, "month", 3)
    assert not due(None, at, "month", 4)
    assert not due(None, at, "never", 3)
