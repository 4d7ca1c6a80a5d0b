# SPDX-License-Identifier: GPL-2.0-or-later
"""One telephone number is erased everywhere: what is found first, what is changed then, in one transaction.

Every text of history.db is looked through, so that a table nobody thought of here is not forgotten. What is left is a
record that somebody was erased, by whom and how much, without the number.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from firmware.archive import keeping
from firmware.errors import Invalid
from firmware.ids import uuid7
from firmware.records import Recording
from firmware.store import outbox, rows
from firmware.times import iso

ERASED = "erased"
SHORTEST = 5  # digits; shorter ones are numbers of the house
_PLACES = 500  # parameters of one statement
_NOT_TEXT = frozenset(("id", "call", "recording", "sha256", "path", "link", "note", "sql"))
_WORDS = "recording_words"  # the index of notes; its own tables begin so


def pattern_of(number: str) -> re.Pattern[str]:
    """The number, with + or without, where it stands alone. Invalid for what is too short to be told from others."""
    digits = number.strip().removeprefix("+")
    if not re.fullmatch(rf"[0-9*#]{{{SHORTEST},32}}", digits):
        raise Invalid(
            f"Give a number of at least {SHORTEST} digits, as it stands in the list of calls.", field="number"
        )
    return re.compile(rf"(?<![0-9A-Za-z.:-])\+?{re.escape(digits)}(?![0-9A-Za-z.-])")


@dataclass(slots=True)
class Found:
    """Where the number is. `texts` are (table, rowid, column, text as it will be)."""

    calls: dict[str, str] = field(default_factory=dict)  # id and name of the other party
    recordings: list[Recording] = field(default_factory=list)
    held: list[str] = field(default_factory=list)  # calls whose recording must be kept, and so their record
    messages: list[str] = field(default_factory=list)
    texts: list[tuple[str, int, str, str]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """For the record."""
        return {
            "calls": len(self.calls), "recordings": len(self.recordings), "messages": len(self.messages),
            "texts": len(self.texts), "held": len(self.held),
        }  # fmt: skip


def find(db: sqlite3.Connection, number: str) -> Found:
    """Looks through all of history.db; a minute for a million calls. Invalid."""
    pattern, found = pattern_of(number), Found()
    digits = number.strip().removeprefix("+")
    for side in ("from_number", "to_number"):
        sql = f"SELECT id, from_name FROM calls WHERE {side} IN (?, ?)"  # noqa: S608
        for row in db.execute(sql, (digits, f"+{digits}")):
            found.calls[row["id"]] = row["from_name"] if side == "from_number" else ""
    for call in list(found.calls):
        made = [rows.recording(row) for row in db.execute("SELECT * FROM recordings WHERE call = ?", (call,))]
        if any(recording.hold for recording in made):
            found.held.append(call)
            del found.calls[call]
        else:
            found.recordings += made
    sql = "SELECT id FROM messages WHERE from_number IN (?, ?)"
    found.messages = [row["id"] for row in db.execute(sql, (digits, f"+{digits}"))]
    found.texts = list(_texts(db, pattern, found))
    return found


def _texts(db: sqlite3.Connection, pattern: re.Pattern[str], found: Found) -> Iterator[tuple[str, int, str, str]]:
    tables = [row["name"] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    for table in tables:
        if table.startswith((_WORDS, "sqlite_", "_sqlite", "messages")):
            continue
        info = db.execute(f'PRAGMA table_info("{table}")').fetchall()
        columns = [row["name"] for row in info if row["type"] == "TEXT" and row["name"] not in _NOT_TEXT]
        names = {row["name"] for row in info}
        if columns:
            owner = "call" if "call" in names else "id" if table == "calls" else ""
            yield from _of_table(db, table, columns, owner, pattern, found)


def _of_table(
    db: sqlite3.Connection, table: str, columns: list[str], owner: str, pattern: re.Pattern[str], found: Found
) -> Iterator[tuple[str, int, str, str]]:
    listed = ", ".join(f'"{column}"' for column in columns)
    whose = f'"{owner}"' if owner else "''"
    for row in db.execute(f'SELECT rowid AS place, {whose} AS owner, {listed} FROM "{table}"'):  # noqa: S608
        if row["owner"] in found.held:
            continue
        name = found.calls.get(row["owner"], "")
        for column in columns:
            text = row[column]
            if isinstance(text, str) and (cleaned := _cleaned(text, pattern, name)) != text:
                yield table, row["place"], column, cleaned


def _cleaned(text: str, pattern: re.Pattern[str], name: str) -> str:
    """Without the number, and without the name of the one it belongs to."""
    if text == name or pattern.fullmatch(text):
        return ""
    cleaned = pattern.sub(ERASED, text)
    return cleaned.replace(json.dumps(name, ensure_ascii=False), '""') if name else cleaned


def erase(
    db: sqlite3.Connection, found: Found, author: str, reason: str, now: datetime, cloud: bool
) -> tuple[dict[str, Any], list[Recording]]:
    """Does it, in the caller's transaction: the record, and the recordings whose files are to be deleted now."""
    gone = [recording for recording in found.recordings if keeping.removed(db, recording, ERASED, now, cloud)]
    for table, place, column, text in found.texts:
        db.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (text, place))  # noqa: S608
        if table == "recording_notes":
            note = db.execute("SELECT id FROM recording_notes WHERE rowid = ?", (place,)).fetchone()
            if note:
                db.execute(f"UPDATE {_WORDS} SET text = ? WHERE note = ?", (text, note["id"]))  # noqa: S608
    db.execute(f"INSERT INTO {_WORDS} ({_WORDS}) VALUES ('optimize')")  # noqa: S608
    record = {"id": uuid7(), "at": iso(now), "author": author, "reason": reason, "counts": found.counts()}
    values = (record["id"], record["at"], author, reason, json.dumps(record["counts"]))
    db.execute("INSERT INTO erasures (id, at, author, reason, counts) VALUES (?, ?, ?, ?, ?)", values)
    if cloud:
        told = record | {"calls": sorted(found.calls), "recordings": [recording.id for recording in gone]}
        outbox.put_event(db, "tipring.number.erased", str(record["id"]), told, now)
    return record, gone


def erasures(db: sqlite3.Connection, limit: int = 100) -> list[dict[str, Any]]:
    """What was erased, newest first."""
    sql = "SELECT id, at, author, reason, counts FROM erasures ORDER BY id DESC LIMIT ?"
    return [dict(row) | {"counts": json.loads(row["counts"])} for row in db.execute(sql, (limit,))]


def without(value: Any, pattern: re.Pattern[str]) -> Any:
    """A configuration whose lists do not have the number any more; settings that are the number stay."""
    if isinstance(value, dict):
        return {key: without(item, pattern) for key, item in value.items()}
    if isinstance(value, list):
        return [without(item, pattern) for item in value if not (isinstance(item, str) and pattern.fullmatch(item))]
    return value


def settings_with(value: Any, pattern: re.Pattern[str], path: str = "") -> Iterator[str]:
    """Where a configuration still has the number: a person has to change that."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from settings_with(item, pattern, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from settings_with(item, pattern, f"{path}[{place}]")
    elif isinstance(value, str) and pattern.search(value):
        yield path
