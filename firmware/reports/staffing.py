# SPDX-License-Identifier: GPL-2.0-or-later
"""How many agents a queue needs in each hour of the week, by what the span had: Erlang C."""

from __future__ import annotations

import dataclasses
import sqlite3
from typing import Any

from firmware.reports import erlang
from firmware.reports.choice import SERVICE_LEVEL_S, By, Choice, Of, Office
from firmware.reports.tally import HANDLING, Tally, tallies
from firmware.times import HOUR_MS

WANTED = 0.8  # answered within the threshold


def staffing(db: sqlite3.Connection, choice: Choice, office: Office, wanted: float = WANTED) -> dict[str, Any]:
    """For one queue, or for all as if they were one with the default threshold."""
    queue = choice.filters.get("queue")
    threshold_s = office.service_level_s.get(queue, SERVICE_LEVEL_S) if queue else SERVICE_LEVEL_S
    asked = dataclasses.replace(choice, of=Of.QUEUES, by=By.WEEK_HOUR)
    found = tallies(db, asked, office, HANDLING)
    spent = office.clock.hours_of(choice.since, choice.until)
    total = Tally()
    for tally in found.values():
        total.add(tally)
    handle_s = _handle_s(total)
    return {
        "threshold_s": threshold_s,
        "wanted": wanted,
        "handle_s": round(handle_s, 1),
        "hours": [
            _hour(hour, found.get(hour, Tally()), spent[hour], handle_s, threshold_s, wanted) for hour in range(168)
        ],
    }


def _handle_s(tally: Tally) -> float:
    answered = tally.outcomes.get("answered", 0)
    return (tally.talk_ms + tally.hold_ms + tally.wrap_ms) / answered / 1000 if answered else 0.0


def _hour(hour: int, tally: Tally, spent_ms: int, handle_s: float, threshold_s: float, wanted: float) -> dict[str, Any]:
    """The mean of that hour over all weeks of the span. Its own handling time where calls were answered in it."""
    calls = tally.count / (spent_ms / HOUR_MS) if spent_ms else 0.0
    handle = _handle_s(tally) or handle_s
    traffic = calls * handle / 3600
    agents = erlang.agents_needed(traffic, handle, threshold_s, wanted)
    return {
        "weekday": hour // 24,
        "hour": hour % 24,
        "calls": round(calls, 2),
        "erlang": round(traffic, 3),
        "agents": agents,
        "service_level": round(erlang.service_level(traffic, agents, handle, threshold_s), 4) if agents else None,
        "occupancy": round(traffic / agents, 4) if agents else None,
    }
