# SPDX-License-Identifier: GPL-2.0-or-later
"""The phone book in history.db: what `HistoryWriter` runs, as in `history.py`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from firmware.records import Contact


def all_of(db: sqlite3.Connection) -> list[Contact]:
    """By number."""
    return [Contact(row["number"], row["name"]) for row in db.execute("SELECT * FROM contacts ORDER BY number")]


def changed(db: sqlite3.Connection, gone: Iterable[str], saved: Iterable[Contact]) -> None:
    """Numbers that are no longer in it, and contacts that are."""
    db.executemany("DELETE FROM contacts WHERE number = ?", [(number,) for number in gone])
    db.executemany(
        "INSERT OR REPLACE INTO contacts (number, name) VALUES (?, ?)", [(one.number, one.name) for one in saved]
    )
