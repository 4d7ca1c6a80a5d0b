# SPDX-License-Identifier: GPL-2.0-or-later
"""Records one after the other, however many there are: read by pages, so that the core is never kept from writing."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from firmware.records import AgentChange, Cdr, TrailEvent
from firmware.reports import queue_log, sheet
from firmware.store import rows, stories
from firmware.store.reader import History
from firmware.store.scope import Scope
from firmware.times import iso, milliseconds

PAGE = 500
CALL_COLUMNS = (*(item.name for item in fields(Cdr)), "seq")
TRAIL_COLUMNS = ("call", "at", "event", "data")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Ended calls that began in [since, until), of a queue, an agent, any of some numbers (either party's)."""

    since: datetime
    until: datetime
    numbers: Collection[str] | None = None
    queue: str | None = None
    agent: str | None = None
    scope: Scope | None = None  # whoever asks sees no more than that

    def takes(self, row: sqlite3.Row) -> bool:
        """Whether a call is among them."""
        return (
            (self.numbers is None or row["from_number"] in self.numbers or row["to_number"] in self.numbers)
            and self.queue in (None, row["queue"])
            and self.agent in (None, row["agent"])
        )

    def takes_change(self, change: AgentChange) -> bool:
        """Whether something that changed for an agent is among them."""
        return self.agent in (None, change.agent) and (self.scope is None or change.agent in self.scope.agents)


BEGUN = (
    "SELECT * FROM calls WHERE (started_at, id) > (?, ?) AND started_at < ? AND +ended_at IS NOT NULL {0}"
    "ORDER BY started_at, id LIMIT ?"
)
CHANGED = "SELECT * FROM agent_changes WHERE (at, id) > (?, ?) AND at < ? ORDER BY at, id LIMIT ?"
AUDIO = "SELECT id, call FROM recordings WHERE call IN ({0}) ORDER BY id"
TRAIL = "SELECT * FROM trail WHERE call IN ({0}) ORDER BY id"  # what is not packed with its call


def _rows(history: History, wanted: Wanted) -> Iterator[list[sqlite3.Row]]:
    place: tuple[int, str] = (milliseconds(wanted.since), "")
    seen = sorted(wanted.scope.queues) if wanted.scope else []
    sql = BEGUN.format(f"AND +queue IN ({', '.join('?' * len(seen))}) " if wanted.scope else "")
    while True:
        found = history.read(_all, sql, (*place, milliseconds(wanted.until), *seen, PAGE), wanted)
        yield [row for row in found if wanted.takes(row)]
        if len(found) < PAGE:
            return
        place = (found[-1]["started_at"], found[-1]["id"])


def _all(db: sqlite3.Connection, sql: str, parameters: Iterable[Any], wanted: Wanted) -> list[sqlite3.Row]:
    """`wanted` names the scope that the SQL keeps to."""
    return db.execute(sql, tuple(parameters)).fetchall()


def _of_calls(history: History, sql: str, page: list[sqlite3.Row], wanted: Wanted) -> list[sqlite3.Row]:
    """What another table has of the calls of a page."""
    ids = [row["id"] for row in page]
    return history.read(_all, sql.format(", ".join("?" * len(ids))), ids, wanted) if ids else []


def calls(history: History, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """CDRs in the order in which they began, each with its `seq`."""
    for page in _rows(history, wanted):
        audio: dict[str, list[str]] = defaultdict(list)
        for row in _of_calls(history, AUDIO, page, wanted):
            audio[row["call"]].append(row["id"])
        for row in page:
            yield {**rows.cdr(row, audio[row["id"]]).as_json(), "seq": row["seq"]}


def calls_after(history: History, seq: int) -> Iterator[dict[str, Any]]:
    """CDRs in the order in which they ended, from the one after `seq` on."""
    while found := history.ended_after(seq, PAGE):
        for seq, cdr in found:
            yield {**cdr.as_json(), "seq": seq}


def trails(history: History, wanted: Wanted) -> Iterator[tuple[Cdr, list[TrailEvent]]]:
    """Calls with what happened in them."""
    for page in _rows(history, wanted):
        later: dict[str, list[TrailEvent]] = defaultdict(list)
        for row in _of_calls(history, TRAIL, page, wanted):
            later[row["call"]].append(rows.trail_event(row))
        for row in page:
            yield rows.cdr(row, ()), [*stories.unpack(row["id"], row["story"])[0], *later[row["id"]]]


def events(history: History, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Every event of every call."""
    for _, trail in trails(history, wanted):
        for event in trail:
            yield event.as_json()


def changes(history: History, wanted: Wanted) -> Iterator[AgentChange]:
    """What agents did, in its order."""
    place = (iso(wanted.since), "")
    while True:
        found = history.read(_all, CHANGED, (*place, iso(wanted.until), PAGE), wanted)
        yield from (change for change in map(rows.agent_change, found) if wanted.takes_change(change))
        if len(found) < PAGE:
            return
        place = (found[-1]["at"], found[-1]["id"])


def as_queue_log(history: History, wanted: Wanted) -> Iterator[str]:
    """Lines of Asterisk's queue_log, with line ends."""
    for line in queue_log.merged(trails(history, wanted), changes(history, wanted)):
        yield f"{line}\n"


def as_json_lines(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One JSON object a line (NDJSON)."""
    for record in records:
        yield json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


def as_json(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One JSON array."""
    comma = "["
    for line in as_json_lines(records):
        yield comma + line.rstrip("\n")
        comma = ",\n"
    yield "]\n" if comma != "[" else "[]\n"


def as_csv(records: Iterable[Mapping[str, Any]], names: Iterable[str]) -> Iterator[str]:
    """CSV; what is structured within a record is JSON."""

    def flat(record: Mapping[str, Any]) -> dict[str, Any]:
        return {k: json.dumps(v, ensure_ascii=False) if isinstance(v, dict) else v for k, v in record.items()}

    return sheet.lines(map(flat, records), names)
