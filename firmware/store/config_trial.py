# SPDX-License-Identifier: GPL-2.0-or-later
"""A change that stands on trial: unless somebody confirms it in time, what was before it comes back.

It is kept with the configuration, so that a restart or a power cut does not forget it.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from firmware import times

SHORTEST_S, LONGEST_S = 30, 24 * 3600
"""How long a trial may last: time enough to press a button, and a day."""
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
class Trial:
    """Revision `revision` took the place of `former`; `until` by the clock of the wall, `deadline` in seconds since the
    boot in which it began."""

    revision: int
    former: int
    author: str
    began: datetime
    until: datetime
    boot: str
    deadline: float

    def left_s(self, now: Moment) -> float:
        """Seconds that are left, 0 when it is over.

        After another start only the clock of the wall can tell; one that went back was not set yet: then it is over.
        """
        if now.boot == self.boot:
            return max(0.0, self.deadline - now.seconds)
        if now.wall < self.began:
            return 0.0
        return max(0.0, (self.until - now.wall).total_seconds())


def as_json(trial: Trial | None) -> dict[str, Any] | None:
    """As the API shows it."""
    if trial is None:
        return None
    return {
        "revision": trial.revision,
        "former": trial.former,
        "author": trial.author,
        "began_at": times.iso(trial.began),
        "until": times.iso(trial.until),
        "left_s": round(trial.left_s(Moment.now()), 1),
    }


def standing(db: sqlite3.Connection) -> Trial | None:
    """The one there is."""
    row = db.execute("SELECT revision, former, author, began, until, boot, deadline FROM trial").fetchone()
    if row is None:
        return None
    began, until = times.parse(row["began"]), times.parse(row["until"])
    return Trial(row["revision"], row["former"], row["author"], began, until, row["boot"], row["deadline"])


def begin(db: sqlite3.Connection, revision: int, former: int, author: str, seconds: float) -> None:
    """In the transaction that puts the change in force."""
    now = Moment.now()
    db.execute(
        "INSERT INTO trial (id, revision, former, author, began, until, boot, deadline) "
        "VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
        (revision, former, author, times.iso(now.wall), times.iso(now.wall + timedelta(seconds=seconds)), now.boot,
         now.seconds + seconds),
    )  # fmt: skip


def end(db: sqlite3.Connection) -> None:
    """It is over; what is in force stays."""
    db.execute("DELETE FROM trial")
