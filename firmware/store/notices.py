# SPDX-License-Identifier: GPL-2.0-or-later
"""Alarms on their way to people: what happened (`alarm_news`), and for each channel what waits (`alarm_notices`).

News are written in the transaction that raises or clears an alarm, by whichever service. The uplink makes notices of
them, one for each channel that wants to know; a notice waits until its channel has taken it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from firmware import times
from firmware.ids import first_of, uuid7
from firmware.records import Alarm, Severity
from firmware.store import migrations
from firmware.store.connect import open_for_writing, transaction, unavailable

RAISED, CLEARED, TEST = "raised", "cleared", "test"
WAITING, DONE, FAILED = "waiting", "done", "failed"
KEPT = timedelta(days=30)
TEST_TEXT = "This is only a test. Nothing is wrong."
_COLUMNS = "id, channel, alarm, what, at, data, state, tries, due_at, tried_at, said"


@dataclass(frozen=True, slots=True)
class News:
    """An alarm (as JSON) that was raised or cleared."""

    seq: int
    what: str
    alarm: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Notice:
    """Of an alarm, for one channel. `due_at`: not before it; `said`: why the last try failed."""

    id: str
    channel: str
    alarm: str
    what: str
    at: datetime
    data: dict[str, Any]
    state: str
    tries: int
    due_at: datetime
    tried_at: datetime | None
    said: str

    @property
    def event(self) -> str:
        """As the records' `Alarm.event`."""
        count = self.data.get("count", 1)
        return self.alarm if count == 1 else f"{self.alarm}.{count}"

    @property
    def severity(self) -> Severity:
        """Of its alarm."""
        return Severity(self.data["severity"])


def _notice(row: sqlite3.Row) -> Notice:
    values = dict(row) | {"data": json.loads(row["data"])}
    values |= {name: times.parse(row[name]) if row[name] else None for name in ("at", "due_at", "tried_at")}
    return Notice(**values)


# ---- whoever raises and clears ---------------------------------------------------------------------------------------


def put(db: sqlite3.Connection, what: str, alarm: Alarm) -> None:
    """News for whoever is to be told."""
    data = json.dumps(alarm.as_json(), ensure_ascii=False)
    db.execute("INSERT INTO alarm_news (what, data) VALUES (?, ?)", (what, data))


# ---- whoever tells ---------------------------------------------------------------------------------------------------


def news(db: sqlite3.Connection, limit: int) -> list[News]:
    """The oldest that no notices were made of."""
    sql = "SELECT seq, what, data FROM alarm_news ORDER BY seq LIMIT ?"
    return [News(row["seq"], row["what"], json.loads(row["data"])) for row in db.execute(sql, (limit,))]


def made_of(db: sqlite3.Connection, seq: int) -> None:
    """Notices of this news are written."""
    db.execute("DELETE FROM alarm_news WHERE seq = ?", (seq,))


def add(db: sqlite3.Connection, channel: str, what: str, alarm: dict[str, Any], at: datetime, due_at: datetime) -> str:
    """A notice for one channel; its id."""
    id = uuid7()
    data = json.dumps(alarm, ensure_ascii=False)
    db.execute(
        "INSERT INTO alarm_notices (id, channel, alarm, what, at, data, due_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (id, channel, alarm["id"], what, times.iso(at), data, times.iso(due_at)),
    )
    return id


def due(db: sqlite3.Connection, channel: str, now: datetime, limit: int) -> list[Notice]:
    """Those that wait and may be tried now, oldest first."""
    sql = (
        f"SELECT {_COLUMNS} FROM alarm_notices WHERE channel = ? AND state = 'waiting' AND due_at <= ? "  # noqa: S608
        "ORDER BY due_at, id LIMIT ?"
    )
    return [_notice(row) for row in db.execute(sql, (channel, times.iso(now), limit))]


def done(db: sqlite3.Connection, ids: Sequence[str], now: datetime, said: str = "") -> None:
    """The channel has taken them."""
    _tried(db, ids, DONE, now, said)


def failed(db: sqlite3.Connection, ids: Sequence[str], now: datetime, said: str) -> None:
    """The channel will never take them."""
    _tried(db, ids, FAILED, now, said)


def later(db: sqlite3.Connection, ids: Sequence[str], now: datetime, due_at: datetime, said: str) -> None:
    """They are tried again."""
    _tried(db, ids, WAITING, now, said)
    db.executemany("UPDATE alarm_notices SET due_at = ? WHERE id = ?", [(times.iso(due_at), id) for id in ids])


def _tried(db: sqlite3.Connection, ids: Sequence[str], state: str, now: datetime, said: str) -> None:
    sql = "UPDATE alarm_notices SET state = ?, tries = tries + 1, tried_at = ?, said = ? WHERE id = ?"
    db.executemany(sql, [(state, times.iso(now), said[:500], id) for id in ids])


def forget(db: sqlite3.Connection, channels: Sequence[str], now: datetime) -> None:
    """Old notices, and those of channels that there are no more."""
    db.execute("DELETE FROM alarm_notices WHERE id < ?", (first_of(now - KEPT),))
    known = [row["channel"] for row in db.execute("SELECT DISTINCT channel FROM alarm_notices")]
    for gone in set(known) - set(channels):
        db.execute("DELETE FROM alarm_notices WHERE channel = ?", (gone,))


# ---- whoever looks after them ----------------------------------------------------------------------------------------


class NoticeLog:
    """For people and programs. Every method can raise Unavailable."""

    def __init__(self, state: Path) -> None:
        self._path = state / "history.db"
        migrations.ensure(self._path)

    def last(self, channel: str, limit: int = 20) -> list[Notice]:
        """The newest first."""
        sql = f"SELECT {_COLUMNS} FROM alarm_notices WHERE channel = ? ORDER BY id DESC LIMIT ?"  # noqa: S608
        with self._open() as db:
            return [_notice(row) for row in db.execute(sql, (channel, limit))]

    def waiting(self, channel: str) -> int:
        """How many are still to be told."""
        sql = "SELECT count(*) FROM alarm_notices WHERE channel = ? AND state = 'waiting'"
        with self._open() as db:
            return int(db.execute(sql, (channel,)).fetchone()[0])

    def test(self, channel: str) -> Notice:
        """Sends a notice of nothing, at once."""
        now = times.now()
        nothing = Alarm(uuid7(), TEST, Severity.CRITICAL, TEST_TEXT, now)
        with contextlib.closing(open_for_writing(self._path)) as db, transaction(db, self._path):
            id = add(db, channel, TEST, nothing.as_json(), now, now)
        return next(notice for notice in self.last(channel) if notice.id == id)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(open_for_writing(self._path)) as db, unavailable(self._path):
            yield db
