# SPDX-License-Identifier: GPL-2.0-or-later
"""Hours in which people are left in peace."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Each day from `begins` to `ends` (local times), over midnight too."""

    begins: time
    ends: time

    @classmethod
    def parse(cls, text: str) -> Quiet:
        """Of `22:00-07:00`. ValueError."""
        found = _HOURS.fullmatch(text)
        if not found or text[:5] == text[6:]:
            raise ValueError(f'"{text}" are no hours; use two different times such as 22:00-07:00')
        hour, minute, to_hour, to_minute = map(int, found.groups())
        return cls(time(hour, minute), time(to_hour, to_minute))

    def over_at(self, at: datetime) -> datetime | None:
        """When the quiet hours that go on at `at` (local) end; None outside of them."""
        now = at.time().replace(tzinfo=None)
        today = self.begins <= now < self.ends
        over_midnight = self.begins > self.ends and not self.ends <= now < self.begins
        if not today and not over_midnight:
            return None
        day = at.date() + timedelta(days=1 if now >= self.ends else 0)
        return datetime.combine(day, self.ends, at.tzinfo)
