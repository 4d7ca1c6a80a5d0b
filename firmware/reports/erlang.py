# SPDX-License-Identifier: GPL-2.0-or-later
"""How many lines and agents an amount of calls needs: A. K. Erlang's formulas of 1917.

`traffic` is in erlang: calls an hour times their mean length in hours. Erlang B: calls that find every line busy are
lost (ITU-T E.501, E.520). Erlang C: they wait, for ever if need be, and all waiting times are exponential.
"""

from __future__ import annotations

import math

MOST = 10_000  # lines or agents; nobody asks a box for more


def blocking(traffic: float, lines: int) -> float:
    """Erlang B: the share of calls that find all lines busy. ITU-T E.520's recursion, which never overflows.

    B(0) = 1; B(n) = A·B(n-1) / (n + A·B(n-1))
    """
    share = 1.0
    for n in range(1, lines + 1):
        share = traffic * share / (n + traffic * share)
    return share


def waiting(traffic: float, agents: int) -> float:
    """Erlang C: the share of calls that have to wait. C = B / (1 - A/n·(1 - B)); 1 when there are too few agents."""
    if agents <= traffic:
        return 1.0
    busy = blocking(traffic, agents)
    return busy / (1 - traffic / agents * (1 - busy))


def service_level(traffic: float, agents: int, handle_s: float, threshold_s: float) -> float:
    """The share of calls answered within the threshold: 1 - C·exp(-(n - A)·T/handling time)."""
    if agents <= traffic or handle_s <= 0:
        return 0.0 if traffic else 1.0
    return 1 - waiting(traffic, agents) * math.exp(-(agents - traffic) * threshold_s / handle_s)


def answer_s(traffic: float, agents: int, handle_s: float) -> float | None:
    """The mean wait of all calls, in seconds: C·handling time / (n - A). None when it grows without end."""
    return waiting(traffic, agents) * handle_s / (agents - traffic) if agents > traffic else None


def lines_needed(traffic: float, lost: float = 0.01) -> int:
    """The fewest lines at which at most that share of calls is lost."""
    share, lines = float(traffic > 0), 0
    while share > lost and lines < MOST:
        lines += 1
        share = traffic * share / (lines + traffic * share)
    return lines


def agents_needed(traffic: float, handle_s: float, threshold_s: float, wanted: float = 0.8) -> int:
    """The fewest agents with whom that share of calls is answered within the threshold."""
    agents = math.floor(traffic) + 1 if traffic > 0 else 0
    while agents and agents < MOST and service_level(traffic, agents, handle_s, threshold_s) < wanted:
        agents += 1
    return agents
