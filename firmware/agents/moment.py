# SPDX-License-Identifier: GPL-2.0-or-later
"""A moment by two clocks: the one on the wall, which may be set, and the one that only goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` is UTC; `s` are monotonic seconds, by which durations are measured."""

    at: datetime
    s: float

    def since(self, before: Moment) -> float:
        """Seconds between the two, never less than none."""
        return round(max(0.0, self.s - before.s), 3)

    def earlier(self, seconds: float) -> Moment:
        """So long before."""
        return Moment(self.at - timedelta(seconds=seconds), self.s - seconds)
