# SPDX-License-Identifier: GPL-2.0-or-later
"""Facts added up by one walk along the span, and the figures made of the sums."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from firmware.reports.choice import SERVICE_LEVEL_S, SHORT_ABANDON_S, By, Choice, Of, Office
from firmware.reports.clock import DAY_MS
from firmware.store import line_sound
from firmware.times import HOUR_MS, milliseconds

Key = str | int | None
SLICES = 64


@dataclass(slots=True)
class Tally:
    """Sums of one row of a report; times in milliseconds. `outcomes` counts what stays or calls came to."""

    count: int = 0
    within: int = 0  # answered within the threshold
    early: int = 0  # abandoned within the threshold
    short: int = 0  # abandoned so soon that nobody could have answered
    answer_ms: int = 0  # waited until answered
    longest_ms: int = 0
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_ms: int = 0
    busy_ms: int = 0
    recorded: int = 0
    judged: int = 0  # calls of which somebody can say how they sounded
    score: int = 0  # hundredths of a MOS
    poor: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, other: Tally) -> None:
        """Another row's."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.longest_ms = max(self.longest_ms, other.longest_ms)
        for outcome, count in other.outcomes.items():
            self.outcomes[outcome] += count


def sum_of(found: Iterable[Tally]) -> Tally:
    """One row of many."""
    total = Tally()
    for tally in found:
        total.add(tally)
    return total


_SUMS = tuple(item.name for item in dataclasses.fields(Tally) if item.name not in ("longest_ms", "outcomes"))
_ADDED = {
    **{name: f"sum({name})" for name in ("wait_ms", "talk_ms", "hold_ms", "wrap_ms", "busy_ms", "recorded")},
    "longest_ms": "max(wait_ms)",
    "judged": "count(mos)",
    "score": "ifnull(sum(mos), 0)",
    "poor": f"ifnull(sum(mos < {line_sound.POOR}), 0)",
}
_PLAIN = _ADDED.keys() - {"wait_ms", "longest_ms"}  # of a tally as of a row, whatever the outcome
HANDLING = ("talk_ms", "hold_ms", "wrap_ms")
FIGURES = {
    Of.QUEUES: ("within", "short", "wait_ms", "longest_ms", *HANDLING, "recorded"),
    Of.CALLS: ("talk_ms", "busy_ms", "recorded", "judged", "score", "poor"),
}
"""What reports add up. Each costs: SQLite groups by sorting, and carries all of it along."""
_COLUMNS = {By.QUEUE: "queue", By.AGENT: "agent", By.LINE: "line", By.TRUNK: "trunk", By.DIRECTION: "direction"}


@dataclass(frozen=True, slots=True)
class Query:
    """SQL over `facts` with its parameters. It follows the primary key, whatever is asked."""

    sql: str
    parameters: tuple[Any, ...]


def _key_sql(choice: Choice, office: Office) -> str:
    if choice.by in _COLUMNS:
        return _COLUMNS[choice.by]
    if choice.by == By.DISPOSITION:
        return "coalesce(disposition, outcome)"
    local = office.clock.local_sql(choice.since, choice.until)
    return {
        By.HOUR: f"{local} / {HOUR_MS} % 24",
        By.WEEKDAY: f"({local} / {DAY_MS} + 3) % 7",
        By.WEEK_HOUR: f"({local} / {DAY_MS} + 3) % 7 * 24 + {local} / {HOUR_MS} % 24",
        By.DAY: f"{local} / {DAY_MS}",
        By.MONTH: f"strftime('%Y-%m', {local} / 1000, 'unixepoch')",
    }[choice.by]


def _threshold(known: dict[str, float], otherwise: float) -> tuple[str, tuple[Any, ...]]:
    """SQL for a queue's threshold in milliseconds."""
    other = {queue: seconds for queue, seconds in known.items() if seconds != otherwise}
    if not other:
        return f"{round(1000 * otherwise):d}", ()
    whens = " ".join("WHEN ? THEN ?" for _ in other)
    values = tuple(value for queue, seconds in other.items() for value in (queue, round(1000 * seconds)))
    return f"CASE queue {whens} ELSE {round(1000 * otherwise):d} END", values


def where(choice: Choice) -> tuple[str, tuple[Any, ...]]:
    """The conditions of a choice on `facts`."""
    conditions = ["at >= ?", "at < ?", *(f"{name} = ?" for name in choice.filters)]
    if choice.of == Of.QUEUES and "queue" not in choice.filters:
        conditions.append("queue IS NOT NULL")
    span = (milliseconds(choice.since), milliseconds(choice.until))
    seen = sorted(choice.scope.queues) if choice.scope else []
    if choice.scope:
        conditions.append(f"queue IN ({', '.join('?' * len(seen))})")
    return " AND ".join(conditions), (*span, *choice.filters.values(), *seen)


def _added(name: str, office: Office) -> tuple[str, tuple[Any, ...]]:
    """SQL of one sum."""
    if name == "within":
        level, values = _threshold(dict(office.service_level_s), SERVICE_LEVEL_S)
        return f"sum(wait_ms <= {level}) AS within", values
    if name == "short":
        short, values = _threshold(dict(office.short_abandon_s), SHORT_ABANDON_S)
        return f"sum(wait_ms < {short}) AS short", values
    return f"{_ADDED[name]} AS {name}", ()


def query(choice: Choice, office: Office, sums: Collection[str]) -> Query:
    """One row for each key and outcome, with these sums besides the count."""
    added = [_added(name, office) for name in sums]
    outcome, count = "outcome", "count(*)"
    if choice.of == Of.CALLS:
        outcome, count = "coalesce(disposition, outcome)", "sum(part = 0)"
    conditions, values = where(choice)
    figures = [f"{_key_sql(choice, office)} AS key", f"{outcome} AS came_to", f"{count} AS count"]
    sql = f"SELECT {', '.join([*figures, *(sql for sql, _ in added)])} FROM facts WHERE {conditions} GROUP BY 1, 2"  # noqa: S608
    return Query(sql, (*(value for _, of_sum in added for value in of_sum), *values))


def tallies(
    db: sqlite3.Connection, choice: Choice, office: Office, sums: Collection[str] | None = None
) -> dict[Key, Tally]:
    """What came of everything in the span, by key. `sums`: only these are wanted, besides counts."""
    found: dict[Key, Tally] = defaultdict(Tally)
    for slice in _slices(choice):
        asked = query(slice, office, FIGURES[choice.of] if sums is None else sums)
        for row in db.execute(asked.sql, asked.parameters):
            _take(found[row["key"]], row)
    return found


def _slices(choice: Choice) -> Iterator[Choice]:
    """The span in days: SQLite groups by sorting, and many short sorts cost half of a long one."""
    count = max(1, min(SLICES, (choice.until - choice.since) // timedelta(days=1)))
    length = (choice.until - choice.since) / count
    for n in range(count):
        until = choice.until if n == count - 1 else choice.since + (n + 1) * length
        yield dataclasses.replace(choice, since=choice.since + n * length, until=until)


def _take(tally: Tally, row: sqlite3.Row) -> None:
    count, outcome = row["count"], row["came_to"]
    tally.count += count
    tally.outcomes[outcome] += count
    there = dict(row)
    for name in _PLAIN & there.keys():
        setattr(tally, name, getattr(tally, name) + there[name])
    tally.longest_ms = max(tally.longest_ms, there.get("longest_ms", 0))
    if outcome == "answered":
        tally.within += there.get("within", 0)
        tally.answer_ms += there.get("wait_ms", 0)
    elif outcome == "abandoned":
        tally.early += there.get("within", 0)
        tally.short += there.get("short", 0)
