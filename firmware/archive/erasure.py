# SPDX-License-Identifier: GPL-2.0-or-later
"""One telephone number is erased everywhere: what is found first, what is changed then, in one transaction.

Every text of history.db is looked through, so that a table nobody thought of here is not forgotten. What is left is a
record that somebody was erased, by whom and how much, without the number.
"""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from firmware import telephone_numbers
from firmware.archive import keeping
from firmware.errors import Invalid
from firmware.ids import uuid7
from firmware.records import LegRecord, Recording, SmsState, TrailEvent
from firmware.store import outbox, stories
from firmware.store.connect import open_for_writing, unavailable
from firmware.store.history import recordings_of
from firmware.times import iso

ERASED = "erased"
WIPE_WAIT_MS = 60_000
SHORTEST = 5  # digits; shorter ones are numbers of the house
_BLANK = r"[\s().\-/]"  # between the digits of a number that people write
_BETWEEN = rf"(?:\(0\)|{_BLANK})"
_NOT_TEXT = frozenset(("id", "call", "recording", "sha256", "path", "link", "note", "sql"))
_GONE_AS_A_WHOLE = ("contacts",)  # not a word of it is left
_WORDS = "recording_words"  # the index of notes; its own tables begin so


def pattern_of(number: str, country: str) -> re.Pattern[str]:
    """The number in every form, where it stands alone. Invalid for what is too short to be told from others.

    Forms are `telephone_numbers.forms` of the country, with + or without, and as people write them, with blanks,
    dashes and brackets. What is written so next to more digits is a longer number, and another one.
    """
    digits = sorted({form.removeprefix("+") for form in forms_of(number, country)}, key=len, reverse=True)
    plain = "|".join(re.escape(form) for form in digits)
    spread = "|".join(f"{_BETWEEN}{{0,3}}".join(map(re.escape, form)) for form in digits)
    before = r"(?<![0-9A-Za-z.-])" + "".join(rf"(?<![0-9]{_BLANK * n})" for n in (1, 2))
    return re.compile(
        rf"(?<![0-9A-Za-z.-])\+?(?:{plain})(?![0-9A-Za-z.-])|{before}[+(]*(?:{spread})(?!{_BLANK}?[0-9A-Za-z])"
    )


def forms_of(number: str, country: str) -> tuple[str, ...]:
    """How calls of the number may be kept, each with + and without. Invalid."""
    digits = number.strip().removeprefix("+")
    if not re.fullmatch(rf"[0-9*#]{{{SHORTEST},32}}", digits):
        raise Invalid(
            f"Give a number of at least {SHORTEST} digits, as it stands in the list of calls.", field="number"
        )
    known = {form.removeprefix("+") for form in telephone_numbers.every_form(number.strip(), country)} | {digits}
    return tuple(sorted(sign + form for form in known if len(form) >= SHORTEST for sign in ("", "+")))


@dataclass(frozen=True, slots=True)
class Text:
    """What a column of the row with this key will hold."""

    table: str
    key: tuple[tuple[str, Any], ...]
    column: str
    text: str


@dataclass(slots=True)
class Found:
    """Where the number is; texts and stories are as they will be."""

    calls: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)  # that were shown with the number
    recordings: list[Recording] = field(default_factory=list)
    held: list[str] = field(default_factory=list)  # calls whose recording must be kept, and so their record
    messages: list[str] = field(default_factory=list)
    sms: list[str] = field(default_factory=list)
    sms_parts: list[str] = field(default_factory=list)
    sms_open: bool = False  # one of them is still to go out
    texts: list[Text] = field(default_factory=list)
    stories: dict[str, tuple[list[TrailEvent], list[LegRecord]]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """For the record."""
        return {
            "calls": len(self.calls), "recordings": len(self.recordings), "messages": len(self.messages),
            "text_messages": len(self.sms), "texts": len(self.texts) + len(self.stories), "held": len(self.held),
        }  # fmt: skip


def find(db: sqlite3.Connection, number: str, country: str) -> Found:
    """Looks through all of history.db; a minute for a million calls. `country` is by ISO 3166-1. Invalid."""
    pattern, found, forms = pattern_of(number, country), Found(), forms_of(number, country)
    any_form = f"IN ({', '.join('?' * len(forms))})"
    for side in ("from_number", "to_number"):
        sql = f"SELECT id, from_name FROM calls WHERE {side} {any_form}"  # noqa: S608
        for row in db.execute(sql, forms):
            found.calls.add(row["id"])
            found.names |= {row["from_name"]} if side == "from_number" and row["from_name"] else set()
    for call in sorted(found.calls):
        made = recordings_of(db, call)
        if any(recording.hold for recording in made):
            found.held.append(call)
            found.calls.discard(call)
        else:
            found.recordings += made
    sql = f"SELECT id FROM messages WHERE from_number {any_form}"  # noqa: S608
    found.messages = [row["id"] for row in db.execute(sql, forms)]
    sql = f"SELECT id, state FROM sms WHERE number {any_form}"  # noqa: S608
    states = {row["id"]: row["state"] for row in db.execute(sql, forms)}
    found.sms, found.sms_open = list(states), not {SmsState.QUEUED, SmsState.SENDING}.isdisjoint(states.values())
    sql = f"SELECT digest FROM sms_parts WHERE sender {any_form}"  # noqa: S608
    found.sms_parts = [row["digest"] for row in db.execute(sql, forms)]
    found.texts = list(_texts(db, pattern, found))
    for row in db.execute("SELECT id, story FROM calls WHERE story IS NOT NULL"):
        if row["id"] not in found.held and (story := _story(row["id"], row["story"], pattern, found)):
            found.stories[row["id"]] = story
    return found


def _story(
    call: str, packed: bytes, pattern: re.Pattern[str], found: Found
) -> tuple[list[TrailEvent], list[LegRecord]] | None:
    """What the call's story will be; None when there is nothing to change."""
    trail, legs = stories.unpack(call, packed)
    known, names = call in found.calls, found.names
    after = [replace(event, data=json.loads(_cleaned(_text(event.data), pattern, known, names))) for event in trail]
    parties = [replace(leg, name=_cleaned(leg.name, pattern, known, names)) for leg in legs]
    return (after, parties) if (after, parties) != (trail, legs) else None


def _text(data: Mapping[str, Any]) -> str:
    return json.dumps(dict(data), ensure_ascii=False)


def _texts(db: sqlite3.Connection, pattern: re.Pattern[str], found: Found) -> Iterator[Text]:
    for known in db.execute("PRAGMA table_list").fetchall():
        table = known["name"]
        if known["schema"] != "main" or known["type"] != "table" or table.startswith((_WORDS, "sqlite_", "messages")):
            continue
        info = db.execute(f'PRAGMA table_info("{table}")').fetchall()
        columns = [row["name"] for row in info if row["type"] == "TEXT" and row["name"] not in _NOT_TEXT]
        names = {row["name"] for row in info}
        keys = [row["name"] for row in info if row["pk"]] if known["wr"] else ["rowid"]
        owner = "call" if "call" in names else "id" if table == "calls" else "NULL"
        if columns and table not in _GONE_AS_A_WHOLE:
            yield from _of_table(db, table, keys, columns, owner, pattern, found)


def _of_table(
    db: sqlite3.Connection, table: str, keys: list[str], columns: list[str], owner: str, pattern: re.Pattern[str],
    found: Found,
) -> Iterator[Text]:  # fmt: skip
    listed = ", ".join([owner, *keys, *(f'"{column}"' for column in columns)])
    for row in db.execute(f'SELECT {listed} FROM "{table}"'):  # noqa: S608
        whose, key, texts = row[0], tuple(row[1 : 1 + len(keys)]), row[1 + len(keys) :]
        if whose in found.held:
            continue
        for column, text in zip(columns, texts, strict=True):
            if (
                isinstance(text, str)
                and (cleaned := _cleaned(text, pattern, whose in found.calls, found.names)) != text
            ):
                yield Text(table, tuple(zip(keys, key, strict=True)), column, cleaned)


def _cleaned(text: str, pattern: re.Pattern[str], known: bool, names: set[str]) -> str:
    """Without the number; and without the names that go with it, where it was or what is `known` to be of its call."""
    if pattern.fullmatch(text) or (known and text in names):
        return ""
    cleaned = pattern.sub(ERASED, text)
    if known or cleaned != text:
        for name in names:
            cleaned = cleaned.replace(json.dumps(name, ensure_ascii=False), '""')
    return cleaned


def erase(
    db: sqlite3.Connection, found: Found, author: str, reason: str, now: datetime, cloud: bool
) -> tuple[dict[str, Any], list[Recording]]:
    """Does it, in the caller's transaction: the record, and the recordings whose files are to be deleted now."""
    gone = [recording for recording in found.recordings if keeping.removed(db, recording, ERASED, now, cloud)]
    for call, (trail, legs) in found.stories.items():
        stories.keep(db, call, trail, legs)
    for change in found.texts:
        _write(db, change)
    _without_sms(db, found)
    db.executemany("DELETE FROM call_notes WHERE call = ?", [(call,) for call in found.calls])
    db.execute(f"INSERT INTO {_WORDS} ({_WORDS}) VALUES ('optimize')")  # noqa: S608
    record = {"id": uuid7(), "at": iso(now), "author": author, "reason": reason, "counts": found.counts()}
    values = (record["id"], record["at"], author, reason, json.dumps(record["counts"]))
    db.execute("INSERT INTO erasures (id, at, author, reason, counts) VALUES (?, ?, ?, ?, ?)", values)
    told = record | {"calls": sorted(found.calls), "recordings": [recording.id for recording in gone]}
    outbox.put_event(db, "tipring.number.erased", str(record["id"]), told, now, cloud)
    return record, gone


def _without_sms(db: sqlite3.Connection, found: Found) -> None:
    """Messages go with what waits to be told of them. What came stays known, so that no modem brings it again."""
    ids = [(id,) for id in found.sms]
    db.executemany("DELETE FROM sms WHERE id = ?", ids)
    db.executemany("DELETE FROM sms_sent WHERE sms = ?", ids)
    for table in ("outbox", "webhook_deliveries"):
        db.executemany(f"DELETE FROM {table} WHERE subject = ?", ids)  # noqa: S608
    emptied = "UPDATE sms_parts SET sender = '', text = '', sms = coalesce(sms, '') WHERE digest = ?"
    db.executemany(emptied, [(digest,) for digest in found.sms_parts])


def _write(db: sqlite3.Connection, change: Text) -> None:
    where = " AND ".join(f"{name} = ?" for name, _ in change.key)
    values = [value for _, value in change.key]
    sql = f'UPDATE "{change.table}" SET "{change.column}" = ? WHERE {where}'  # noqa: S608
    db.execute(sql, (change.text, *values))
    if change.table == "recording_notes":
        note = f"SELECT id FROM recording_notes WHERE {where}"  # noqa: S608
        db.execute(f"UPDATE {_WORDS} SET text = ? WHERE note = ({note})", (change.text, *values))  # noqa: S608


def erasures(db: sqlite3.Connection, limit: int, before: str) -> list[dict[str, Any]]:
    """What was erased, newest first; those before the one of this id."""
    sql = "SELECT id, at, author, reason, counts FROM erasures WHERE id < ? ORDER BY id DESC LIMIT ?"
    return [dict(row) | {"counts": json.loads(row["counts"])} for row in db.execute(sql, (before, limit))]


def wipe(path: Path) -> None:
    """Writes the database anew, since pages keep pieces of what was in them; 10 s for a gigabyte on a good disk.

    Others who write wait meanwhile. Unavailable when somebody keeps it from happening.
    """
    with contextlib.closing(open_for_writing(path)) as db, unavailable(path):
        db.execute(f"PRAGMA busy_timeout = {WIPE_WAIT_MS}")
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


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
