# SPDX-License-Identifier: GPL-2.0-or-later
"""Days and hours of the site, as SQL over milliseconds since 1970, right also where the clocks change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from firmware.times import HOUR_MS, milliseconds, of_milliseconds

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class SiteClock:
    """The clock on the wall of the site."""

    zone: ZoneInfo

    def midnight(self, day: date) -> datetime:
        """When the day begins; where it begins at another hour, as in some zones when clocks change, then."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def day_of(self, at: datetime) -> date:
        """The date on the calendar of the site."""
        return at.astimezone(self.zone).date()

    def offset_ms(self, at: datetime) -> int:
        """How far the clock is ahead of UTC."""
        ahead = at.astimezone(self.zone).utcoffset() or timedelta()
        return ahead // timedelta(milliseconds=1)

    def offsets(self, since: datetime, until: datetime) -> list[tuple[int, int]]:
        """(from when, how far ahead of UTC) for each stretch of the span, in milliseconds."""
        found = [(milliseconds(since), self.offset_ms(since))]
        at = since
        while at < until:
            after = min(until, at + timedelta(days=1))
            if (ahead := self.offset_ms(after)) != found[-1][1]:
                found.append((self._change(at, after), ahead))
            at = after
        return found

    def _change(self, before: datetime, after: datetime) -> int:
        """The millisecond of the one change between two moments."""
        low, high = milliseconds(before), milliseconds(after)
        old = self.offset_ms(before)
        while high - low > 1:
            middle = (low + high) // 2
            if self.offset_ms(of_milliseconds(middle)) == old:
                low = middle
            else:
                high = middle
        return high

    def local_sql(self, since: datetime, until: datetime) -> str:
        """SQL for the wall's milliseconds at `at`."""
        stretches = self.offsets(since, until)
        if len(stretches) == 1:
            return f"(at + {stretches[0][1]:d})"
        turns = " ".join(f"WHEN at < {after[0]:d} THEN {before[1]:d}" for before, after in pairwise(stretches))
        return f"(at + CASE {turns} ELSE {stretches[-1][1]:d} END)"

    def hours_of(self, since: datetime, until: datetime) -> list[int]:
        """How many milliseconds of the span each of the 168 hours of the week had; Monday's first hour is 0."""
        found = [0] * 168
        at, end = milliseconds(since), milliseconds(until)
        stretches = [*self.offsets(since, until), (end, 0)]
        for (begins, ahead), (ends, _) in pairwise(stretches):
            at = begins
            while at < min(ends, end):
                after = min(ends, end, at - (at + ahead) % HOUR_MS + HOUR_MS)
                found[hour_of_week(at + ahead)] += after - at
                at = after
        return found


def hour_of_week(local_ms: int) -> int:
    """0 to 167 from Monday's midnight on; 1970 began on a Thursday."""
    return (local_ms // DAY_MS + 3) % 7 * 24 + local_ms // HOUR_MS % 24
