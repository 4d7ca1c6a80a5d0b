# SPDX-License-Identifier: GPL-2.0-or-later
"""What was read of an upload until somebody decides: the plan, and past calls, which may be many."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

from firmware.errors import NotFound
from firmware.importing.calls import is_final
from firmware.importing.plan import Json, PastCall, Plan, plan_of

FILE = "import.db"
_TABLES = """
CREATE TABLE call (id TEXT PRIMARY KEY, row TEXT NOT NULL, final INTEGER NOT NULL);
CREATE TABLE plan (text TEXT NOT NULL);
PRAGMA secure_delete = ON;
"""
_KEEP = """INSERT INTO call VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET row = excluded.row, final = excluded.final WHERE NOT final"""


class Waiting:
    """In a file of `folder` that nobody else reads: secrets are in it until the plan is in force or forgotten."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._db: sqlite3.Connection | None = None

    def begin(self) -> None:
        """Nothing waits. OSError."""
        self.forget()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self._file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        self._open().executescript(_TABLES)

    def forget(self) -> None:
        """Nothing waits any more."""
        self.close()
        for ending in ("", "-journal"):
            self._file.with_name(self._file.name + ending).unlink(missing_ok=True)

    def close(self) -> None:
        if self._db:
            self._db.close()
            self._db = None

    def keep_call(self, call: PastCall) -> None:
        """Of several rows of one call the final one, else the last."""
        self._open().execute(_KEEP, (call.id, json.dumps(astuple(call), ensure_ascii=False), is_final(call)))

    def keep_plan(self, plan: Json | None) -> None:
        """On the disk with all calls; None: only the calls are still wanted."""
        db = self._open()
        db.execute("DELETE FROM plan")
        if plan is not None:
            db.execute("INSERT INTO plan VALUES (?)", (json.dumps(plan, ensure_ascii=False),))
        db.commit()

    def plan(self) -> Plan:
        """NotFound (`no_import`)."""
        found = self._open().execute("SELECT text FROM plan").fetchone() if self._file.exists() else None
        if not found:
            raise NotFound("No file of another system waits to be imported. Upload one first.", code="no_import")
        return plan_of(json.loads(found[0]))

    def call_count(self) -> int:
        return int(self._open().execute("SELECT count(*) FROM call").fetchone()[0])

    def calls(self, after: int, most: int) -> list[tuple[int, PastCall]]:
        """In the order in which they came, each with its place."""
        rows = self._open().execute("SELECT rowid, row FROM call WHERE rowid > ? ORDER BY rowid LIMIT ?", (after, most))
        return [(place, PastCall(*json.loads(row))) for place, row in rows]

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = sqlite3.connect(self._file)
        return self._db


@contextlib.contextmanager
def scratch() -> Iterator[Waiting]:
    """One that is forgotten at the end."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="tipring-import-") as folder:
        waiting = Waiting(Path(folder))
        try:
            yield waiting
        finally:
            waiting.close()
