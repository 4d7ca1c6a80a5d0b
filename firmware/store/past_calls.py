# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that another system knew, in history.db as calls that ended: what `HistoryWriter` runs.

Nobody is told of them (no cloud, no webhook): they are no news.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from firmware.records import Cdr
from firmware.store import stories
from firmware.store.history import upsert


def keep(db: sqlite3.Connection, calls: Iterable[Cdr]) -> int:
    """Those that are not there yet, counted by reports; how many that were. Harmless when repeated."""
    count = 0
    for cdr in calls:
        if db.execute("SELECT 1 FROM calls WHERE id = ?", (cdr.id,)).fetchone() is None:
            upsert(db, "calls", cdr)
            stories.conclude(db, cdr)
            count += 1
    return count
