# SPDX-License-Identifier: GPL-2.0-or-later
"""Which backups stay, and when one is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from firmware.backup.due import is_due, is_test_due
from firmware.backup.naming import Kept, kept, may_go, name_of
from firmware.config.backup import Backup

BOX = "01a20472-a577-7daf-b0eb-44ca4cb345c4"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RULES = Backup(keep_days=7, keep_weeks=4, keep_months=6)


def daily(days: int) -> list[Kept]:
    found = (kept(name_of(BOX, NOW - timedelta(days=n)), 1, BOX) for n in range(days))
    return [one for one in found if one]


def test_a_name_tells_of_which_box_and_when() -> None:
    name = name_of(BOX, NOW)
    assert name == "tipring-4cb345c4-20261122-120000.tar.gz.age"
    assert kept(name, 5, BOX) == Kept(NOW, name, 5)
    assert kept(name, 5, BOX[:-1] + "0") is None
    assert kept("holiday.jpg", 5, BOX) is None
    assert kept(name.replace("1122", "1399"), 5, BOX) is None


def test_days_weeks_and_months_stay() -> None:
    there = daily(400)
    gone = may_go(there, RULES)
    stay = [one for one in there if one not in gone]
    assert stay[:7] == there[:7]
    assert len({one.at.strftime("%G-%V") for one in stay}) >= 4
    assert len({one.at.strftime("%Y-%m") for one in stay}) == 6
    assert len(stay) <= 7 + 4 + 6


def test_no_rules_no_deleting() -> None:
    assert may_go(daily(50), Backup(keep_days=0, keep_weeks=0, keep_months=0)) == []


@given(st.lists(st.integers(0, 3000), unique=True), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_the_newest_always_stays_and_a_second_look_takes_nothing_more(
    hours: list[int], days: int, weeks: int, months: int
) -> None:
    rules = Backup(keep_days=days, keep_weeks=weeks, keep_months=months)
    there = [Kept(NOW - timedelta(hours=n), str(n), 1) for n in hours]
    gone = may_go(there, rules)
    stay = [one for one in there if one not in gone]
    assert not there or max(there) in stay
    assert may_go(stay, rules) == []


def test_one_a_day_at_the_sites_time_and_again_an_hour_after_a_failure() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)  # 02:30 there
    assert is_due(None, None, night, "02:30", berlin)
    assert not is_due(night - timedelta(minutes=1), None, night - timedelta(seconds=1), "02:30", berlin)
    assert is_due(night - timedelta(minutes=1), night - timedelta(minutes=1), night, "02:30", berlin)
    assert not is_due(night, night, night + timedelta(hours=23), "02:30", berlin)
    assert not is_due(None, night, night + timedelta(minutes=59), "02:30", berlin)
    assert is_due(None, night, night + timedelta(minutes=60), "02:30", berlin)
    assert is_due(None, night + timedelta(days=900), night, "02:30", berlin)  # the clock was wrong


def test_a_test_at_once_and_then_each_month() -> None:
    assert is_test_due(None, NOW, "month")
    assert not is_test_due(NOW - timedelta(days=29), NOW, "month")
    assert is_test_due(NOW - timedelta(days=30), NOW, "month")
    assert not is_test_due(None, NOW, "never")
