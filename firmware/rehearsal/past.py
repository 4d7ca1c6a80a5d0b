# SPDX-License-Identifier: GPL-2.0-or-later
"""The calls of a span of time, counted by what decides where they go. Both queries follow the index of times."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firmware.records import TrailEvent
from firmware.store import stories
from firmware.times import iso, milliseconds, of_milliseconds

CAME_IN = """SELECT line, trunk, to_number AS number, iif(?, from_number, '') AS caller, count(*) AS calls,
    max(rowid) AS newest FROM calls WHERE started_at >= ? AND started_at < ? AND +direction = 'inbound'
    GROUP BY 1, 2, 3, 4"""
DIALLED = """SELECT NULL AS line, NULL AS trunk, to_number AS number, from_number AS caller, count(*) AS calls,
    max(rowid) AS newest FROM calls WHERE started_at >= ? AND started_at < ? AND +direction != 'inbound'
    GROUP BY 3, 4"""
WAITED = """SELECT NULL AS line, NULL AS trunk, to_number AS number, '' AS caller, count(*) AS calls,
    max(rowid) AS newest FROM calls WHERE queue = ? AND started_at >= ? AND started_at < ?
    AND +disposition IN ('overflowed', 'voicemail') GROUP BY 3"""
STORIES = """SELECT id, rowid AS place, story FROM calls
    WHERE started_at >= ? AND started_at < ? AND story IS NOT NULL ORDER BY started_at DESC LIMIT ?"""
ONE = "SELECT id, started_at, from_number, from_name, to_number FROM calls WHERE rowid = ?"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Calls that are alike. `newest` leads to one of them."""

    line: str | None
    trunk: str | None
    number: str
    caller: str
    calls: int
    newest: int


def came_in(db: sqlite3.Connection, span_ms: tuple[int, int], by_caller: bool) -> list[Bundle]:
    """From outside; each caller apart only where lists of callers matter."""
    return _bundles(db.execute(CAME_IN, (by_caller, *span_ms)))


def dialled(db: sqlite3.Connection, since: datetime, until: datetime) -> list[Bundle]:
    """By telephones of the house, to whatever number."""
    return _bundles(db.execute(DIALLED, (milliseconds(since), milliseconds(until))))


def waited_too_long(db: sqlite3.Connection, queue: str, since: datetime, until: datetime) -> list[Bundle]:
    """Those that left a queue for where it overflows to."""
    return _bundles(db.execute(WAITED, (queue, milliseconds(since), milliseconds(until))))


def told(db: sqlite3.Connection, since: datetime, until: datetime, most: int) -> Iterator[tuple[int, list[TrailEvent]]]:
    """The trails of calls, the newest first, each with its place; 0.1 ms for each."""
    for row in db.execute(STORIES, (milliseconds(since), milliseconds(until), most)):
        yield row["place"], stories.unpack(row["id"], row["story"])[0]


def _bundles(rows: Iterable[sqlite3.Row]) -> list[Bundle]:
    return [Bundle(*row) for row in rows]


def example(db: sqlite3.Connection, place: int) -> dict[str, Any]:
    """One call, to be shown."""
    row = db.execute(ONE, (place,)).fetchone()
    names = ("id", "from_number", "from_name", "to_number")
    return {name: row[name] for name in names} | {"started_at": iso(of_milliseconds(row["started_at"]))}
