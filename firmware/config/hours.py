# SPDX-License-Identifier: GPL-2.0-or-later
"""Opening hours and holidays as the configuration writes them: "mon-fri", "08:00-12:30", "2026-12-24", "12-25"."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import date

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MIN = 24 * 60
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)")
_DATE = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")
LEAP_YEAR = 2024  # in which every day that returns each year exists


@functools.lru_cache(maxsize=256)
def parse_days(text: str) -> tuple[int, ...]:
    """Weekdays, Monday is 0: "mon", "mon-fri", "sat-mon" goes over Sunday. ValueError says what is allowed."""
    first, dash, last = text.partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise ValueError(f'"{text}" is no day; use {", ".join(WEEKDAYS)}, or from and to like mon-fri')
    begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return tuple((begin + n) % 7 for n in range((end - begin) % 7 + 1))


@functools.lru_cache(maxsize=1024)
def parse_span(text: str) -> tuple[int, int]:
    """First minute of the day, and the minute of the end, beyond 1440 when it is on the next day. ValueError."""
    found = _SPAN.fullmatch(text)
    begin, end = (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
    if begin == end or end > DAY_MIN:
        raise ValueError(
            f'"{text}" is no time of the day; use from and to like 08:00-12:30, 22:00-06:00 or 00:00-24:00'
        )
    return begin, end if end > begin else end + DAY_MIN


@dataclass(frozen=True, slots=True)
class Holiday:
    """From the first to the last day; without `year` every year, where it may go over New Year."""

    first: date
    last: date
    yearly: bool

    def has(self, day: date) -> bool:
        """Whether a day is one of these."""
        if not self.yearly:
            return self.first <= day <= self.last
        first, last, this = ((d.month, d.day) for d in (self.first, self.last, day))
        return first <= this <= last if first <= last else this >= first or this <= last


@functools.lru_cache(maxsize=1024)
def parse_holiday(text: str) -> Holiday:
    """ "2026-12-24", "12-25", or from and to with a slash. ValueError says what is wrong."""
    first, slash, last = text.partition("/")
    begin, yearly = _date(first, text)
    end, yearly_end = _date(last, text) if slash else (begin, yearly)
    if yearly is not yearly_end or (end < begin and not yearly):
        raise ValueError(f'"{text}": the second day must follow the first, both with a year or both without')
    return Holiday(begin, end, yearly)


def _date(text: str, whole: str) -> tuple[date, bool]:
    found = _DATE.fullmatch(text)
    try:
        if not found:
            raise ValueError("form")
        return date(int(found[1] or LEAP_YEAR), int(found[2]), int(found[3])), not found[1]
    except ValueError:
        allowed = "use 2026-12-24, each year 12-25, or from and to 2026-12-24/2027-01-01"
        raise ValueError(f'"{whole}" is no date; {allowed}') from None
