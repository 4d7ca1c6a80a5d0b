# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole report: rows by what was chosen, their sum, call-backs, surveys."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from firmware.agents.statistics import Figures as AgentFigures
from firmware.reports import agents, figures
from firmware.reports.choice import By, Choice, Of, Office
from firmware.reports.tally import Key, Tally, sum_of, tallies
from firmware.times import iso

EPOCH_DAY = date(1970, 1, 1).toordinal()
MOST_DAYS = 1100  # that are shown although nothing happened


@dataclass(frozen=True, slots=True)
class Report:
    """`rows` have "key" first; `total` has the same figures over all of them."""

    choice: Choice
    zone: str
    rows: list[dict[str, Any]]
    total: dict[str, Any]
    more: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """As the API gives it."""
        choice = self.choice
        return {
            "since": iso(choice.since),
            "until": iso(choice.until),
            "timezone": self.zone,
            "of": choice.of.value,
            "by": choice.by.value,
            "filters": dict(choice.filters),
            "rows": self.rows,
            "total": self.total,
            **self.more,
        }


def report(db: sqlite3.Connection, choice: Choice, office: Office, now: datetime) -> Report:
    """Counted now. A span may reach into the future."""
    zone = office.clock.zone.key
    if choice.of == Of.QUEUES and choice.by == By.AGENT:
        rows, total = _of_agents(agents.figures(db, choice, now))
    else:
        found = tallies(db, choice, office)
        compute = figures.of_queues if choice.of == Of.QUEUES else figures.of_calls
        keys = _keys(choice, office, now, found)
        rows = [{"key": _shown(choice.by, key), **compute(found.get(key, Tally()))} for key in keys]
        total = compute(sum_of(found.values()))
    more = {"call_backs": _call_backs(db, choice)} if choice.of == Of.QUEUES else {}
    return Report(choice, zone, rows, total, more)


def counts_of_the_week(db: sqlite3.Connection, choice: Choice, office: Office) -> list[int]:
    """How much there was in each of the 168 hours of a week, Monday's first."""
    found = tallies(db, dataclasses.replace(choice, by=By.WEEK_HOUR), office, ())
    return [found.get(hour, Tally()).count for hour in range(168)]


def _of_agents(found: dict[str, AgentFigures]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    total = AgentFigures()
    for one in found.values():
        total.add(one)
    return [{"key": agent, **agents.as_json(one)} for agent, one in found.items()], agents.as_json(total)


def _keys(choice: Choice, office: Office, now: datetime, found: dict[Key, Tally]) -> list[Key]:
    """Days, hours and weekdays are all there, also those with nothing; of the rest what was found."""
    match choice.by:
        case By.HOUR:
            return list(range(24))
        case By.WEEKDAY:
            return list(range(7))
        case By.WEEK_HOUR:
            return list(range(168))
        case By.DAY:
            return _days(choice, office, now, found)
    return sorted(found, key=lambda key: (key is None, str(key)))


def _days(choice: Choice, office: Office, now: datetime, found: Mapping[Key, Tally]) -> list[Key]:
    first = office.clock.day_of(choice.since).toordinal() - EPOCH_DAY
    last = office.clock.day_of(min(choice.until, max(now, choice.since)) - timedelta(milliseconds=1)).toordinal()
    days = range(first, last - EPOCH_DAY + 1)
    wanted = set(days) if len(days) <= MOST_DAYS else set()
    return [*sorted(wanted | {int(key) for key in found if key is not None})]


def _shown(by: By, key: Key) -> Key:
    return date.fromordinal(EPOCH_DAY + int(key)).isoformat() if by == By.DAY and key is not None else key


def _call_backs(db: sqlite3.Connection, choice: Choice) -> dict[str, Any]:
    """Asked for in the span, and what became of them by now."""
    sql = "SELECT state, count(*) AS count FROM call_backs WHERE started_at >= ? AND started_at < ?"
    queues = choice.queues()
    if queues is not None:
        sql += f" AND queue IN ({', '.join('?' * len(queues))})"
    chosen = (iso(choice.since), iso(choice.until), *(queues or ()))
    counts = {row["state"]: row["count"] for row in db.execute(f"{sql} GROUP BY state", chosen)}
    asked = sum(counts.values())
    decided = counts.get("kept", 0) + counts.get("failed", 0)
    return {
        "asked": asked,
        "kept": counts.get("kept", 0),
        "failed": counts.get("failed", 0),
        "cancelled": counts.get("cancelled", 0),
        "open": asked - decided - counts.get("cancelled", 0),
        "kept_share": figures.share(counts.get("kept", 0), decided),
    }
