# SPDX-License-Identifier: GPL-2.0-or-later
"""Today's stays in queues, hour by hour: those that are over from the history, and those that go on.

The history knows a call when it has ended. What an agent has answered counts at once here: the caller was answered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from firmware.reports.choice import SERVICE_LEVEL_S, By, Choice, Office
from firmware.reports.tally import Tally, sum_of, tallies

Hours = dict[int, Tally]


@dataclass(frozen=True, slots=True)
class Stay:
    """A call of today that the history may not know yet. `wait_s` is None for one that no agent has answered."""

    queue: str
    at: datetime
    wait_s: float | None


@dataclass(frozen=True, slots=True)
class Ended:
    """What the history has of a day, by queue and hour, and which of the calls that were asked for are in it."""

    day: date
    hours: Mapping[str, Hours] = field(default_factory=dict)
    known: frozenset[str] = frozenset()


def ended(
    db: sqlite3.Connection, office: Office, now: datetime, queues: Iterable[str], calls: Collection[str]
) -> Ended:
    """All of one moment."""
    day = office.clock.day_of(now)
    since, until = office.clock.midnight(day), office.clock.midnight(day + timedelta(days=1))
    db.execute("BEGIN")
    try:
        hours = {
            queue: {
                int(hour or 0): tally
                for hour, tally in tallies(
                    db, Choice(since, until, by=By.HOUR, filters={"queue": queue}), office
                ).items()
            }
            for queue in queues
        }
        known = frozenset(call for call in calls if _has_ended(db, call))
    finally:
        db.execute("ROLLBACK")
    return Ended(day, hours, known)


def _has_ended(db: sqlite3.Connection, call: str) -> bool:
    row = db.execute("SELECT ended_at FROM calls WHERE id = ?", (call,)).fetchone()
    return row is not None and row["ended_at"] is not None


def with_open(hours: Hours, stays: Iterable[Stay], queue: str, office: Office) -> Hours:
    """The hours of a queue with what was answered and goes on."""
    found = dict(hours)
    level_s = office.service_level_s.get(queue, SERVICE_LEVEL_S)
    for stay in stays:
        if stay.queue == queue and stay.wait_s is not None:
            hour = stay.at.astimezone(office.clock.zone).hour
            found[hour] = sum_of((found.get(hour, Tally()), _answered(stay.wait_s, level_s)))
    return found


def _answered(wait_s: float, level_s: float) -> Tally:
    tally = Tally(count=1, within=int(wait_s <= level_s), answer_ms=round(1000 * wait_s))
    tally.outcomes["answered"] = 1
    return tally
