# SPDX-License-Identifier: GPL-2.0-or-later
"""A time that runs out, whatever happens to the clocks meanwhile, and over restarts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from firmware import times

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@cache
def boot_id() -> str:
    """Of this run of the kernel."""
    return _BOOT_ID.read_text().strip()


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, by both clocks: of the wall, which may be set meanwhile, and seconds since this boot."""

    wall: datetime
    boot: str
    seconds: float

    @classmethod
    def now(cls) -> Moment:
        """By the clocks of this machine."""
        return cls(times.now(), boot_id(), time.clock_gettime(time.CLOCK_BOOTTIME))


@dataclass(frozen=True, slots=True)
class Deadline:
    """`until` by the clock of the wall, `deadline` in seconds since the boot in which it began."""

    began: datetime
    until: datetime
    boot: str
    deadline: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """That many seconds from now."""
        now = Moment.now()
        return cls(now.wall, now.wall + timedelta(seconds=seconds), now.boot, now.seconds + seconds)

    def left_s(self, now: Moment) -> float:
        """Seconds that are left, 0 when it is over.

        After another start only the clock of the wall can tell; one that went back was not set yet: then it is over.
        """
        if now.boot == self.boot:
            return max(0.0, self.deadline - now.seconds)
        if now.wall < self.began:
            return 0.0
        return max(0.0, (self.until - now.wall).total_seconds())
