# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is asked first."""

from __future__ import annotations

from collections.abc import Iterable

from firmware.acd.messages import Considered
from firmware.acd.model import Agent


def longest_idle(queue: str, agents: Iterable[Agent], now: float) -> tuple[Agent | None, list[Considered]]:
    """The free agent of the lowest tier who has been idle longest, and a word on everybody looked at."""
    members = [agent for agent in agents if queue in agent.settings.queues]
    members.sort(key=lambda agent: (agent.settings.queues[queue], agent.idle_since, agent.settings.id))
    chosen = next((agent for agent in members if not agent.why_not(now)), None)
    return chosen, [_word(agent, agent is chosen, queue, now) for agent in members]


def _word(agent: Agent, chosen: bool, queue: str, now: float) -> Considered:
    idle = f"idle for {max(0.0, now - agent.idle_since):.0f} s, tier {agent.settings.queues[queue]}"
    if chosen:
        return Considered(agent.settings.id, True, f"longest idle: {idle}")
    return Considered(agent.settings.id, False, agent.why_not(now) or f"later in line: {idle}")
