# SPDX-License-Identifier: GPL-2.0-or-later
"""What the machine has: disk, memory, a clock that somebody sets."""

from __future__ import annotations

import os
import time
from pathlib import Path

_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
_TIMEX_OCTETS = 512  # more than struct timex has anywhere; all zero: only asks


def disk_of(path: Path) -> tuple[int, int]:
    """Octets free and in all."""
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize


def memory_of() -> tuple[int, int]:
    """Octets available and in all, by /proc/meminfo."""
    lines = (line.split() for line in Path("/proc/meminfo").read_text().splitlines())
    found = {words[0]: int(words[1]) * 1024 for words in lines}
    return found["MemAvailable:"], found["MemTotal:"]


def running_s() -> float:
    """Seconds since the machine started."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def is_synchronised() -> bool:
    """As the kernel has it from whoever sets its clock."""
    import ctypes  # a megabyte that only the uplink needs

    return bool(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_OCTETS)) != _TIME_ERROR)
