# SPDX-License-Identifier: GPL-2.0-or-later
"""The clock of queues is the loop's: nobody sets it, whatever happens to the time of day (NTP, summer time)."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from firmware.times import iso

TREMBLE_S = 1.0  # the difference of the two clocks is believed to have changed beyond it


def now() -> float:
    """Seconds."""
    return asyncio.get_running_loop().time()


class _Difference:
    """It stays as it is, so that a time shown does not tremble, until somebody sets the time of day."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def __call__(self) -> float:
        seconds = time.time() - now()
        if abs(seconds - self._seconds) > TREMBLE_S:
            self._seconds = seconds
        return self._seconds


to_wall = _Difference()  # what to add for the seconds since 1970


def wall(at: float) -> str:
    """A time of the clock as a time of day."""
    return iso(datetime.fromtimestamp(at + to_wall(), UTC))
