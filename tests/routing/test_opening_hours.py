# SPDX-License-Identifier: GPL-2.0-or-later
"""Schedules against a second opinion: each minute asked for by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.config import Schedule
from firmware.config.hours import WEEKDAYS, parse_days, parse_holiday, parse_span
from firmware.routing.schedules import Night, is_open, next_change

MONDAY = datetime(2026, 11, 23)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))
clock = st.builds(lambda h, m: f"{h:02}:{m:02}", st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
spans = st.builds(lambda a, b: f"{a}-{b}", clock, clock).filter(lambda span: span[:5] != span[6:])
schedules = st.builds(
    Schedule,
    name=st.just("day"),
    hours=st.dictionaries(st.sampled_from([*WEEKDAYS, "mon-fri", "sat-mon"]), st.lists(spans, max_size=2).map(tuple)),
    holidays=st.sets(st.sampled_from(["01-01", "12-24/01-02", "2026-05-14"])).map(tuple),
    holiday_hours=st.lists(spans, max_size=1).map(tuple),
)


def schedule(**hours: list[str]) -> Schedule:
    return Schedule(name="day", hours={days.replace("_", "-"): tuple(texts) for days, texts in hours.items()})


def minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def open_by_hand(plan: Schedule, at: datetime) -> bool:
    """Counts the minutes of this day and of the one before, as a person would."""
    for days_ago in (0, 1):
        day = (at - timedelta(days=days_ago)).date()
        texts = [t for days, ts in plan.hours.items() if day.weekday() in parse_days(days) for t in ts]
        if any(parse_holiday(text).has(day) for text in plan.holidays):
            texts = list(plan.holiday_hours)
        minute = at.hour * 60 + at.minute + days_ago * 1440
        for text in texts:
            begin, end = minutes(text[:5]), minutes(text[6:])
            if begin <= minute < (end if end > begin else end + 1440):
                return True
    return False


@given(schedules, moments)
@settings(deadline=None)
def test_a_schedule_is_open_when_a_person_would_say_so(plan: Schedule, at: datetime) -> None:
    assert is_open(plan, at) == open_by_hand(plan, at)


@given(schedules, moments)
@settings(max_examples=50, deadline=None)
def test_it_stays_as_it_is_until_the_next_change(plan: Schedule, at: datetime) -> None:
    change = next_change(plan, at)
    now = is_open(plan, at)
    if change is None:
        change = at + timedelta(days=20)
        assert is_open(plan, change) is now
    else:
        assert is_open(plan, change) is not now
    between = [at + (change - at) * part / 50 for part in range(50)]
    assert all(is_open(plan, moment) is now for moment in between)


def test_what_began_yesterday_ends_today() -> None:
    assert next_change(schedule(wed=["01:00-00:15"]), datetime(2026, 1, 1)) == datetime(2026, 1, 1, 0, 15)


@given(schedules, moments)
def test_the_night_switch_knows_no_hours(plan: Schedule, at: datetime) -> None:
    assert is_open(plan, at, Night.DAY)
    assert not is_open(plan, at, Night.NIGHT)


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    bar = schedule(fri_sat=["22:00-03:00"])
    friday = MONDAY + timedelta(days=4)
    assert not is_open(bar, friday + timedelta(hours=2))
    assert is_open(bar, friday + timedelta(hours=23))
    assert is_open(bar, friday + timedelta(days=2, hours=2, minutes=59))
    assert not is_open(bar, friday + timedelta(days=2, hours=3))


def test_a_holiday_has_its_own_hours() -> None:
    shop = Schedule(
        name="day", hours={"mon-sun": ("08:00-18:00",)}, holidays=("12-24",), holiday_hours=("08:00-12:00",)
    )
    assert is_open(shop, datetime(2026, 12, 24, 11))
    assert not is_open(shop, datetime(2027, 12, 24, 13))


@pytest.mark.parametrize("text", ["8:00-12:00", "08:00", "25:00-26:00", "08:00-08:00", "12:00-24:30", "a-b"])
def test_what_is_no_time_of_the_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="use from and to like"):
        parse_span(text)


@pytest.mark.parametrize("text", ["2026-02-30", "13-01", "24.12.", "2027-01-02/2026-12-24", "2026-12-24/01-02", ""])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|second day"):
        parse_holiday(text)


def test_a_yearly_holiday_goes_over_new_year() -> None:
    rest = parse_holiday("12-24/01-02")
    inside = [datetime(2026, 12, 24), datetime(2026, 12, 31), datetime(2027, 1, 2)]
    assert [rest.has(day.date()) for day in inside] == [True] * 3
    assert not rest.has(datetime(2027, 1, 3).date())
