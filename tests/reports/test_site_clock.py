# SPDX-License-Identifier: GPL-2.0-or-later
"""Days and hours of sites all over the world, also where their clocks change."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.errors import Invalid
from firmware.reports.choice import Choice, Office, read
from firmware.reports.clock import DAY_MS, SiteClock, hour_of_week
from firmware.times import HOUR_MS, milliseconds

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Asia/Kathmandu", "Australia/Lord_Howe",
         "America/St_Johns", "Africa/Casablanca", "Pacific/Apia", "America/Santiago")  # fmt: skip
MOMENTS = st.datetimes(datetime(2009, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(st.sampled_from(ZONES), MOMENTS, st.integers(1, 800), st.data())
def test_the_wall_of_sql_is_the_wall_of_the_site(zone, since, days, data):
    clock, until = SiteClock(ZoneInfo(zone)), since + timedelta(days=days)
    at = data.draw(st.datetimes(since.replace(tzinfo=None), until.replace(tzinfo=None), timezones=st.just(UTC)))
    db = sqlite3.connect(":memory:")
    sql = f"SELECT {clock.local_sql(since, until)} FROM (SELECT ? AS at)"  # noqa: S608
    local = db.execute(sql, (milliseconds(at),)).fetchone()[0]
    wall = at.astimezone(clock.zone)
    assert local // DAY_MS == wall.date().toordinal() - date(1970, 1, 1).toordinal()
    assert local // HOUR_MS % 24 == wall.hour
    assert hour_of_week(local) == wall.weekday() * 24 + wall.hour
    db.close()


@given(st.sampled_from(ZONES), MOMENTS, st.integers(1, 60))
def test_the_hours_of_a_span_add_up_to_it(zone, since, days):
    clock, until = SiteClock(ZoneInfo(zone)), since + timedelta(days=days)
    assert sum(clock.hours_of(since, until)) == milliseconds(until) - milliseconds(since)


def test_a_sunday_of_25_hours_has_two_o_clock_twice():
    clock = SiteClock(ZoneInfo("Europe/Berlin"))
    day = date(2026, 10, 25)
    hours = clock.hours_of(clock.midnight(day), clock.midnight(day + timedelta(days=1)))
    assert [spent // HOUR_MS for spent in hours[6 * 24 :]] == [1, 1, 2, *[1] * 21]


NEW_YORK = SiteClock(ZoneInfo("America/New_York"))
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # still the 21st there


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ({}, "2026-11-01T04:00", "2026-11-22T05:00"),
        ({"since": "2026-11-01", "until": "2026-11-01"}, "2026-11-01T04:00", "2026-11-02T05:00"),
        ({"since": "2026-11-20T10:00", "until": "2026-11-20T12:00"}, "2026-11-20T15:00", "2026-11-20T17:00"),
        ({"since": "2026-11-20T10:00Z", "until": "2026-11-20T12:00 01:00"}, "2026-11-20T10:00", "2026-11-20T11:00"),
    ],
)
def test_spans_are_days_or_times_of_the_site_or_any_time(text, since, until):
    choice: Choice = read(text, NEW_YORK, NOW)
    assert (f"{choice.since:%Y-%m-%dT%H:%M}", f"{choice.until:%Y-%m-%dT%H:%M}") == (since, until)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-13-01"}, "since"),
        ({"since": "2026-11-20", "until": "2026-11-19"}, "until"),
        ({"since": "1990-01-01"}, "until"),
        ({"by": "colour"}, "by"),
        ({"of": "recordings"}, "of"),
    ],
)
def test_a_wrong_choice_is_told_by_its_field(text, field):
    with pytest.raises(Invalid) as caught:
        read(text, NEW_YORK, NOW)
    assert caught.value.field == field


def test_an_office_without_a_configuration_has_defaults():
    assert Office.of({}).clock.zone.key == "UTC"
