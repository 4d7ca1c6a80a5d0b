# SPDX-License-Identifier: GPL-2.0-or-later
"""The outbox of history.db: what the cloud has to be told, in the order in which it happened.

An item is written in the transaction that it tells of, and deleted when the cloud has acknowledged it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from firmware import times
from firmware.store import webhooks

Kind = Literal["event", "audio"]
_COLUMNS = "seq, id, kind, type, subject, time, data"


@dataclass(frozen=True, slots=True)
class Item:
    """One event, or the audio of the recording `subject`. `id` is stable: the cloud knows a repetition by it."""

    seq: int
    id: str
    kind: Kind
    type: str
    subject: str
    time: datetime
    data: dict[str, Any]


def _item(row: sqlite3.Row) -> Item:
    time, data = times.parse(row["time"]), json.loads(row["data"])
    return Item(row["seq"], row["id"], row["kind"], row["type"], row["subject"], time, data)


def _put(db: sqlite3.Connection, kind: Kind, type: str, subject: str, data: Mapping[str, Any], at: datetime) -> None:
    db.execute(
        "INSERT OR IGNORE INTO outbox (id, kind, type, subject, time, data) VALUES (?, ?, ?, ?, ?, ?)",
        (f"{type}:{subject}", kind, type, subject, times.iso(at), json.dumps(data, ensure_ascii=False)),
    )


def put_event(
    db: sqlite3.Connection, type: str, subject: str, data: Mapping[str, Any], at: datetime, cloud: bool
) -> None:
    """Appends an event of a CloudEvents type such as `tipring.call.ended`, if there is a cloud, and tells the webhooks
    that want it; the same one twice is one."""
    if cloud:
        _put(db, "event", type, subject, data, at)
    webhooks.put(db, f"{type}:{subject}", type, subject, data, at)


def put_audio(db: sqlite3.Connection, recording: str, at: datetime) -> None:
    """Appends the audio of a recording."""
    _put(db, "audio", "tipring.recording.audio", recording, {}, at)


def pending(db: sqlite3.Connection, limit: int) -> list[Item]:
    """The oldest items that wait, in order."""
    sql = f"SELECT {_COLUMNS} FROM outbox WHERE parked IS NULL ORDER BY seq LIMIT ?"  # noqa: S608
    return [_item(row) for row in db.execute(sql, (limit,))]


def acknowledge(db: sqlite3.Connection, items: Iterable[Item]) -> None:
    """Forgets what the cloud has."""
    db.executemany("DELETE FROM outbox WHERE seq = ?", [(item.seq,) for item in items])


def park(db: sqlite3.Connection, item: Item, reason: str) -> None:
    """Sets an item aside that the cloud refuses; the ones behind it go on."""
    db.execute("UPDATE outbox SET parked = ? WHERE seq = ?", (reason, item.seq))


def unpark(db: sqlite3.Connection) -> int:
    """Lets everything that was set aside try again, in its old place. How many there were."""
    return db.execute("UPDATE outbox SET parked = NULL WHERE parked IS NOT NULL").rowcount


def of_cloud(db: sqlite3.Connection, cloud: str) -> bool:
    """Notes which cloud (a fingerprint of address and token) the outbox goes to. True when it was another one."""
    row = db.execute("SELECT value FROM uplink WHERE key = 'cloud'").fetchone()
    if row and row["value"] == cloud:
        return False
    db.execute("INSERT OR REPLACE INTO uplink (key, value) VALUES ('cloud', ?)", (cloud,))
    return row is not None


def counts(db: sqlite3.Connection) -> tuple[int, int]:
    """How many items wait, and how many are parked."""
    waiting = db.execute("SELECT count(*) FROM outbox WHERE parked IS NULL").fetchone()[0]
    return waiting, db.execute("SELECT count(*) FROM outbox WHERE parked IS NOT NULL").fetchone()[0]
