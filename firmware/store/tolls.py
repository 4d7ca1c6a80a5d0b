# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that count against toll fraud, what was stopped, and the night switch: in history.db, so that a restart
forgets nothing. All of it runs in `HistoryWriter.run`."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.routing.outward import TollKind
from firmware.routing.schedules import Night
from firmware.routing.tolls import TollCall
from firmware.times import iso, parse

KEPT = timedelta(days=2)
NIGHT = "night"


@dataclass(frozen=True, slots=True)
class Stop:
    """A kind of call: since when it is stopped and why (None: it is not), and when it was last lifted."""

    kind: TollKind
    since: datetime | None = None
    why: str = ""
    lifted_at: datetime | None = None


def toll_saved(db: sqlite3.Connection, call: TollCall, now: datetime) -> None:
    """A call as it is; one that goes on has ended `now`, should this be the last word on it."""
    until = call.ended or (now if call.began else None)
    values = (call.id, call.kind, call.number, iso(call.at), _text(call.began), _text(until))
    db.execute(
        "INSERT OR REPLACE INTO toll_calls (id, kind, number, at, began, ended) VALUES (?, ?, ?, ?, ?, ?)", values
    )
    db.execute("DELETE FROM toll_calls WHERE at < ? AND coalesce(ended, at) < ?", (iso(now - KEPT),) * 2)


def toll_calls(db: sqlite3.Connection) -> list[TollCall]:
    """All that still count, none of which goes on any more."""
    rows = db.execute("SELECT id, kind, number, at, began, ended FROM toll_calls ORDER BY at")
    return [
        TollCall(r["id"], TollKind(r["kind"]), r["number"], parse(r["at"]), _time(r["began"]), _time(r["ended"]))
        for r in rows
    ]


def toll_stop_saved(db: sqlite3.Connection, stop: Stop) -> None:
    """A kind is stopped, or lifted."""
    values = (stop.kind, _text(stop.since), stop.why, _text(stop.lifted_at))
    db.execute("INSERT OR REPLACE INTO toll_stops (kind, since, why, lifted_at) VALUES (?, ?, ?, ?)", values)


def toll_stops(db: sqlite3.Connection) -> list[Stop]:
    """What is known of each kind."""
    rows = db.execute("SELECT kind, since, why, lifted_at FROM toll_stops")
    return [Stop(TollKind(r["kind"]), _time(r["since"]), r["why"], _time(r["lifted_at"])) for r in rows]


def night_saved(db: sqlite3.Connection, switch: Night) -> None:
    """Where the night switch stands."""
    db.execute("INSERT OR REPLACE INTO switches (name, value) VALUES (?, ?)", (NIGHT, switch))


def night(db: sqlite3.Connection) -> Night:
    """Where the night switch stood."""
    row = db.execute("SELECT value FROM switches WHERE name = ?", (NIGHT,)).fetchone()
    return Night(row["value"]) if row else Night.AUTO


def _text(at: datetime | None) -> str | None:
    return iso(at) if at else None


def _time(text: str | None) -> datetime | None:
    return parse(text) if text else None
