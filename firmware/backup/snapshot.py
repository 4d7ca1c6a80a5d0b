# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies of the databases as they were at one moment, while others write: SQLite's backup interface in one step.

It reads within one transaction, which in WAL mode stops no writer. A copy of the files would be torn.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

from firmware.errors import Unavailable
from firmware.store import migrations
from firmware.store.connect import open_for_reading, unavailable

RESERVE = 32 * 1024 * 1024  # octets that a backup leaves free for calls
STAYS = (
    "contacts", "messages", "agent_seats", "agent_now", "acd_memory", "switches", "line_baselines", "line_reports",
    "line_lessons", "toll_stops", "webhook_types",
)  # fmt: skip
"""Tables of history.db that are not history: what a box needs to go on as it did."""


def room_for(state: Path, octets: int) -> None:
    """Unavailable (`disk_full`) when they would take what calls need."""
    free = shutil.disk_usage(state).free
    if octets + RESERVE > free:
        needed, left = octets / 1e6, max(0, free - RESERVE) / 1e6
        raise Unavailable(
            f"There is no room: {needed:.0f} MB are needed on the box's disk, {left:.0f} MB are free.",
            code="disk_full",
        )


def copy(source: Path, target: Path) -> None:
    """All of a database. Unavailable."""
    room_for(target.parent, source.stat().st_size)
    with contextlib.closing(open_for_reading(source)) as old, contextlib.closing(_scratch(target)) as new:
        _copy(old, new, source)


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, source: Path) -> None:
    with unavailable(source):
        old.backup(new, pages=-1)


def copy_without_calls(source: Path, target: Path) -> None:
    """Of history.db only what is no history. Unavailable."""
    migrations.ensure(target)
    with contextlib.closing(_scratch(target)) as new, unavailable(source):
        new.execute("ATTACH ? AS whole", (f"{source.resolve().as_uri()}?mode=ro",))
        new.execute("BEGIN")
        for table in STAYS:
            columns = ", ".join(f'"{row[1]}"' for row in new.execute(f"PRAGMA whole.table_info({table})"))
            new.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM whole.{table}")  # noqa: S608
        new.execute("COMMIT")
        new.execute("DETACH whole")


def _scratch(path: Path) -> sqlite3.Connection:
    """Nobody needs it after a power cut."""
    path.touch()
    path.chmod(0o600)
    db = sqlite3.connect(path.resolve().as_uri(), uri=True, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA journal_mode = MEMORY")
    return db
