# SPDX-License-Identifier: GPL-2.0-or-later
"""What people write of calls, in history.db. The web service writes it itself: it is kept while the core is away."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from firmware import times
from firmware.errors import Invalid, NotFound
from firmware.records import CallNote
from firmware.store.connect import open_for_writing, transaction

LONGEST = 4000


def write(state: Path, call: str, author: str, text: str) -> CallNote:
    """This is the author's note on a call from now on; "" takes it away. Invalid, NotFound, Unavailable."""
    if len(text) > LONGEST:
        raise Invalid(f"A note has at most {LONGEST} characters.", field="text")
    note, path = CallNote(call, author, times.now(), text.strip()), state / "history.db"
    with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
        if not db.execute("SELECT 1 FROM calls WHERE id = ?", (call,)).fetchone():
            raise NotFound(f"There is no call {call}.", code="no_such_call", field="call")
        if note.text:
            values = (call, author, times.iso(note.at), note.text)
            db.execute("INSERT OR REPLACE INTO call_notes (call, author, at, text) VALUES (?, ?, ?, ?)", values)
        else:
            db.execute("DELETE FROM call_notes WHERE call = ? AND author = ?", (call, author))
    return note


def of_calls(db: sqlite3.Connection, calls: Sequence[str]) -> dict[str, list[CallNote]]:
    """The notes of each of these calls, oldest first; what `History.read` runs."""
    places = ", ".join("?" * len(calls))
    sql = f"SELECT call, author, at, text FROM call_notes WHERE call IN ({places}) ORDER BY call, at"  # noqa: S608
    found: dict[str, list[CallNote]] = {}
    for row in db.execute(sql, tuple(calls)):
        found.setdefault(row["call"], []).append(
            CallNote(row["call"], row["author"], times.parse(row["at"]), row["text"])
        )
    return found
