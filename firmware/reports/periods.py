# SPDX-License-Identifier: GPL-2.0-or-later
"""Days, weeks and months of the site that have ended, for reports that come by themselves."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal

from firmware.reports.clock import SiteClock

Every = Literal["day", "week", "month"]


def _begin(every: Every, day: date) -> date:
    """The first day of the period that a day is in; weeks begin on Monday."""
    if every == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if every == "week" else day


def last(every: Every, at: time, clock: SiteClock, now: datetime) -> tuple[date, date]:
    """[first day, day after the last) of the newest period whose report is due, at a time of the day after its end."""
    end = _begin(every, clock.day_of(now))
    due = datetime.combine(end, at, clock.zone)
    if due > now.astimezone(clock.zone):
        end = _begin(every, end - timedelta(days=1))
    return _begin(every, end - timedelta(days=1)), end
