# SPDX-License-Identifier: GPL-2.0-or-later
"""A change that stands on trial: unless somebody confirms it in time, what was before it comes back.

It is kept with the configuration, so that a restart or a power cut does not forget it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from firmware import times
from firmware.deadline import Deadline, Moment

SHORTEST_S, LONGEST_S = 30, 24 * 3600
"""How long a trial may last: time enough to press a button, and a day."""


@dataclass(frozen=True, slots=True)
class Trial(Deadline):
    """Revision `revision` took the place of `former`; its time runs out then."""

    revision: int
    former: int
    author: str


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
    return Trial(began, until, row["boot"], row["deadline"], row["revision"], row["former"], row["author"])


def begin(db: sqlite3.Connection, revision: int, former: int, author: str, seconds: float) -> None:
    """In the transaction that puts the change in force."""
    time = Deadline.after(seconds)
    db.execute(
        "INSERT INTO trial (id, revision, former, author, began, until, boot, deadline) "
        "VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
        (revision, former, author, times.iso(time.began), times.iso(time.until), time.boot, time.deadline),
    )


def end(db: sqlite3.Connection) -> None:
    """It is over; what is in force stays."""
    db.execute("DELETE FROM trial")
