# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits against toll fraud against a second opinion: each second counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from firmware.config import TollLimits
from firmware.routing.outward import TollKind
from firmware.routing.tolls import DAY, HOUR, TollCall, passed, use

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ABROAD = TollKind.INTERNATIONAL
ages = st.integers(0, 5000)


def toll(age_s: int, answered_after: int | None, length: int | None, kind: TollKind = ABROAD) -> TollCall:
    at = NOW - timedelta(seconds=age_s)
    began = None if answered_after is None else min(NOW, at + timedelta(seconds=answered_after))
    ended = None if began is None or length is None else min(NOW, began + timedelta(seconds=length))
    return TollCall("x", kind, "00442", at, began, ended)


tolls = st.builds(
    toll, ages, st.none() | st.integers(0, 60), st.none() | st.integers(0, 4000), st.sampled_from(TollKind)
)


@given(st.lists(tolls, max_size=6), st.none() | ages)
def test_calls_and_minutes_are_those_of_the_window(calls: list[TollCall], forgiven: int | None) -> None:
    since = None if forgiven is None else NOW - timedelta(seconds=forgiven)
    begin = max(NOW - HOUR, since) if since else NOW - HOUR
    of_kind = [call for call in calls if call.kind is ABROAD]
    seconds = 0
    for call in of_kind:
        if call.began:
            moments = range(int((NOW - begin).total_seconds()))
            seconds += sum(call.began <= begin + timedelta(seconds=n) < (call.ended or NOW) for n in moments)
    found = use(calls, ABROAD, NOW, HOUR, since)
    assert found.calls == sum(call.at >= begin for call in of_kind)
    assert abs(found.minutes * 60 - seconds) <= len(calls)


@given(st.lists(tolls, max_size=8), st.integers(0, 8))
def test_one_call_too_many_is_the_one_after_the_limit(calls: list[TollCall], limit: int) -> None:
    limits = TollLimits(calls_per_hour=limit, minutes_per_hour=9999, calls_per_day=9999, minutes_per_day=9999)
    count = use(calls, ABROAD, NOW, HOUR, None).calls
    found = passed(limits, calls, ABROAD, NOW, more=1)
    assert (found is not None) == (count + 1 > limit)
    assert found is None or str(found) == f"more than {limit} calls to international numbers within an hour"


def test_a_call_that_goes_on_passes_a_limit_of_minutes_by_itself() -> None:
    limits = TollLimits(minutes_per_hour=10)
    going_on = [toll(900, 0, None)]
    assert str(passed(limits, going_on, ABROAD, NOW)) == "more than 10 minutes to international numbers within an hour"
    assert passed(limits, [toll(500, 0, None)], ABROAD, NOW) is None


def test_what_was_lifted_is_forgiven_and_a_day_is_a_day() -> None:
    limits = TollLimits(calls_per_day=2)
    calls = [toll(80_000, 0, 60) for _ in range(2)]
    assert passed(limits, calls, ABROAD, NOW, more=1)
    assert passed(limits, calls, ABROAD, NOW, NOW - HOUR, more=1) is None
    assert passed(limits, [toll(90_000, 0, 60)] * 2, ABROAD, NOW, more=1) is None
    assert use(calls, ABROAD, NOW, DAY, None).minutes == 2
