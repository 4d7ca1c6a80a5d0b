# SPDX-License-Identifier: GPL-2.0-or-later
"""What was written while the machine's clock was not set gets its right times."""

from __future__ import annotations

import dataclasses
import sqlite3
from datetime import datetime, timedelta

from firmware.records import Cdr
from firmware.store import facts, history, outbox, rows, stories
from firmware.times import iso, milliseconds, parse

TEXTS = (
    ("recordings", "started_at"),
    ("messages", "started_at"),
    ("alarms", "raised_at"),
    ("agent_changes", "at"),
    ("board_events", "at"),
)
"""Times that are text, besides those of calls. The chain of recordings is sealed: what it says stays as it was said."""


def shift(db: sqlite3.Connection, since: datetime, by: timedelta, cloud: bool) -> int:
    """All that ended since `since` by the wrong clock happened `by` later; how many calls. The cloud is told again."""
    sql = "SELECT * FROM calls WHERE started_at >= ? AND ended_at IS NOT NULL"
    calls = db.execute(sql, (milliseconds(since),)).fetchall()
    for row in calls:
        recordings = [
            one["id"] for one in db.execute("SELECT id FROM recordings WHERE call = ? ORDER BY id", (row["id"],))
        ]
        _shift_call(db, rows.cdr(row, recordings), by, cloud)
    for table, column in TEXTS:
        _shift_texts(db, table, column, since, by)
    return len(calls)


def _shift_call(db: sqlite3.Connection, cdr: Cdr, by: timedelta, cloud: bool) -> None:
    trail, legs = stories.told(db, cdr.id)
    at = milliseconds(cdr.started_at)
    db.execute("DELETE FROM facts WHERE at >= ? AND call = ?", (at, facts.key(cdr.id)))
    assert cdr.ended_at
    right = dataclasses.replace(
        cdr, started_at=cdr.started_at + by, answered_at=cdr.answered_at and cdr.answered_at + by,
        ended_at=cdr.ended_at + by,
    )  # fmt: skip
    events = [dataclasses.replace(event, at=event.at + by) for event in trail]
    parties = [
        dataclasses.replace(leg, started_at=leg.started_at + by, ended_at=leg.ended_at and leg.ended_at + by)
        for leg in legs
    ]
    history.upsert(db, "calls", right)
    stories.keep(db, cdr.id, events, parties)
    facts.write(db, right, events)
    outbox.put_event(db, "tipring.call.ended", cdr.id, right.as_json(), cdr.ended_at + by, cloud)


def _shift_texts(db: sqlite3.Connection, table: str, column: str, since: datetime, by: timedelta) -> None:
    for row in db.execute(f"SELECT rowid, {column} FROM {table} WHERE {column} >= ?", (iso(since),)).fetchall():  # noqa: S608
        moved = iso(parse(row[column]) + by)
        db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (moved, row["rowid"]))  # noqa: S608
