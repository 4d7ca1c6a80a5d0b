# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents in history.db: where they sit, what changed and by whom, what they did with each call.

All of it runs in `HistoryWriter.run`, so that a restart forgets nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firmware.records import AgentCall, AgentChange, TrailEvent
from firmware.store import facts, history, outbox, rows
from firmware.times import iso, parse

SEEN = "agents_seen"  # among `switches`: until when agents were watched


def sat_down(db: sqlite3.Connection, agent: str, extension: str | None) -> None:
    """The agent sits there from now on; None: at his own phone, or nowhere."""
    if extension:
        db.execute("INSERT OR REPLACE INTO agent_seats (agent, extension) VALUES (?, ?)", (agent, extension))
    else:
        db.execute("DELETE FROM agent_seats WHERE agent = ?", (agent,))


def seats(db: sqlite3.Connection) -> dict[str, str]:
    """The extensions of those who do not sit at their own."""
    return {row["agent"]: row["extension"] for row in db.execute("SELECT agent, extension FROM agent_seats")}


def recorded(db: sqlite3.Connection, records: Iterable[AgentChange | AgentCall]) -> None:
    """What agents did; a call that is known already is replaced."""
    for record in records:
        table = "agent_calls" if isinstance(record, AgentCall) else "agent_changes"
        values = _values(record)
        names, places = ", ".join(f'"{name}"' for name in values), ", ".join(f":{name}" for name in values)
        db.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})", values)  # noqa: S608
        if isinstance(record, AgentCall):
            facts.wrapped_up(db, record)


def _values(record: AgentChange | AgentCall) -> dict[str, Any]:
    return {name: " ".join(value) if isinstance(value, list) else value for name, value in record.as_json().items()}


def stands(db: sqlite3.Connection, agent: str, state: str, reason: str, queues: Iterable[str], since: datetime) -> None:
    """What an agent is since the last change, and in which queues he is logged in."""
    row = (agent, state, reason, " ".join(queues), iso(since))
    db.execute("INSERT OR REPLACE INTO agent_now (agent, state, reason, queues, since) VALUES (?, ?, ?, ?, ?)", row)


def coded(db: sqlite3.Connection, call: AgentCall, code: str, by: str, at: datetime, cloud: bool) -> None:
    """An agent gave a call its disposition code, in the call or after it."""
    db.execute(
        "UPDATE agent_calls SET code = ? WHERE agent = ? AND at = ? AND call = ?",
        (code, call.agent, iso(call.at), call.call),
    )
    db.execute("UPDATE calls SET disposition_code = ? WHERE id = ?", (code, call.call))
    data = {"agent": call.agent, "code": code, "by": by}
    history.trail(db, [TrailEvent(call.call, at, "coded", data)])
    told = {"call": call.call, "queue": call.queue, **data}
    outbox.put_event(db, "tipring.call.coded", f"{call.call}@{iso(at)}", told, at, cloud)


def seen(db: sqlite3.Connection, at: datetime) -> None:
    """The box was there and watched its agents until now."""
    db.execute("INSERT OR REPLACE INTO switches (name, value) VALUES (?, ?)", (SEEN, iso(at)))


def last_seen(db: sqlite3.Connection) -> datetime | None:
    """Until when the core before this one watched."""
    row = db.execute("SELECT value FROM switches WHERE name = ?", (SEEN,)).fetchone()
    return parse(row["value"]) if row else None


def recover(db: sqlite3.Connection) -> None:
    """Concludes the calls of agents that a dead core left open, with what its calls came to (`history.recover`)."""
    db.execute(
        "UPDATE agent_calls SET wrap_s = coalesce(wrap_s, 0), talk_s = coalesce(talk_s, "
        "(SELECT calls.talk_s FROM calls WHERE calls.id = agent_calls.call), 0) WHERE talk_s IS NULL OR wrap_s IS NULL"
    )


@dataclass(frozen=True, slots=True)
class Past:
    """Before a restart: where agents sat, what they did in the day, their last changes, until when it was watched."""

    seats: dict[str, str]
    records: list[AgentChange | AgentCall]
    last: dict[str, AgentChange]
    seen: datetime | None


def past(db: sqlite3.Connection, agents: Sequence[str], midnight: datetime) -> Past:
    """Concludes what a dead core left open; then all of it."""
    recover(db)
    return Past(seats(db), records_since(db, agents, midnight), last_changes(db, agents), last_seen(db))


def last_changes(db: sqlite3.Connection, agents: Iterable[str]) -> dict[str, AgentChange]:
    """What changed last for each of these agents, for whom anything ever did."""
    sql = "SELECT * FROM agent_changes WHERE agent = ? ORDER BY at DESC, id DESC LIMIT 1"
    found = (db.execute(sql, (agent,)).fetchone() for agent in agents)
    return {row["agent"]: rows.agent_change(row) for row in found if row}


def records_since(db: sqlite3.Connection, agents: Iterable[str], since: datetime) -> list[AgentChange | AgentCall]:
    """What these agents did from then on, for the figures of the day."""
    found: list[AgentChange | AgentCall] = []
    for agent in agents:
        chosen = (agent, iso(since))
        found += map(rows.agent_change, db.execute("SELECT * FROM agent_changes WHERE agent = ? AND at >= ?", chosen))
        found += map(rows.agent_call, db.execute("SELECT * FROM agent_calls WHERE agent = ? AND at >= ?", chosen))
    return found
