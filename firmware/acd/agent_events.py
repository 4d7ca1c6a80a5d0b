# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to agents."""

from __future__ import annotations

from firmware.acd.agents import Agent
from firmware.acd.call_events import nobody_rings
from firmware.acd.commands import Command, Withdraw
from firmware.acd.configuring import free
from firmware.acd.events import (
    AgentMode,
    AgentReachable,
    AgentSet,
    DayBegan,
    QueueLogin,
    TalkEnded,
    WrapUpEnded,
    WrapUpExtended,
)
from firmware.acd.floor import Floor


def talk_ended(floor: Floor, event: TalkEnded) -> list[Command]:
    """Wrap-up begins."""
    agent = floor.agents.get(event.agent)
    if not agent or agent.talking != event.call:
        return []
    talk_s, queue = floor.now - agent.talk_at, floor.queues.get(agent.queue or "")
    wrap_up_s = queue.settings.wrap_up_s if queue else 0.0
    if queue:
        queue.talking -= 1
        queue.pace.call_handled(talk_s + wrap_up_s)
        floor.to_keep.add(("queue", queue.name))
    agent.calls, agent.talk_s = agent.calls + 1, agent.talk_s + talk_s
    agent.wrap_up_until = agent.idle_since = floor.now + wrap_up_s
    free(floor, agent)
    floor.to_keep.add(("agent", agent.id))
    if agent.gone:
        del floor.agents[agent.id]
    return []


def wrap_up_extended(floor: Floor, event: WrapUpExtended) -> list[Command]:
    """Only while there is one."""
    agent = floor.agents[event.agent]
    if agent.wrap_up_until > floor.now:
        _wrap_up_until(floor, agent, agent.wrap_up_until + max(0.0, event.seconds))
    return []


def wrap_up_ended(floor: Floor, event: WrapUpEnded) -> list[Command]:
    """The agent is done."""
    agent = floor.agents[event.agent]
    if agent.wrap_up_until > floor.now:
        _wrap_up_until(floor, agent, floor.now)
    return []


def _wrap_up_until(floor: Floor, agent: Agent, until: float) -> None:
    agent.wrap_up_until = agent.idle_since = until
    floor.refresh(agent)
    floor.to_keep.add(("agent", agent.id))


def set_mode(floor: Floor, event: AgentSet) -> list[Command]:
    """What was chosen counts at once; a phone that rings for an agent who goes on a pause stops."""
    agent = floor.agents[event.agent]
    came_back = agent.mode != AgentMode.AVAILABLE and event.mode == AgentMode.AVAILABLE
    if came_back:
        agent.idle_since = floor.now
    agent.idle_since = min(agent.idle_since, floor.now)
    agent.mode, agent.reason, agent.misses = event.mode, event.reason, 0
    agent.wrap_up_until, agent.rest_until = min(agent.wrap_up_until, floor.now), min(agent.rest_until, floor.now)
    if not agent.talking:
        agent.since = floor.now
    return _changed(floor, agent, "the agent went on a pause or logged out")


def queue_login(floor: Floor, event: QueueLogin) -> list[Command]:
    """For one queue. What rings goes on ringing."""
    agent = floor.agents[event.agent]
    (agent.logged_out_of.discard if event.logged_in else agent.logged_out_of.add)(event.queue)
    return _changed(floor, agent, "")


def _changed(floor: Floor, agent: Agent, why: str) -> list[Command]:
    floor.to_keep.add(("agent", agent.id))
    commands = _withdraw(floor, agent, why) if agent.mode is not AgentMode.AVAILABLE else []
    floor.refresh(agent)
    floor.count_tiers(agent.settings.queues)
    return commands


def _withdraw(floor: Floor, agent: Agent, why: str) -> list[Command]:
    """The call that rings at this agent seeks another one."""
    place = floor.calls.get(agent.offered or "")
    if not place:
        return []
    free(floor, agent)
    del place.offered_to[agent.id]
    rest = [] if place.offered_to else nobody_rings(floor, place)
    return [Withdraw(place.call, agent.id, why), *rest]


def reachable(floor: Floor, event: AgentReachable) -> list[Command]:
    """The phone can ring, or cannot; one that dies while it rings is left."""
    agent = floor.agents[event.agent]
    if agent.unreachable == event.why_not:
        return []
    agent.unreachable = event.why_not
    if not agent.talking and not agent.offered:
        agent.since = floor.now
    commands = _withdraw(floor, agent, event.why_not) if event.why_not else []
    floor.refresh(agent)
    return commands


def day_began(floor: Floor, event: DayBegan) -> list[Command]:
    """Everybody has taken no call today, those from before a restart as well."""
    for key in [key for key in floor.memory if key[0] == "agent"]:
        floor.memory[key] = {**floor.memory[key], "calls": 0, "talk_s": 0.0}
    for agent in floor.agents.values():
        agent.calls, agent.talk_s = 0, 0.0
        floor.to_keep.add(("agent", agent.id))
        floor.looks_different.add(("agent", agent.id))
    return []
