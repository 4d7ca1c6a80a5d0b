# SPDX-License-Identifier: GPL-2.0-or-later
"""The story of a call that has ended: its trail and its legs, packed into one column of its row.

While a call goes on they are rows of their own, each written as it happens. Kept so, a million calls would fill
three gigabytes; packed with a dictionary of the words that all stories share, they take a fifth of one.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from firmware.records import Cdr, LegRecord, TrailEvent
from firmware.store import facts, rows
from firmware.times import MILLISECOND, iso, parse

WORDS = 1
"""The dictionary that new stories are packed with: `story_words_1.txt`, which is never changed; there may be a next."""


@cache
def _words(number: int) -> bytes:
    return Path(__file__).with_name(f"story_words_{number}.txt").read_bytes()


def pack(trail: Iterable[TrailEvent], legs: Iterable[LegRecord]) -> bytes | None:
    """The story as bytes (the dictionary's number, then raw DEFLATE of JSON); None when there is nothing to tell."""
    events, parties = list(trail), list(legs)
    times = [event.at for event in events] + [leg.started_at for leg in parties]
    if not times:
        return None
    began = parse(iso(min(times)))
    story = {
        "at": iso(began),
        "trail": [[(event.at - began) // MILLISECOND, event.event, event.as_json()["data"]] for event in events],
        "legs": [
            [leg.id, leg.kind, leg.name, (leg.started_at - began) // MILLISECOND]
            + ([(leg.ended_at - began) // MILLISECOND, leg.cause] if leg.ended_at else [])
            for leg in parties
        ],
    }
    text = json.dumps(story, ensure_ascii=False, separators=(",", ":")).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, _words(WORDS))
    return bytes([WORDS]) + packer.compress(text) + packer.flush()


def unpack(call: str, story: bytes | None) -> tuple[list[TrailEvent], list[LegRecord]]:
    """What `pack` was given for the call, to the millisecond."""
    if not story:
        return [], []
    told: dict[str, Any] = json.loads(zlib.decompressobj(-15, _words(story[0])).decompress(story[1:]))
    began = parse(told["at"])
    trail = [TrailEvent(call, began + ms * MILLISECOND, event, data) for ms, event, data in told["trail"]]
    return trail, [_leg(call, began, *leg) for leg in told["legs"]]


def _leg(call: str, began: datetime, id: str, kind: str, name: str, ms: int, *end: int) -> LegRecord:
    ended_at, cause = (began + end[0] * MILLISECOND, end[1]) if end else (None, None)
    return LegRecord(id, call, kind, name, began + ms * MILLISECOND, ended_at, cause)


def told(db: sqlite3.Connection, call: str) -> tuple[list[TrailEvent], list[LegRecord]]:
    """Trail and legs of a call, in order, whether it has ended or not."""
    row = db.execute("SELECT story FROM calls WHERE id = ?", (call,)).fetchone()
    trail, legs = unpack(call, row["story"] if row else None)
    trail += [rows.trail_event(row) for row in db.execute("SELECT * FROM trail WHERE call = ? ORDER BY id", (call,))]
    later = [rows.leg(row) for row in db.execute("SELECT * FROM legs WHERE call = ? ORDER BY id", (call,))]
    return trail, list(({leg.id: leg for leg in legs} | {leg.id: leg for leg in later}).values())


def keep(db: sqlite3.Connection, call: str, trail: list[TrailEvent], legs: list[LegRecord]) -> None:
    """Packs what `told` gave, or what became of it, in place of the rows."""
    db.execute("UPDATE calls SET story = ? WHERE id = ?", (pack(trail, legs), call))
    db.execute("DELETE FROM trail WHERE call = ?", (call,))
    db.execute("DELETE FROM legs WHERE call = ?", (call,))


def conclude(db: sqlite3.Connection, cdr: Cdr) -> None:
    """A call has ended and its row is written: its story is packed, and reports may count it."""
    trail, legs = told(db, cdr.id)
    facts.write(db, cdr, trail)
    keep(db, cdr.id, trail, legs)
    following = "SELECT coalesce(max(seq), 0) + 1 FROM calls WHERE seq > 0"
    db.execute(f"UPDATE calls SET seq = ({following}) WHERE id = ? AND seq IS NULL", (cdr.id,))  # noqa: S608


def told_later(db: sqlite3.Connection, call: str) -> None:
    """Something was told of a call: if it has ended, it becomes part of its story."""
    if db.execute("SELECT 1 FROM calls WHERE id = ? AND story IS NOT NULL", (call,)).fetchone():
        keep(db, call, *told(db, call))
