# SPDX-License-Identifier: GPL-2.0-or-later
"""Text messages in history.db: what `HistoryWriter` runs, as in `history.py`."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from firmware.ids import uuid7
from firmware.records import Direction, Sms, SmsState
from firmware.store import outbox, rows
from firmware.store.history import upsert
from firmware.times import iso

KEPT = timedelta(days=30)  # a PDU is known again for so long
PATIENCE = timedelta(hours=24)  # parts that did not come until then do not come
MISSING = "[…]"  # stands for a part that never came
ENDED = (SmsState.DELIVERED, SmsState.FAILED, SmsState.UNSURE)


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a modem received: a message, or a part of one. `pdu` tells it from all others."""

    modem: str
    sender: str
    text: str
    pdu: str
    at: datetime
    part: tuple[int, int, int] | None = None  # reference, total, number


def saved(db: sqlite3.Connection, sms: Sms, cloud: bool) -> None:
    """As it is now; cloud and webhooks are told that one came, and how one ended."""
    if sms.state is SmsState.SENT:
        sms = _as_reported(db, sms, sms.sent_at or sms.at)  # reports may be quicker than the modem's own answer
    upsert(db, "sms", sms)
    at = sms.delivered_at or sms.sent_at or sms.at
    if sms.direction is Direction.INBOUND:
        outbox.put_event(db, "tipring.sms.received", sms.id, sms.as_json(), at, cloud)
    elif sms.state in ENDED:
        outbox.put_event(db, "tipring.sms.ended", sms.id, sms.as_json(), at, cloud)


def received(db: sqlite3.Connection, came: Incoming, cloud: bool) -> Sms | None:
    """The message that is whole with this; None when parts are missing, or it came before."""
    reference, total, number = came.part or (None, None, None)
    digest = hashlib.sha256(f"{came.modem} {came.pdu}".encode()).hexdigest()
    new = db.execute(
        "INSERT OR IGNORE INTO sms_parts (digest, modem, sender, reference, total, part, text, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (digest, came.modem, came.sender, reference, total, number, came.text, iso(came.at)),
    )
    db.execute("DELETE FROM sms_parts WHERE at < ? AND sms IS NOT NULL", (iso(came.at - KEPT),))
    if not new.rowcount:
        return None
    if not came.part:
        sms = _whole(came.modem, came.sender, came.text, came.at, 1)
        db.execute("UPDATE sms_parts SET sms = ? WHERE digest = ?", (sms.id, digest))
    else:
        found = _joined(db, (came.modem, came.sender, reference, total), came.at, complete=True)
        if not found:
            return None
        sms = found
    saved(db, sms, cloud)
    return sms


def overdue(db: sqlite3.Connection, now: datetime, cloud: bool) -> list[Sms]:
    """Messages of which some parts never came are shown as far as they did."""
    old = db.execute(
        "SELECT DISTINCT modem, sender, reference, total FROM sms_parts INDEXED BY sms_parts_open "
        "WHERE sms IS NULL AND at < ?",
        (iso(now - PATIENCE),),
    ).fetchall()
    found = [sms for key in old if (sms := _joined(db, tuple(key), now, complete=False))]
    for sms in found:
        saved(db, sms, cloud)
    return found


def _joined(db: sqlite3.Connection, key: tuple[object, ...], at: datetime, *, complete: bool) -> Sms | None:
    where = "modem = ? AND sender = ? AND reference = ? AND total = ? AND sms IS NULL"
    parts = {row["part"]: row["text"] for row in db.execute(f"SELECT part, text FROM sms_parts WHERE {where}", key)}  # noqa: S608
    modem, sender, _, total = key
    if not isinstance(total, int) or (complete and len(parts) < total):
        return None
    text = "".join(parts.get(number, MISSING) for number in range(1, total + 1))
    sms = _whole(str(modem), str(sender), text, at, total)
    db.execute(f"UPDATE sms_parts SET sms = ? WHERE {where}", (sms.id, *key))  # noqa: S608
    return sms


def _whole(modem: str, sender: str, text: str, at: datetime, parts: int) -> Sms:
    return Sms(str(uuid7()), Direction.INBOUND, modem, sender, text, at, SmsState.RECEIVED, parts=parts)


def open_ones(db: sqlite3.Connection) -> list[Sms]:
    """Those that are still to go out, oldest first."""
    return [rows.sms(row) for row in db.execute("SELECT * FROM sms WHERE state IN ('queued', 'sending') ORDER BY id")]


def newest(db: sqlite3.Connection, before: str | None, limit: int) -> list[Sms]:
    """Newest first, those before an id."""
    found = db.execute("SELECT * FROM sms WHERE id < ? ORDER BY id DESC LIMIT ?", (before or "~", limit))
    return [rows.sms(row) for row in found]


# ---- delivery reports ----------------------------------------------------------------------------


def part_sent(db: sqlite3.Connection, modem: str, reference: int, sms: str) -> None:
    """The modem gave a part this reference; an older message that had it gets no reports any more."""
    db.execute("INSERT OR REPLACE INTO sms_sent VALUES (?, ?, ?, '')", (modem, reference, sms))


def reported(
    db: sqlite3.Connection, modem: str, reference: int, outcome: str, now: datetime, cloud: bool
) -> Sms | None:
    """What became of a part; the message once that of all its parts is known, or one has failed."""
    db.execute("UPDATE sms_sent SET outcome = ? WHERE modem = ? AND reference = ?", (outcome, modem, reference))
    row = db.execute("SELECT sms FROM sms_sent WHERE modem = ? AND reference = ?", (modem, reference)).fetchone()
    message = row and db.execute("SELECT * FROM sms WHERE id = ?", (row["sms"],)).fetchone()
    if not message:
        return None
    before = rows.sms(message)
    sms = _as_reported(db, before, now) if before.state is SmsState.SENT else before
    if sms == before:
        return None
    saved(db, sms, cloud)
    return sms


def _as_reported(db: sqlite3.Connection, sms: Sms, at: datetime) -> Sms:
    outcomes = [part["outcome"] for part in db.execute("SELECT outcome FROM sms_sent WHERE sms = ?", (sms.id,))]
    if "failed" in outcomes:
        return replace(sms, state=SmsState.FAILED, reason="The network could not deliver it.")
    if outcomes.count("delivered") == sms.parts:
        return replace(sms, state=SmsState.DELIVERED, delivered_at=at)
    return sms


# ---- PINs ----------------------------------------------------------------------------------------


def refused_pin(db: sqlite3.Connection, modem: str) -> str:
    """The fingerprint of the PIN that the card at this modem was last given without success; "" for none."""
    row = db.execute("SELECT refused FROM sim_pins WHERE modem = ?", (modem,)).fetchone()
    return str(row["refused"]) if row else ""


def pin_tried(db: sqlite3.Connection, modem: str, fingerprint: str) -> None:
    """It counts as refused from here on; "" forgets."""
    db.execute("INSERT OR REPLACE INTO sim_pins VALUES (?, ?)", (modem, fingerprint))


def sent_since(db: sqlite3.Connection, since: datetime) -> list[tuple[str, datetime, int]]:
    """Of the newest that went out since: modem, when, in how many parts."""
    found = db.execute("SELECT * FROM sms ORDER BY id DESC LIMIT 1000")
    sent = (rows.sms(row) for row in found)
    return [(one.modem, one.at, one.parts) for one in sent if one.direction is Direction.OUTBOUND and one.at > since]
