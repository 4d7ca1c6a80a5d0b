# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is asked first: each strategy is an order of agents, and the facts that explain it. Lower tiers go before all.

Ties go to whoever has been idle longest, then to the order of the configuration.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from firmware.acd.agents import Agent
from firmware.acd.places import Place
from firmware.acd.queues import Queue
from firmware.acd.settings import Strategy

Draw = Callable[[], float]  # in [0, 1)


class Look(NamedTuple):
    """What a strategy looks at beside the agent."""

    queue: Queue
    place: Place
    now: float
    draw: Draw


def ranked(agents: Sequence[Agent], look: Look) -> list[Agent]:
    """The agents, who is asked first at the front."""
    key, queue = _KEYS[look.queue.settings.strategy], look.queue
    members = {agent.id: agent.settings.queues[queue.name].tier for agent in agents}
    turn = queue.turn
    return sorted(agents, key=lambda a: (members[a.id], key(a, look), a.idle_since, turn[a.id]))


def facts(agent: Agent, look: Look) -> Mapping[str, object]:
    """What the strategy says of an agent, with the tier."""
    return _FACTS[look.queue.settings.strategy](agent, look, look.queue.tier(agent))


def points(agent: Agent, place: Place) -> float:
    """How well an agent fits: the level of each skill that is required, and each preferred one by its weight."""
    level = agent.settings.skills.get
    return sum(level(skill, 0) for skill in place.required) + sum(
        weight * level(skill, 0) for skill, weight in place.preferred.items()
    )


def _turn(agent: Agent, look: Look) -> float:
    """How many come before it when it goes on after the last one who was asked."""
    turn = look.queue.turn
    return (turn[agent.id] - turn.get(look.queue.last_asked, -1) - 1) % len(turn)


def _lot(agent: Agent, look: Look) -> float:
    """An exponential race: the agent of weight w is first with probability w / sum of weights."""
    return -math.log(1.0 - look.draw()) / _weight(agent, look)


def _weight(agent: Agent, look: Look) -> float:
    return agent.settings.queues[look.queue.name].weight


_KEYS: Mapping[Strategy, Callable[[Agent, Look], float]] = {
    Strategy.RING_ALL: lambda agent, look: 0.0,
    Strategy.LONGEST_IDLE: lambda agent, look: agent.idle_since,
    Strategy.ROUND_ROBIN: _turn,
    Strategy.FEWEST_CALLS: lambda agent, look: agent.calls,
    Strategy.LEAST_TALK: lambda agent, look: agent.talk_s,
    Strategy.LINEAR: lambda agent, look: look.queue.turn[agent.id],
    Strategy.RANDOM: _lot,
    Strategy.SKILLS: lambda agent, look: -points(agent, look.place),
}

_FACTS: Mapping[Strategy, Callable[[Agent, Look, int], Mapping[str, object]]] = {
    Strategy.RING_ALL: lambda agent, look, tier: {"tier": tier},
    Strategy.LONGEST_IDLE: lambda agent, look, tier: {"seconds": max(0.0, look.now - agent.idle_since), "tier": tier},
    Strategy.ROUND_ROBIN: lambda agent, look, tier: {"tier": tier},
    Strategy.FEWEST_CALLS: lambda agent, look, tier: {"calls": agent.calls, "tier": tier},
    Strategy.LEAST_TALK: lambda agent, look, tier: {"seconds": agent.talk_s, "tier": tier},
    Strategy.LINEAR: lambda agent, look, tier: {"place": look.queue.turn[agent.id] + 1, "tier": tier},
    Strategy.RANDOM: lambda agent, look, tier: {"weight": _weight(agent, look), "tier": tier},
    Strategy.SKILLS: lambda agent, look, tier: {"points": points(agent, look.place), "tier": tier},
}
