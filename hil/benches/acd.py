# SPDX-License-Identifier: GPL-2.0-or-later
"""The pure ACD: a day of 10,000 calls, 200 agents and 20 queues; decisions in a crowd; cost by length of history."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import islice
from statistics import quantiles
from typing import Any

from firmware import acd
from hil.call_centre import Centre, agents, crowd, queues, quiet

CALLS, AGENTS, QUEUES = 10_000, 200, 20
DAY_S = 10 * 3600.0
WAITING, STAFF, DECISIONS = 1000, 500, 1000
DAYS = 5  # of the longer history
GOAL_DAY_S, GOAL_DECISION_MS = 20, 2


def run() -> dict[str, Any]:
    """The figures."""
    return {
        "day": day(1),
        "history": history(),
        "decision_ms": {
            strategy.value: {
                "all_busy": decisions(crowd(WAITING, STAFF, strategy)),
                "nine_of_ten_need_what_nobody_can": decisions(crowd(WAITING, STAFF, strategy, hopeless=0.9)),
                "all_free": decisions(quiet(STAFF, strategy)),
            }
            for strategy in acd.Strategy
        },
        "goals": {"day_s": GOAL_DAY_S, "decision_p99_ms": GOAL_DECISION_MS},
    }


def centre(seed: int) -> Centre:
    """The same for the same seed."""
    chance = random.Random(seed)
    settings = queues(QUEUES, chance)
    return Centre(settings, agents(AGENTS, [queue.name for queue in settings], chance), seed)


def day(seed: int) -> dict[str, Any]:
    """All of it, the simulation of people included."""
    began = time.process_time()
    tally = centre(seed).play(CALLS, DAY_S)
    return {
        "cpu_s": round(time.process_time() - began, 2),
        "acd_s": round(sum(tally.costs_s), 2),
        "events": len(tally.costs_s),
        "event_p99_ms": _p99_ms(tally.costs_s),
        "calls": tally.offered,
        "answered": tally.answered,
        "abandoned": tally.abandoned,
        "overflowed": tally.overflowed,
        "offers": tally.offers,
        "waiting_at_most": tally.most_waiting,
    }


def history() -> dict[str, Any]:
    """Mean cost of an event on each of several like days, one after another in the same ACD."""
    place, means, done = centre(2), [], 0
    for _ in range(DAYS):
        tally = place.play(CALLS, DAY_S)
        costs, done = tally.costs_s[done:], len(tally.costs_s)
        means.append(round(1e6 * sum(costs) / len(costs), 1))
    return {"mean_event_us_by_day": means, "last_to_first": round(means[-1] / means[0], 2)}


def decisions(each: Iterator[float]) -> dict[str, float]:
    """Of so many decisions."""
    costs = list(islice(each, DECISIONS))
    return {"median": round(1e3 * sorted(costs)[len(costs) // 2], 3), "p99": _p99_ms(costs)}


def _p99_ms(costs_s: list[float]) -> float:
    return round(1e3 * quantiles(costs_s, n=100)[98], 3)
