# SPDX-License-Identifier: GPL-2.0-or-later
"""How busy lines and trunks were, how many would do (traffic, the most at once, Erlang B), and how they sounded."""

from __future__ import annotations

import sqlite3
from typing import Any

from firmware.errors import Denied
from firmware.reports import erlang
from firmware.reports.choice import Choice, Office
from firmware.reports.figures import mos, share
from firmware.store import line_hours, line_sound
from firmware.store.line_hours import ALL_LINES, Traffic
from firmware.times import HOUR_MS, iso, milliseconds, of_milliseconds

LOST = 0.01  # the share of calls that may find all lines busy in the busiest hour


def occupancy(db: sqlite3.Connection, choice: Choice, office: Office) -> dict[str, Any]:
    """Of each line and each trunk, and of all lines together. Denied to who sees some queues only."""
    if choice.scope:
        raise Denied("Lines serve the whole box, and you see some of its queues.")
    since, until = milliseconds(choice.since), milliseconds(choice.until)
    found = line_hours.traffic(db, since, until)
    lines, trunks = (
        [(name, found[kind, name]) for kind, name in sorted(found) if kind == of] for of in ("line", "trunk")
    )
    span_ms, present, together = until - since, office.lines or len(lines), found.get(ALL_LINES, Traffic())
    advice = {**_row(together, span_ms * max(1, present)), "lines": present, **_advice(together, present)}
    return {
        "lines": [{"line": name, **_row(carried, span_ms), **_sound(db, carried)} for name, carried in lines],
        "all_lines": {**advice, **_sound(db, together)},
        "trunks": [
            {"trunk": name, **_row(carried, span_ms), **_advice(carried), **_sound(db, carried)}
            for name, carried in trunks
        ],
    }


def _row(carried: Traffic, possible_ms: int) -> dict[str, Any]:
    hour = carried.busiest_hour
    return {
        "calls": carried.calls,
        "busy_s": round(carried.busy_ms / 1000, 1),
        "occupancy": round(carried.busy_ms / possible_ms, 4),
        "most_at_once": carried.most,
        "busiest_hour": iso(of_milliseconds(hour * HOUR_MS)) if hour is not None else None,
        "busiest_erlang": round(carried.busiest_ms / HOUR_MS, 3),
    }


def _sound(db: sqlite3.Connection, carried: Traffic) -> dict[str, Any]:
    """Of the calls that began in the span. `worst_call` is None when it was erased, or is kept no more."""
    sound = carried.sound
    return {
        "judged": sound.judged,
        "mos": mos(sound.score, sound.judged),
        "poor": sound.poor,
        "poor_share": share(sound.poor, sound.judged),
        "worst_mos": mos(sound.worst[0], 1) if sound.worst else None,
        "worst_call": line_sound.call_of(db, sound),
    }


def _advice(carried: Traffic, present: int | None = None) -> dict[str, Any]:
    """Lines needed in the busiest hour; `blocking` is what the present ones lose in it."""
    traffic = carried.busiest_ms / HOUR_MS
    needed: dict[str, Any] = {"lines_needed": erlang.lines_needed(traffic, LOST)}
    if present is not None:
        needed["blocking"] = round(erlang.blocking(traffic, present), 4)
    return needed
