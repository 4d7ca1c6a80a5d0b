# SPDX-License-Identifier: GPL-2.0-or-later
"""What lines and trunks carried in each hour that is over, so that a report of months does not ask every call.

`line_hours` has a row for each line, each trunk and all lines together. It follows from `facts`: calls that end sum
up hours that none can reach into any more, and one that becomes known late has its hours summed up again.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from firmware.records import Cdr
from firmware.store import line_sound
from firmware.store.line_sound import Sound
from firmware.times import HOUR_MS, milliseconds

LONGEST_MS = 24 * HOUR_MS
LONGEST_LEAD_MS = 600_000
"""A call that began a day before the span does not reach into it; ten minutes from the first ring it is in a queue."""
HOURS_AT_ONCE = 24
CALLS = (
    "SELECT at - lead_ms, busy_ms, line, trunk FROM facts WHERE at >= ? AND at < ? AND part = 0 "
    "AND (line IS NOT NULL OR trunk IS NOT NULL)"
)
SUMS = (
    "SELECT kind, name, sum(calls), max(most), sum(busy_ms), sum(judged), sum(score), sum(poor) FROM line_hours "
    "WHERE hour >= ? AND hour < ? "
    "GROUP BY kind, name"
)
BUSIEST = (
    "SELECT kind, name, hour, max(busy_ms) FROM line_hours WHERE hour >= ? AND hour < ? AND busy_ms > 0 "
    "GROUP BY kind, name"
)
WORST = (
    "SELECT kind, name, min(worst), worst_at, worst_call FROM line_hours "
    "WHERE hour >= ? AND hour < ? AND judged > 0 GROUP BY kind, name"
)
INSERT = (
    "INSERT OR REPLACE INTO line_hours "
    "(hour, kind, name, calls, most, busy_ms, judged, score, poor, worst, worst_at, worst_call) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
NEXT = "SELECT min(at) FROM facts WHERE at >= ?"
LAST = "SELECT max(hour) + 1 FROM line_hours"

Carrier = tuple[str, str]
"""What carries calls: `("line", "fxo1")`, `("trunk", "provider")`, ALL_LINES."""
ALL_LINES: Carrier = ("lines", "")


@dataclass(slots=True)
class Traffic:
    """What a carrier carried in a span: calls that began in it, the most at once, how long it was busy, their sound.

    `busiest_hour` counts from 1970, in UTC; None when it carried nothing.
    """

    calls: int = 0
    most: int = 0
    busy_ms: int = 0
    busiest_ms: int = 0
    busiest_hour: int | None = None
    sound: Sound = field(default_factory=Sound)

    def then(self, later: Traffic) -> None:
        """Takes in what a later span, of other hours, adds."""
        self.calls, self.busy_ms = self.calls + later.calls, self.busy_ms + later.busy_ms
        self.most = max(self.most, later.most)
        self.sound.add(later.sound)
        if later.busiest_ms > self.busiest_ms:
            self.busiest_ms, self.busiest_hour = later.busiest_ms, later.busiest_hour


@dataclass(slots=True)
class _Calls:
    """Beginnings and ends, call by call. Numbers, because a hundred thousand pairs keep Python's collector busy."""

    began: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)

    def within(self, since: int, until: int) -> _Calls:
        reaching = [
            pair for pair in zip(self.began, self.ended, strict=True) if pair[0] < until and pair[1] > since
        ]  # fmt: skip
        return _Calls([began for began, _ in reaching], [ended for _, ended in reaching])


def traffic(db: sqlite3.Connection, since: int, until: int) -> dict[Carrier, Traffic]:
    """What each carrier that had a call in [since, until) carried; times in milliseconds since 1970."""
    first, last = -(-since // HOUR_MS), min(until // HOUR_MS, _summed_until(db) or 0)
    if first >= last:
        return _counted(db, since, until)
    found: dict[Carrier, Traffic] = defaultdict(Traffic)
    for part in (
        _counted(db, since, first * HOUR_MS), _summed(db, first, last), _counted(db, last * HOUR_MS, until)
    ):  # fmt: skip
        for carrier, carried in part.items():
            found[carrier].then(carried)
    return found


def ended(db: sqlite3.Connection, cdr: Cdr) -> None:
    """In the transaction in which a call ends and its facts are written."""
    forget(db, milliseconds(cdr.started_at))
    sum_up(db, milliseconds(cdr.ended_at or cdr.started_at))


def sum_up(db: sqlite3.Connection, until: int) -> bool:
    """Sums up the next hours that nothing which ends after `until` (ms) can change. False when there was none."""
    first = _next_hour(db)
    if first is None:
        return False
    last = min((until - LONGEST_MS) // HOUR_MS, first + HOURS_AT_ONCE)
    if last <= first:
        return False
    span = (first * HOUR_MS, last * HOUR_MS)
    calls, sounds = _calls(db, *span), line_sound.of_hours(db, *span, LONGEST_LEAD_MS)
    for hour in range(first, last):
        _keep(db, hour, calls, {group: sound for group, sound in sounds.items() if group[0] == hour})
    return True


def forget(db: sqlite3.Connection, since: int) -> None:
    """A call that began then (ms) has become known: its hours, if they were summed up, will be so again."""
    db.execute("DELETE FROM line_hours WHERE hour >= ?", (since // HOUR_MS,))


def _summed_until(db: sqlite3.Connection) -> int | None:
    until: int | None = db.execute(LAST).fetchone()[0]
    return until


def _next_hour(db: sqlite3.Connection) -> int | None:
    """The first that is not summed up; days without a call, as before a clock that was wrong is set, are left out."""
    first = _summed_until(db) or 0
    (at,) = db.execute(NEXT, (first * HOUR_MS,)).fetchone()
    return None if at is None else max(first, (at - LONGEST_LEAD_MS - LONGEST_MS) // HOUR_MS)


def _keep(
    db: sqlite3.Connection, hour: int, calls: dict[Carrier, _Calls], sounds: dict[line_sound.Group, Sound]
) -> None:
    """All lines have a row in each hour, by which one knows how far the hours are summed up."""
    since, until = hour * HOUR_MS, (hour + 1) * HOUR_MS
    found = {carrier: _carried(some.within(since, until), since, until) for carrier, some in calls.items()}
    _hear(found, sounds)
    found.setdefault(ALL_LINES, Traffic())
    db.executemany(
        INSERT,
        [
            (hour, *carrier, carried.calls, carried.most, carried.busy_ms, *_of_sound(carried.sound))
            for carrier, carried in found.items()
            if carried.busy_ms or carried.calls or carrier == ALL_LINES
        ],
    )


def _of_sound(sound: Sound) -> tuple[int | None, ...]:
    return (sound.judged, sound.score, sound.poor, *(sound.worst or (None, None, None)))


def _hear(found: dict[Carrier, Traffic], sounds: dict[line_sound.Group, Sound]) -> None:
    for (_, line, trunk), sound in sounds.items():
        for carrier in _carriers(line, trunk):
            found[carrier].sound.add(sound)


def _summed(db: sqlite3.Connection, first: int, last: int) -> dict[Carrier, Traffic]:
    found = {
        (kind, name): Traffic(calls, most, busy_ms, sound=Sound(*sound))
        for kind, name, calls, most, busy_ms, *sound in _plain(db, SUMS, first, last)
        if calls or busy_ms
    }
    for kind, name, hour, busy_ms in _plain(db, BUSIEST, first, last):
        group = found[kind, name]
        group.busiest_hour, group.busiest_ms = hour, busy_ms
    for kind, name, *worst in _plain(db, WORST, first, last):
        found[kind, name].sound.worst = (worst[0], worst[1], worst[2])
    return found


def _counted(db: sqlite3.Connection, since: int, until: int) -> dict[Carrier, Traffic]:
    if since >= until:
        return {}
    found = {carrier: _carried(some, since, until) for carrier, some in _calls(db, since, until).items()}
    _hear(found, line_sound.of_hours(db, since, until, LONGEST_LEAD_MS))
    return found


def _calls(db: sqlite3.Connection, since: int, until: int) -> dict[Carrier, _Calls]:
    """The calls of each carrier that reach into the span."""
    found: dict[Carrier, _Calls] = defaultdict(_Calls)
    for began, busy_ms, line, trunk in _plain(db, CALLS, since - LONGEST_MS, until + LONGEST_LEAD_MS):
        ended = began + busy_ms
        if began < until and ended > since:
            for carrier in _carriers(line, trunk):
                found[carrier].began.append(began)
                found[carrier].ended.append(ended)
    return found


def _carriers(line: str | None, trunk: str | None) -> list[Carrier]:
    """A call may come on a line and leave by a trunk."""
    by_line = [("line", line), ALL_LINES] if line is not None else []
    return [*by_line, ("trunk", trunk)] if trunk is not None else by_line


def _plain(db: sqlite3.Connection, sql: str, *parameters: int) -> Iterable[tuple[Any, ...]]:
    cursor = db.cursor()
    cursor.row_factory = None  # tuples
    return cursor.execute(sql, parameters)


def _carried(calls: _Calls, since: int, until: int) -> Traffic:
    hours: dict[int, int] = defaultdict(int)
    for began, ended in zip(calls.began, calls.ended, strict=True):
        begins = began if began > since else since
        ends = ended if ended < until else until
        hour = begins // HOUR_MS
        while (after := (hour + 1) * HOUR_MS) < ends:  # what falls into each hour
            hours[hour] += after - begins
            begins, hour = after, hour + 1
        hours[hour] += ends - begins
    busiest = min(hours, key=lambda hour: (-hours[hour], hour), default=None)
    return Traffic(
        sum(began >= since for began in calls.began), _most_at_once(calls), sum(hours.values()),
        hours[busiest] if busiest is not None else 0, busiest,
    )  # fmt: skip


def _most_at_once(calls: _Calls) -> int:
    """The most that went on at the beginning of one of them.

    With the one that begins, more than `most` go on as long as the end so many places behind it has not come.
    """
    ends = sorted(calls.ended)
    most = 0
    for begun, began in enumerate(sorted(calls.began)):
        if ends[begun - most] > began:
            most += 1
    return most
