# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of each line, in history.db. All of it runs in `HistoryWriter.run`; nothing of it grows for ever."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from typing import Any

from firmware.ids import uuid7
from firmware.records import Recording
from firmware.store import rows
from firmware.times import iso

LESSONS_KEPT, REPORTS_KEPT = 200, 5  # a line

Json = dict[str, Any]


def lesson_learnt(db: sqlite3.Connection, line: str, at: datetime, lesson: Json, baseline: Json) -> None:
    """A call taught something, and what is usual now."""
    db.execute("INSERT INTO line_lessons VALUES (?, ?, ?, ?)", (uuid7(), line, iso(at), json.dumps(lesson)))
    _keep(db, "line_lessons", line, LESSONS_KEPT)
    baseline_changed(db, line, at, baseline)


def baseline_changed(db: sqlite3.Connection, line: str, at: datetime, baseline: Json) -> None:
    """What is usual on the line from now on."""
    db.execute("INSERT OR REPLACE INTO line_baselines VALUES (?, ?, ?)", (line, iso(at), json.dumps(baseline)))


def baselines(db: sqlite3.Connection) -> dict[str, Json]:
    """What is usual, by line."""
    return {row["line"]: json.loads(row["baseline"]) for row in db.execute("SELECT * FROM line_baselines")}


def lessons(db: sqlite3.Connection, line: str, limit: int) -> list[Json]:
    """The last lessons of a line, newest first, each with its time as `at`."""
    found = db.execute("SELECT * FROM line_lessons WHERE line = ? ORDER BY id DESC LIMIT ?", (line, limit))
    return [{"at": row["at"], **json.loads(row["lesson"])} for row in found]


def save_report(db: sqlite3.Connection, id: str, line: str, at: datetime, report: Json) -> list[str]:
    """Keeps a report, new or changed; the ids of those that had to go for it."""
    values = (id, line, iso(at), json.dumps(report))
    db.execute("INSERT OR REPLACE INTO line_reports VALUES (?, ?, ?, ?)", values)
    return _keep(db, "line_reports", line, REPORTS_KEPT)


def report(db: sqlite3.Connection, line: str, id: str | None = None) -> Json | None:
    """A report of the line, by default its newest; None when there is none."""
    wanted = ("AND id = ?", (line, id)) if id else ("", (line,))
    sql = f"SELECT report FROM line_reports WHERE line = ? {wanted[0]} ORDER BY id DESC LIMIT 1"  # noqa: S608
    row = db.execute(sql, wanted[1]).fetchone()
    return dict(json.loads(row["report"])) if row else None


def recordings(db: sqlite3.Connection, line: str, limit: int) -> list[Recording]:
    """The newest whole recordings of calls that came in on the line."""
    found = db.execute(
        "SELECT r.* FROM recordings r JOIN calls c ON c.id = r.call"
        " WHERE c.line = ? AND c.direction = 'inbound' AND r.state = 'ready' ORDER BY r.id DESC LIMIT ?",
        (line, limit),
    )
    return [rows.recording(row) for row in found]


def _keep(db: sqlite3.Connection, table: str, line: str, most: int) -> list[str]:
    old = f"SELECT id FROM {table} WHERE line = ? ORDER BY id DESC LIMIT -1 OFFSET ?"  # noqa: S608
    ids = [row["id"] for row in db.execute(old, (line, most))]
    db.executemany(f"DELETE FROM {table} WHERE id = ?", [(id,) for id in ids])  # noqa: S608
    return ids
