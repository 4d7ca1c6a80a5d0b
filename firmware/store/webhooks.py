# SPDX-License-Identifier: GPL-2.0-or-later
"""Webhooks in history.db: which event goes where, what waits, and how each delivery went.

A delivery is written in the transaction that its event tells of (`outbox.put_event`), and waits until its receiver has
it. The core notes who wants what in `webhook_types` whenever the configuration changes.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from firmware import times
from firmware.errors import NotFound
from firmware.ids import first_of, uuid7
from firmware.store import migrations
from firmware.store.connect import open_for_writing, transaction, unavailable

TYPES = (
    "tipring.call.ended", "tipring.call.coded", "tipring.recording.ready", "tipring.recording.removed",
    "tipring.number.erased", "tipring.voicemail.left", "tipring.call_back.ended", "tipring.survey.answered",
    "tipring.alarm.raised", "tipring.alarm.cleared", "tipring.sms.received", "tipring.sms.ended",
)  # fmt: skip
TEST = "tipring.webhook.test"
KEPT = timedelta(days=7)
WAITING, DONE, FAILED = "waiting", "done", "failed"
_LAST = "~"  # after every id
_COLUMNS = "id, webhook, event, type, subject, time, data, state, tries, status, said, tried_at"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event for one webhook. `event` is its stable id; `status` and `said` are of the last answer."""

    id: str
    webhook: str
    event: str
    type: str
    subject: str
    time: datetime
    data: Mapping[str, Any]
    state: str
    tries: int
    status: int | None
    said: str
    tried_at: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """How a webhook is: failing since when without a break; disabled since when, and why."""

    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    reason: str = ""


def _delivery(row: sqlite3.Row) -> Delivery:
    values = dict(row)
    values["time"], values["data"] = times.parse(row["time"]), json.loads(row["data"])
    values["tried_at"] = times.parse(row["tried_at"]) if row["tried_at"] else None
    return Delivery(**values)


# ---- whoever tells events ------------------------------------------------------------------------------------------


def subscribed(db: sqlite3.Connection, wanted: Mapping[str, Sequence[str]]) -> None:
    """From now on these webhooks get these types of events; what waits for others is dropped."""
    db.execute("DELETE FROM webhook_types")
    pairs = [(type, name) for name, types in wanted.items() for type in types]
    db.executemany("INSERT OR IGNORE INTO webhook_types (type, webhook) VALUES (?, ?)", pairs)
    known = [row["webhook"] for row in db.execute("SELECT DISTINCT webhook FROM webhook_deliveries")]
    for gone in set(known) - set(wanted):
        db.execute("DELETE FROM webhook_deliveries WHERE webhook = ?", (gone,))
        db.execute("DELETE FROM webhook_health WHERE webhook = ?", (gone,))


def put(db: sqlite3.Connection, event: str, type: str, subject: str, data: Mapping[str, Any], at: datetime) -> None:
    """A delivery for each webhook that wants this type."""
    for row in db.execute("SELECT webhook FROM webhook_types WHERE type = ?", (type,)).fetchall():
        add(db, row["webhook"], event, type, subject, data, at)


def add(
    db: sqlite3.Connection, webhook: str, event: str, type: str, subject: str, data: Mapping[str, Any], at: datetime
) -> str:
    """A delivery for one webhook; its id. The same event twice is one."""
    values = (uuid7(), webhook, event, type, subject, times.iso(at), json.dumps(data, ensure_ascii=False))
    db.execute(
        "INSERT OR IGNORE INTO webhook_deliveries (id, webhook, event, type, subject, time, data) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    return values[0]


# ---- whoever sends them --------------------------------------------------------------------------------------------


def waiting(db: sqlite3.Connection, webhook: str, limit: int) -> list[Delivery]:
    """Those to be tried next: what was tried least, oldest first, so that one bad event holds up no other."""
    sql = (
        f"SELECT {_COLUMNS} FROM webhook_deliveries WHERE webhook = ? AND state = 'waiting' "  # noqa: S608
        "ORDER BY tries, id LIMIT ?"
    )
    return [_delivery(row) for row in db.execute(sql, (webhook, limit))]


def tried(db: sqlite3.Connection, id: str, state: str, status: int | None, said: str, now: datetime) -> None:
    """How a try went."""
    db.execute(
        "UPDATE webhook_deliveries SET state = ?, tries = tries + 1, status = ?, said = ?, tried_at = ? WHERE id = ?",
        (state, status, said, times.iso(now), id),
    )


def health(db: sqlite3.Connection, webhook: str) -> Health:
    row = db.execute("SELECT * FROM webhook_health WHERE webhook = ?", (webhook,)).fetchone()
    if row is None:
        return Health()
    since, disabled = (times.parse(row[name]) if row[name] else None for name in ("failing_since", "disabled_at"))
    return Health(since, disabled, row["reason"])


def set_health(db: sqlite3.Connection, webhook: str, now: Health) -> None:
    since, disabled = (times.iso(at) if at else None for at in (now.failing_since, now.disabled_at))
    db.execute(
        "INSERT OR REPLACE INTO webhook_health (webhook, failing_since, disabled_at, reason) VALUES (?, ?, ?, ?)",
        (webhook, since, disabled, now.reason),
    )


def forget_old(db: sqlite3.Connection, now: datetime) -> int:
    """Drops deliveries of more than a week ago, whatever became of them; how many."""
    return db.execute("DELETE FROM webhook_deliveries WHERE id < ?", (first_of(now - KEPT),)).rowcount


# ---- whoever looks after them --------------------------------------------------------------------------------------


class WebhookLog:
    """For people and programs. Every method can raise Unavailable."""

    def __init__(self, state: Path) -> None:
        self._path = state / "history.db"
        migrations.ensure(self._path)

    def health(self, webhook: str) -> tuple[Health, int]:
        """How it is, and how many deliveries wait."""
        with self._open() as db:
            sql = "SELECT count(*) FROM webhook_deliveries WHERE webhook = ? AND state = 'waiting'"
            return health(db, webhook), db.execute(sql, (webhook,)).fetchone()[0]

    def deliveries(self, webhook: str, state: str | None, limit: int, before: str | None = None) -> list[Delivery]:
        """The newest first; those of one state, those before one."""
        which = "" if state is None else "AND +state = ?"
        values = (webhook, before or _LAST, *(() if state is None else (state,)), limit)
        sql = (
            f"SELECT {_COLUMNS} FROM webhook_deliveries WHERE webhook = ? AND id < ? {which} "  # noqa: S608
            "ORDER BY id DESC LIMIT ?"
        )
        with self._open() as db:
            return [_delivery(row) for row in db.execute(sql, values)]

    def delivery(self, webhook: str, id: str) -> Delivery:
        """NotFound (`no_such_delivery`)."""
        sql = f"SELECT {_COLUMNS} FROM webhook_deliveries WHERE id = ? AND webhook = ?"  # noqa: S608
        with self._open() as db:
            row = db.execute(sql, (id, webhook)).fetchone()
        if row is None:
            raise NotFound(f"There is no delivery {id} for {webhook} (any more).", code="no_such_delivery")
        return _delivery(row)

    def test(self, webhook: str, author: str) -> Delivery:
        """Sends an event that means nothing."""
        subject, at = uuid7(), times.now()
        with self._changing() as db:
            id = add(db, webhook, f"{TEST}:{subject}", TEST, subject, {"webhook": webhook, "by": author}, at)
        return self.delivery(webhook, id)

    def retry(self, webhook: str, id: str) -> Delivery:
        """Sends it once more, also when it arrived. NotFound."""
        self.delivery(webhook, id)
        with self._changing() as db:
            db.execute("UPDATE webhook_deliveries SET state = 'waiting', tries = 0 WHERE id = ?", (id,))
        return self.delivery(webhook, id)

    def enable(self, webhook: str) -> None:
        """A disabled one is tried again."""
        with self._changing() as db:
            set_health(db, webhook, Health())

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(open_for_writing(self._path)) as db, unavailable(self._path):
            yield db

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(open_for_writing(self._path)) as db, transaction(db, self._path):
            yield db
