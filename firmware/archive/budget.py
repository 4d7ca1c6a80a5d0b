# SPDX-License-Identifier: GPL-2.0-or-later
"""How long the disk lasts: what the UI, the API and the alarm say. Pure but for `free_bytes`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GB = 10**9
RESERVE = 500 * 10**6  # octets that recordings leave to everything else: history.db, voicemail, logs
SOON_DAYS = 7.0  # then it is an alarm


def free_bytes(folder: Path) -> int:
    """What a service may still write there."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


@dataclass(frozen=True, slots=True)
class Budget:
    """Octets. `limit` is recordings.max_gb; None: as much as there is room."""

    used: int
    held: int
    a_day: int
    free: int
    limit: int | None

    @property
    def room(self) -> int:
        """How much more fits."""
        disk = max(0, self.free - RESERVE)
        return disk if self.limit is None else max(0, min(disk, self.limit - self.used))

    @property
    def days_left(self) -> float | None:
        """At the rate of the last 24 hours; None when nothing is recorded."""
        return round(self.room / self.a_day, 1) if self.a_day else None

    @property
    def over(self) -> int:
        """How much has to go."""
        beyond = 0 if self.limit is None else max(0, self.used - self.limit)
        return max(beyond, RESERVE - self.free if self.limit is not None else 0)

    def as_json(self) -> dict[str, Any]:
        """Disk of the API."""
        return {
            "used_bytes": self.used, "held_bytes": self.held, "bytes_a_day": self.a_day, "free_bytes": self.free,
            "limit_bytes": self.limit, "room_bytes": self.room, "days_left": self.days_left,
            "evicts": self.limit is not None,
        }  # fmt: skip
