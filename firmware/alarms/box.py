# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong with services, disk, memory and clock of the box. Pure: figures in, severity and sentence out."""

from __future__ import annotations

from collections.abc import Sequence

from firmware.records import Severity

Wrong = tuple[Severity, str] | None

SERVICE, RESTARTS = "service:", "restarts:"  # before the name of a service
DISK, MEMORY, UNSET, JUMPED = "disk", "memory", "clock:unset", "clock:jumped"

AWAY_S = 15.0  # a service that is away for longer does not only restart
RESTARTS_S, TOO_MANY = 600.0, 4  # starts of a service in so many seconds
MB = 1024 * 1024
DISK_LOW, DISK_FULL = (0.10, 1024 * MB), (0.03, 200 * MB)  # below both the share and the octets
MEMORY_LOW = 0.05  # of it available
LONG_S = 60.0  # memory is short for so long
UNSET_S = 600.0  # a clock is not synchronised for so long
JUMP_S = 30.0
JUMP_TOLD_S = 3600.0

NAMES = {"core": "call control", "web": "the web pages", "archive": "the archive of recordings", "uplink": "the uplink"}


def service_away(name: str) -> Wrong:
    """It has been for longer than AWAY_S."""
    return Severity.CRITICAL if name == "core" else Severity.ERROR, (
        f"A service of the box does not run: {NAMES.get(name, name)}. It should come back by itself; if it does not, "
        "restart the box, and send the diagnostics to your installer."
    )


def restarting(name: str, starts: Sequence[float], now: float) -> Wrong:
    """`starts`: when it was started, in seconds as `now`."""
    if sum(now - RESTARTS_S < at <= now for at in starts) < TOO_MANY:
        return None
    return Severity.ERROR, (
        f"A service of the box starts again and again: {NAMES.get(name, name)}. Send the diagnostics to your installer."
    )


FULL = (
    "The disk is full: soon nothing can be recorded or remembered. Keep recordings for a shorter time, or use a larger "
    "disk."
)
NEARLY_FULL = "The disk is nearly full. Keep recordings for a shorter time, or use a larger disk."


def disk(free: int, total: int) -> Wrong:
    """Octets of the file system that the state is on."""
    if free < DISK_FULL[0] * total and free < DISK_FULL[1]:
        return Severity.CRITICAL, FULL
    if free < DISK_LOW[0] * total and free < DISK_LOW[1]:
        return Severity.WARNING, NEARLY_FULL
    return None


def memory(available: int, total: int) -> Wrong:
    """Octets, after it was so for LONG_S."""
    if available >= MEMORY_LOW * total:
        return None
    return Severity.WARNING, (
        "The box is short of memory: services may be ended by the system. Restart it when nobody calls, and send the "
        "diagnostics to your installer if it comes again."
    )


def unsynchronised() -> Wrong:
    """It has been for longer than UNSET_S."""
    return Severity.WARNING, (
        "The clock of the box is not synchronised: times of calls and opening hours may be wrong. See that it "
        "reaches a time server."
    )


def jumped() -> Wrong:
    """By more than JUMP_S."""
    return Severity.WARNING, (
        "The clock of the box was put right by more than half a minute: times of calls before and after do not fit "
        "together. If it comes again, see that the box reaches a time server."
    )
