# SPDX-License-Identifier: GPL-2.0-or-later
"""How busy lines and trunks were, hour by hour, and how many would do: traffic, the most at once, Erlang B."""

from __future__ import annotations

import heapq
import sqlite3
from collections import defaultdict
from typing import Any

from firmware.reports import erlang
from firmware.reports.choice import Choice, Office
from firmware.reports.clock import HOUR_MS
from firmware.times import iso, milliseconds, of_milliseconds

LOST = 0.01  # the share of calls that may find all lines busy in the busiest hour
LONGEST_MS = 86_400_000
LONGEST_LEAD_MS = 600_000
"""A call that began a day before the span does not reach into it; ten minutes from the first ring it is in a queue."""
SQL = (
    "SELECT at - lead_ms AS began, busy_ms, {0} AS name FROM facts WHERE at >= ? AND at < ? "
    "AND part = 0 AND {0} IS NOT NULL ORDER BY at"
)


class _Group:
    """Lines together, or a trunk: call after call, in the order in which they began."""

    def __init__(self, since: int, until: int) -> None:
        self._since, self._until = since, until
        self._ends: list[int] = []
        self.calls = self.most = self.busy_ms = 0
        self.hours: dict[int, int] = defaultdict(int)

    def take(self, at: int, busy_ms: int) -> None:
        ends = min(at + busy_ms, self._until)
        self.calls += self._since <= at < self._until
        begins = max(at, self._since)
        if ends <= begins:
            return
        self.busy_ms += ends - begins
        while self._ends and self._ends[0] <= begins:
            heapq.heappop(self._ends)
        heapq.heappush(self._ends, ends)
        self.most = max(self.most, len(self._ends))
        while begins < ends:  # what falls into each hour
            after = min(ends, begins - begins % HOUR_MS + HOUR_MS)
            self.hours[begins // HOUR_MS] += after - begins
            begins = after


def occupancy(db: sqlite3.Connection, choice: Choice, office: Office) -> dict[str, Any]:
    """Of each line and each trunk, and of all lines together."""
    since, until = milliseconds(choice.since), milliseconds(choice.until)
    lines: dict[str, _Group] = defaultdict(lambda: _Group(since, until))
    trunks: dict[str, _Group] = defaultdict(lambda: _Group(since, until))
    together = _Group(since, until)
    span = (since - LONGEST_MS, until + LONGEST_LEAD_MS)
    for began, busy_ms, name in sorted(map(tuple, db.execute(SQL.format("line"), span))):
        together.take(began, busy_ms)
        lines[name].take(began, busy_ms)
    for began, busy_ms, name in sorted(map(tuple, db.execute(SQL.format("trunk"), span))):
        trunks[name].take(began, busy_ms)
    span_ms, present = until - since, office.lines or len(lines)
    advice = {**_row(together, span_ms * max(1, present)), "lines": present, **_advice(together, present)}
    return {
        "lines": [{"line": name, **_row(group, span_ms)} for name, group in sorted(lines.items()) if group.busy_ms],
        "all_lines": advice,
        "trunks": [
            {"trunk": name, **_row(group, span_ms), **_advice(group)}
            for name, group in sorted(trunks.items())
            if group.busy_ms
        ],
    }


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
