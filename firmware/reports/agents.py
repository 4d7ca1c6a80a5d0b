# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents over a span, from their own records: the figures of docs/agents.md."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from firmware.agents.statistics import Figures
from firmware.records import OfferOutcome
from firmware.reports.choice import Choice
from firmware.times import iso, parse

EVERYBODY = (
    "WITH RECURSIVE known(agent) AS (SELECT min(agent) FROM {0} UNION ALL "
    "SELECT (SELECT min(agent) FROM {0} WHERE agent > known.agent) FROM known WHERE known.agent IS NOT NULL) "
    "SELECT agent FROM known WHERE agent IS NOT NULL"
)
"""Steps from agent to agent along the index, however many records there are."""
CALLS = (
    "SELECT outcome, count(*) AS count, sum(ring_s) AS ring_s, sum(talk_s) AS talk_s, sum(hold_s) AS hold_s, "
    "sum(wrap_s) AS wrap_s FROM agent_calls WHERE agent = ? AND at >= ? AND at < ? {0} GROUP BY outcome"
)
CHANGES = "SELECT * FROM agent_changes WHERE agent = ? AND at >= ? AND at < ? ORDER BY at, id"
NEXT = "SELECT * FROM agent_changes WHERE agent = ? AND at >= ? ORDER BY at, id LIMIT 1"
NOW = "SELECT * FROM agent_now WHERE agent = ?"


def figures(db: sqlite3.Connection, choice: Choice, now: datetime) -> dict[str, Figures]:
    """Of each agent who has any: calls offered in the span, and what of it was spent in which state."""
    names = {row["agent"] for table in ("agent_calls", "agent_changes") for row in db.execute(EVERYBODY.format(table))}
    wanted = choice.filters.get("agent")
    found = {agent: _one(db, agent, choice, now) for agent in sorted(names) if wanted in (None, agent)}
    return {agent: one for agent, one in found.items() if one.calls or one.missed or one.logged_in_s}


def _one(db: sqlite3.Connection, agent: str, choice: Choice, now: datetime) -> Figures:
    found = Figures()
    mine = choice.queues()
    span = (agent, iso(choice.since), iso(choice.until))
    some = "" if mine is None else f"AND queue IN ({', '.join('?' * len(mine))})"
    for row in db.execute(CALLS.format(some), (*span, *(mine or ()))):
        _take(found, row)
    for was, reason, began, ended, queues in _states(db, agent, choice, now):
        seconds = (min(ended, choice.until) - max(began, choice.since)).total_seconds()
        if seconds > 0 and (mine is None or not set(mine).isdisjoint(queues)):
            found.take_state(was, reason, seconds)
    return found


def _take(found: Figures, row: sqlite3.Row) -> None:
    found.ring_s += row["ring_s"]
    if row["outcome"] == OfferOutcome.MISSED:
        found.missed = row["count"]
    elif row["outcome"] == OfferOutcome.ANSWERED:
        found.calls = row["count"]
        found.talk_s, found.hold_s, found.wrap_s = row["talk_s"] or 0.0, row["hold_s"], row["wrap_s"] or 0.0


def _states(
    db: sqlite3.Connection, agent: str, choice: Choice, now: datetime
) -> Iterable[tuple[str, str, datetime, datetime, list[str]]]:
    """(state, why, from, until, in which queues): each change ends a state; the last one may go on."""
    rows = db.execute(CHANGES, (agent, iso(choice.since), iso(choice.until))).fetchall()
    rows += db.execute(NEXT, (agent, iso(choice.until))).fetchall()
    for row in rows:
        at = parse(row["at"])
        yield row["was"], row["was_reason"], _before(at, row["lasted_s"]), at, row["queues"].split()
    row = db.execute(NOW, (agent,)).fetchone()
    if row:
        yield row["state"], row["reason"], parse(row["since"]), now, row["queues"].split()


def _before(at: datetime, seconds: float) -> datetime:
    return datetime.fromtimestamp(at.timestamp() - seconds, at.tzinfo)


def as_json(found: Figures) -> dict[str, Any]:
    """One row."""
    return {"offered": found.calls + found.missed, **found.as_json(())}
