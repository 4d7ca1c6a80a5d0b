# SPDX-License-Identifier: GPL-2.0-or-later
"""How busy lines and trunks were, hour by hour, and how many would do: traffic, the most at once, Erlang B."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from firmware.errors import Denied
from firmware.reports import erlang
from firmware.reports.choice import Choice, Office
from firmware.reports.clock import HOUR_MS
from firmware.times import iso, milliseconds, of_milliseconds

LOST = 0.01  # the share of calls that may find all lines busy in the busiest hour
LONGEST_MS = 86_400_000
LONGEST_LEAD_MS = 600_000
"""A call that began a day before the span does not reach into it; ten minutes from the first ring it is in a queue."""
SQL = (
    "SELECT at - lead_ms, busy_ms, line, trunk FROM facts WHERE at >= ? AND at < ? AND part = 0 "
    "AND (line IS NOT NULL OR trunk IS NOT NULL)"
)


@dataclass(slots=True)
class _Group:
    """Lines together, one line, or a trunk: what was carried, hour by hour."""

    calls: int = 0
    most: int = 0
    busy_ms: int = 0
    hours: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, other: _Group) -> None:
        """What another one carried; the most at once is not known of both."""
        self.calls, self.busy_ms = self.calls + other.calls, self.busy_ms + other.busy_ms
        for hour, busy_ms in other.hours.items():
            self.hours[hour] += busy_ms


@dataclass(slots=True)
class Calls:
    """Beginnings and ends, call by call. Numbers, because a hundred thousand pairs keep Python's collector busy."""

    began: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)


def occupancy(db: sqlite3.Connection, choice: Choice, office: Office) -> dict[str, Any]:
    """Of each line and each trunk, and of all lines together. Denied to who sees some queues only."""
    if choice.scope:
        raise Denied("Lines serve the whole box, and you see some of its queues.")
    since, until = milliseconds(choice.since), milliseconds(choice.until)
    used, trunks = _used(db, since, until)
    lines = {name: _carried(calls, since, until) for name, calls in sorted(used.items())}
    together = _Group(most=_most_at_once(used.values()))
    for group in lines.values():
        together.add(group)
    span_ms, present = until - since, office.lines or len(lines)
    advice = {**_row(together, span_ms * max(1, present)), "lines": present, **_advice(together, present)}
    carried = [(name, _carried(calls, since, until)) for name, calls in sorted(trunks.items())]
    return {
        "lines": [{"line": name, **_row(group, span_ms)} for name, group in lines.items()],
        "all_lines": advice,
        "trunks": [{"trunk": name, **_row(group, span_ms), **_advice(group)} for name, group in carried],
    }


def _used(db: sqlite3.Connection, since: int, until: int) -> tuple[dict[str, Calls], dict[str, Calls]]:
    """(began, ended) of the calls of each line and of each trunk that reach into the span."""
    lines: dict[str, Calls] = defaultdict(Calls)
    trunks: dict[str, Calls] = defaultdict(Calls)
    cursor = db.cursor()
    cursor.row_factory = None  # plain tuples
    asked = cursor.execute(SQL, (since - LONGEST_MS, until + LONGEST_LEAD_MS))
    for began, busy_ms, line, trunk in asked:
        ended = began + busy_ms
        if began < until and ended > since:
            if line is not None:
                lines[line].began.append(began)
                lines[line].ended.append(ended)
            if trunk is not None:  # a call may come on a line and leave by a trunk
                trunks[trunk].began.append(began)
                trunks[trunk].ended.append(ended)
    return lines, trunks


def _carried(calls: Calls, since: int, until: int) -> _Group:
    group = _Group(sum(began >= since for began in calls.began), _most_at_once([calls]))
    hours = group.hours
    for began, ended in zip(calls.began, calls.ended, strict=True):
        begins = began if began > since else since
        ends = ended if ended < until else until
        hour = begins // HOUR_MS
        while (after := (hour + 1) * HOUR_MS) < ends:  # what falls into each hour
            hours[hour] += after - begins
            begins, hour = after, hour + 1
        hours[hour] += ends - begins
    group.busy_ms = sum(hours.values())
    return group


def _most_at_once(used: Iterable[Calls]) -> int:
    """The most that went on at the beginning of one of them.

    With the one that begins, more than `most` go on as long as the end so many places behind it has not come.
    """
    groups = list(used)
    begins = sorted(chain.from_iterable(calls.began for calls in groups))
    ends = sorted(chain.from_iterable(calls.ended for calls in groups))
    most = 0
    for begun, began in enumerate(begins):
        if ends[begun - most] > began:
            most += 1
    return most


def _row(group: _Group, possible_ms: int) -> dict[str, Any]:
    hour = max(group.hours, key=lambda found: group.hours[found], default=None)
    return {
        "calls": group.calls,
        "busy_s": round(group.busy_ms / 1000, 1),
        "occupancy": round(group.busy_ms / possible_ms, 4),
        "most_at_once": group.most,
        "busiest_hour": iso(of_milliseconds(hour * HOUR_MS)) if hour is not None else None,
        "busiest_erlang": round(_traffic(group), 3),
    }


def _traffic(group: _Group) -> float:
    return max(group.hours.values(), default=0) / HOUR_MS


def _advice(group: _Group, present: int | None = None) -> dict[str, Any]:
    """Lines needed in the busiest hour; `blocking` is what the present ones lose in it."""
    traffic = _traffic(group)
    needed: dict[str, Any] = {"lines_needed": erlang.lines_needed(traffic, LOST)}
    if present is not None:
        needed["blocking"] = round(erlang.blocking(traffic, present), 4)
    return needed
