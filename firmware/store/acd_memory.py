# SPDX-License-Identifier: GPL-2.0-or-later
"""What the ACD remembers beyond a restart, in history.db: agents' choices, whose turn it is, places of callers.

All of it runs in `HistoryWriter.run`. Times (names that end in `_at`) are seconds since 1970 here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from firmware.acd import Kept

Memory = dict[tuple[str, str], dict[str, Any]]


def kept(db: sqlite3.Connection, items: Iterable[Kept]) -> None:
    """In place of what was kept before; None is forgotten."""
    for item in items:
        if item.data is None:
            db.execute("DELETE FROM acd_memory WHERE kind = ? AND id = ?", (item.kind, item.id))
        else:
            row = (item.kind, item.id, json.dumps(item.data, ensure_ascii=False))
            db.execute("INSERT OR REPLACE INTO acd_memory (kind, id, data) VALUES (?, ?, ?)", row)


def remembered(db: sqlite3.Connection) -> Memory:
    """All of it, by kind and id."""
    rows = db.execute("SELECT kind, id, data FROM acd_memory")
    return {(row["kind"], row["id"]): json.loads(row["data"]) for row in rows}


def shifted(data: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """With its times on another clock, which shows so much more."""
    times = {name: value + seconds for name, value in data.items() if name.endswith("_at") and value is not None}
    return {**data, **times}
