# SPDX-License-Identifier: GPL-2.0-or-later
"""Opening hours: whether a schedule is open, and until when. Times are the site's, as clocks on the wall show them."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from firmware.config import Schedule
from firmware.config.hours import parse_days, parse_holiday, parse_span

LOOK_AHEAD_DAYS = 60


class Night(enum.StrEnum):
    """The night switch: by the schedules; all of them open; all of them closed."""

    AUTO = "auto"
    DAY = "day"
    NIGHT = "night"


def is_open(schedule: Schedule, local: datetime, switch: Night = Night.AUTO) -> bool:
    """Whether the schedule is open at a moment of the site."""
    if switch is not Night.AUTO:
        return switch is Night.DAY
    return any(begin <= local.replace(tzinfo=None) < end for begin, end in _spans_around(schedule, local.date()))


def holiday(schedule: Schedule, day: date) -> bool:
    """Whether it is one of its holidays."""
    return any(parse_holiday(text).has(day) for text in schedule.holidays)


def next_change(schedule: Schedule, local: datetime) -> datetime | None:
    """When it opens or closes next by itself, at the site, without a zone; None when not within 60 days."""
    now, open_now = local.replace(tzinfo=None), is_open(schedule, local)
    for ahead in range(-1, LOOK_AHEAD_DAYS):  # what began yesterday may end today
        day = local.date() + timedelta(days=ahead)
        moments = sorted({at for span in spans_of(schedule, day) for at in span if at > now})
        for at in moments:
            if is_open(schedule, at) is not open_now:
                return at
    return None


def _spans_around(schedule: Schedule, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Those that can reach into the day."""
    yield from spans_of(schedule, day - timedelta(days=1))
    yield from spans_of(schedule, day)


def spans_of(schedule: Schedule, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Those that begin on the day."""
    midnight = datetime.combine(day, time())
    for text in _texts_of(schedule, day):
        begin, end = parse_span(text)
        yield midnight + timedelta(minutes=begin), midnight + timedelta(minutes=end)


def _texts_of(schedule: Schedule, day: date) -> list[str]:
    if holiday(schedule, day):
        return list(schedule.holiday_hours)
    return [text for days, texts in schedule.hours.items() if day.weekday() in parse_days(days) for text in texts]
