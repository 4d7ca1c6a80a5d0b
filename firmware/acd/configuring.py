# SPDX-License-Identifier: GPL-2.0-or-later
"""How a new configuration meets calls and agents that are there."""

from __future__ import annotations

from collections.abc import Iterable

from firmware.acd import memory
from firmware.acd.agents import Agent
from firmware.acd.commands import Command, GaveUp, Overflow, Withdraw
from firmware.acd.events import Configured
from firmware.acd.floor import EMPTY, WAITED, Floor
from firmware.acd.places import Place
from firmware.acd.queues import Queue
from firmware.acd.settings import AgentSettings, QueueSettings

DELETED = "the agent was deleted"


def configure(floor: Floor, event: Configured) -> list[Command]:
    """Takes it over; what is to be done about those whose queue or agent is gone."""
    wanted = {settings.name: settings for settings in event.queues}
    commands = [command for name in [*floor.queues] if name not in wanted for command in _close(floor, name)]
    commands += _dismiss(floor, {settings.id for settings in event.agents})
    for settings in wanted.values():
        _set_queue(floor, settings)
    _set_agents(floor, event)
    _assign(floor)
    commands += _recall_places(floor)
    for queue in floor.queues.values():
        floor.hungry.update((place.call, place) for place in queue.seeking)
    return commands


def end_offers(floor: Floor, place: Place, reason: str) -> list[Command]:
    """Nobody rings for the call any longer."""
    ended: list[Command] = []
    for id in list(place.offered_to):
        free(floor, floor.agents[id])
        ended.append(Withdraw(place.call, id, reason))
    place.offered_to.clear()
    return ended


def free(floor: Floor, agent: Agent) -> None:
    """No call is the agent's."""
    agent.offered = agent.talking = agent.queue = None
    agent.since = floor.now
    floor.refresh(agent)


def needs_of(place: Place, settings: QueueSettings) -> None:
    """What this call needs and what the queue does: of two levels the higher one."""
    names = {*settings.required, *place.needs}
    place.required = {name: max(settings.required.get(name, 0), place.needs.get(name, 0)) for name in names}
    place.preferred = {**settings.preferred, **place.likes}


def _close(floor: Floor, name: str) -> list[Command]:
    queue = floor.queues[name]
    commands: list[Command] = []
    for place in [*queue.waiting, *queue.sleeping.values()]:
        commands += end_offers(floor, place, GaveUp.DELETED.sentence)
        floor.leave(place)
        commands.append(Overflow(place.call, name, GaveUp.DELETED))
    for agent in floor.agents.values():
        if agent.queue == name:
            agent.queue = None
        agent.free_in.discard(name)
        _serves(agent, [other for other in agent.settings.queues if other != name])
    floor.timers.cancel((EMPTY, name))
    floor.formers = {key: former for key, former in floor.formers.items() if key[0] != name}
    del floor.queues[name]
    floor.to_keep.add(("queue", name))
    return commands


def _dismiss(floor: Floor, wanted: set[str]) -> list[Command]:
    commands: list[Command] = []
    for agent in [agent for id, agent in floor.agents.items() if id not in wanted]:
        place = floor.calls.get(agent.offered or "")
        agent.gone, agent.offered = True, None
        floor.refresh(agent)
        if not agent.talking:
            del floor.agents[agent.id]
        if place:
            commands.append(Withdraw(place.call, agent.id, DELETED))
            del place.offered_to[agent.id]
            if not place.offered_to:
                floor.seek(place)
        floor.to_keep.add(("agent", agent.id))
    return commands


def _set_queue(floor: Floor, settings: QueueSettings) -> None:
    queue = floor.queues.get(settings.name)
    if not queue:
        queue = floor.queues[settings.name] = Queue(settings)
        if data := floor.memory.pop(("queue", settings.name), None):
            memory.recall_queue(queue, data)
    queue.settings = settings
    floor.looks_different.add(("queue", settings.name))
    for place in [*queue.waiting, *queue.sleeping.values()]:
        needs_of(place, settings)
    for place in queue.waiting:
        if not place.callback:
            floor.timers.set((WAITED, place.call), place.entered_at + settings.max_wait_s)


def _set_agents(floor: Floor, event: Configured) -> None:
    """In the order of the configuration; those who are gone and still talk come last."""
    known, floor.agents = floor.agents, {}
    for settings in event.agents:
        agent = known.pop(settings.id, None)
        if not agent:
            unreachable = event.unreachable.get(settings.id, "")
            agent = Agent(settings, unreachable=unreachable, idle_since=floor.now, since=floor.now)
            if data := floor.memory.pop(("agent", settings.id), None):
                memory.recall_agent(agent, data, floor.now)
        agent.settings, agent.gone = settings, False
        floor.agents[settings.id] = agent
    floor.agents |= known


def _serves(agent: Agent, queues: Iterable[str]) -> None:
    parts = agent.settings.queues
    agent.settings = AgentSettings(agent.id, {name: parts[name] for name in queues}, agent.settings.skills)


def _assign(floor: Floor) -> None:
    """Who serves which queue."""
    for agent in floor.agents.values():
        _serves(agent, [] if agent.gone else [name for name in agent.settings.queues if name in floor.queues])
        agent.free_in = set()
    for queue in floor.queues.values():
        members = [agent for agent in floor.agents.values() if queue.name in agent.settings.queues]
        queue.members, queue.free = {agent.id: agent for agent in members}, {}
        queue.turn = {agent.id: place for place, agent in enumerate(members)}
    floor.count_tiers(floor.queues)
    for agent in floor.agents.values():
        floor.refresh(agent)


def _recall_places(floor: Floor) -> list[Command]:
    """Call-backs of before a restart wait on."""
    lost: list[Command] = []
    for key in [key for key in floor.memory if key[0] == "place"]:
        data, call = floor.memory.pop(key), key[1]
        floor.to_keep.add(key)
        if data["queue"] not in floor.queues:
            lost.append(Overflow(call, data["queue"], GaveUp.DELETED))
        elif place := memory.recall_place(floor, call, data):
            needs_of(place, floor.queues[place.queue].settings)
            floor.enter(place)
    return lost
