# SPDX-License-Identifier: GPL-2.0-or-later
"""What happened at the board, in history.db: drills and moves of the lifeline, resets by the button."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

KEPT = 500  # of a kind: ten years of weekly drills

Json = dict[str, Any]


def keep(db: sqlite3.Connection, events: Sequence[Json]) -> None:
    """Each once, by its id: `{"id", "at", "kind", "result", "by"}`."""
    db.executemany("INSERT OR IGNORE INTO board_events VALUES (:id, :at, :kind, :result, :by)", events)
    for kind in {event["kind"] for event in events}:
        old = "SELECT id FROM board_events WHERE kind = ? ORDER BY id DESC LIMIT -1 OFFSET ?"
        db.execute(f"DELETE FROM board_events WHERE id IN ({old})", (kind, KEPT))  # noqa: S608


def last(db: sqlite3.Connection, kind: str, limit: int) -> list[Json]:
    """The last events of a kind, the newest first."""
    found = db.execute("SELECT * FROM board_events WHERE kind = ? ORDER BY id DESC LIMIT ?", (kind, limit))
    return [dict(row) for row in found]
