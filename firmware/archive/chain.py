# SPDX-License-Identifier: GPL-2.0-or-later
"""The chain of proof: each recording that is stored or removed is a link, which holds the hash of the one before.

Whoever has noted a link (the cloud, a sheet of paper) can tell later that nothing before it was changed, left out or
put in. Links hold no telephone number, so that one can be erased without breaking the chain.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firmware.times import iso

BEGINNING = "0" * 64  # what the first link follows
STORED, REMOVED = "stored", "removed"


@dataclass(frozen=True, slots=True)
class Link:
    """`facts` of a stored recording: sha256 and bytes of its file, call, started_at, duration_s, codec, key; of a
    removed one: why."""

    seq: int
    kind: str
    recording: str
    at: str
    facts: dict[str, Any]
    link: str


def text_of(facts: dict[str, Any]) -> str:
    """The one JSON text of facts: sorted keys, no spaces, ASCII."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"))


def link_of(before: str, seq: int, kind: str, recording: str, at: str, facts: str) -> str:
    """SHA-256, hexadecimal, of the lines: the link before, number, kind, recording, time, facts."""
    return hashlib.sha256("\n".join((before, str(seq), kind, recording, at, facts)).encode()).hexdigest()


def append(db: sqlite3.Connection, kind: str, recording: str, at: datetime, facts: dict[str, Any]) -> str:
    """Another link, in the transaction of what it tells; the link."""
    last = db.execute("SELECT seq, link FROM recording_chain ORDER BY seq DESC LIMIT 1").fetchone()
    seq, before = (last["seq"] + 1, last["link"]) if last else (1, BEGINNING)
    when, text = iso(at), text_of(facts)
    link = link_of(before, seq, kind, recording, when, text)
    values = (seq, kind, recording, when, text, link)
    db.execute("INSERT INTO recording_chain (seq, kind, recording, at, facts, link) VALUES (?, ?, ?, ?, ?, ?)", values)
    return link


def links(db: sqlite3.Connection) -> Iterator[tuple[Link, str]]:
    """Every link in order, and what is wrong with it: "" when it holds, "missing" (one before it), "changed"."""
    before, seq = BEGINNING, 0
    for row in db.execute("SELECT * FROM recording_chain ORDER BY seq"):
        right = link_of(before, row["seq"], row["kind"], row["recording"], row["at"], row["facts"])
        wrong = "missing" if row["seq"] != seq + 1 else "" if row["link"] == right else "changed"
        before, seq = row["link"], row["seq"]
        yield Link(seq, row["kind"], row["recording"], row["at"], json.loads(row["facts"]), before), wrong
