# SPDX-License-Identifier: GPL-2.0-or-later
"""Voicemail in history.db: what `HistoryWriter` runs, as in `history.py`. The sound is in `message_files.py`."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from firmware.records import Message, MessageState
from firmware.store import outbox, rows
from firmware.store.history import upsert
from firmware.times import iso


def began(db: sqlite3.Connection, message: Message) -> None:
    """Before its first block is written: the file is then findable after any crash."""
    upsert(db, "messages", message)


def left(db: sqlite3.Connection, message: Message, cloud: bool, email: str) -> None:
    """Finished and hashed; told to the cloud, and to `email` when there is one."""
    upsert(db, "messages", message)
    at = message.started_at + timedelta(seconds=message.duration_s)
    outbox.put_event(db, "tipring.voicemail.left", message.id, message.as_json(), at, cloud)
    if email:
        db.execute("INSERT OR IGNORE INTO mails (id, address, tries, due_at) VALUES (?, ?, 0, '')", (message.id, email))


def marked(db: sqlite3.Connection, id: str, state: MessageState) -> None:
    """New again, or saved."""
    db.execute("UPDATE messages SET state = ? WHERE id = ?", (state.value, id))


def deleted(db: sqlite3.Connection, id: str) -> None:
    """By its owner, or because nothing was said."""
    db.execute("DELETE FROM messages WHERE id = ?", (id,))
    db.execute("DELETE FROM mails WHERE id = ?", (id,))


def everything(db: sqlite3.Connection) -> list[Message]:
    """All messages, also those that a dead core was recording, oldest first."""
    return [rows.message(row) for row in db.execute("SELECT * FROM messages ORDER BY started_at, id")]


CLOCK_WAS_WRONG = timedelta(hours=2)  # nothing is put off for so long; the clock was set back

# ---- e-mail, for the uplink ------------------------------------------------------------------


def mails_due(db: sqlite3.Connection, now: datetime) -> list[tuple[Message, str, int]]:
    """Messages whose e-mail is to be sent now, with its address and how often it was tried."""
    found = db.execute(
        "SELECT messages.*, mails.address, mails.tries FROM mails JOIN messages USING (id) "
        "WHERE mails.parked IS NULL AND (mails.due_at <= ? OR mails.due_at > ?) ORDER BY mails.due_at LIMIT 20",
        (iso(now), iso(now + CLOCK_WAS_WRONG)),
    )
    return [(rows.message(row), row["address"], row["tries"]) for row in found]


def mailed(db: sqlite3.Connection, id: str) -> None:
    """A server has taken it."""
    db.execute("DELETE FROM mails WHERE id = ?", (id,))


def mail_later(db: sqlite3.Connection, id: str, due_at: datetime) -> None:
    """Not this time."""
    db.execute("UPDATE mails SET tries = tries + 1, due_at = ? WHERE id = ?", (iso(due_at), id))


def park_mail(db: sqlite3.Connection, id: str, why: str) -> None:
    """No server will ever take it so."""
    db.execute("UPDATE mails SET parked = ? WHERE id = ?", (why, id))
