# SPDX-License-Identifier: GPL-2.0-or-later
"""Everybody and everything there is at a moment, with the indexes that make decisions cheap."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from firmware.acd.agents import Agent
from firmware.acd.places import Place
from firmware.acd.queues import Queue
from firmware.acd.settings import Presence
from firmware.acd.timers import Timers

TimerKey = tuple[str, str]  # what is due, and for which call, agent or queue
READY, WAITED, LOOK, DUE, RETURN, EMPTY = "ready", "waited", "look", "due", "return", "empty"


@dataclass(slots=True)
class Former:
    """The place of a caller who was cut off, kept until the timer RETURN."""

    joined_at: float
    rank: float


@dataclass(slots=True)
class Floor:
    """`freed` agents and `hungry` calls are those that the next match has to look at."""

    lot: random.Random
    now: float = 0.0
    queues: dict[str, Queue] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    calls: dict[str, Place] = field(default_factory=dict)
    formers: dict[tuple[str, str], Former] = field(default_factory=dict)  # by queue and caller
    timers: Timers[TimerKey] = field(default_factory=Timers)
    freed: dict[str, Agent] = field(default_factory=dict)
    hungry: dict[str, Place] = field(default_factory=dict)
    looks_different: set[TimerKey] = field(default_factory=set)  # ("queue", name), ("agent", id)
    to_keep: set[TimerKey] = field(default_factory=set)  # ("agent" | "place" | "queue", id)
    memory: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)  # of before a restart
    numbers: int = 0

    # ---- agents ------------------------------------------------------------------------------

    def refresh(self, agent: Agent) -> None:
        """Brings every index in step with what the agent is now."""
        free = agent.busy(self.now) is None and not agent.gone
        wanted = {name for name in agent.settings.queues if name not in agent.logged_out_of} if free else set()
        for name in agent.free_in - wanted:
            self.queues[name].free.pop(agent.id, None)
        for name in wanted - agent.free_in:
            self.queues[name].free[agent.id] = agent
            self.freed[agent.id] = agent
        agent.free_in = wanted
        idle = agent.talking is None and agent.offered is None
        if idle and not agent.gone and agent.ready_at > self.now:
            self.timers.set((READY, agent.id), agent.ready_at)
        else:
            self.timers.cancel((READY, agent.id))
        self.looks_different.add(("agent", agent.id))
        for name in agent.settings.queues:
            self.looks_different.add(("queue", name))
            self.watch_presence(self.queues[name])

    def count_tiers(self, queues: Iterable[str]) -> None:
        """Somebody logged in or out: how many of each tier are logged in, which may open another tier."""
        for queue in (self.queues[name] for name in queues):
            tiers: dict[int, int] = {}
            for agent in queue.members.values():
                tier = queue.tier(agent)
                tiers[tier] = tiers.get(tier, 0) + agent.logged_in(queue.name)
            if tiers != queue.tiers:
                queue.tiers = tiers
                if queue.settings.tier_delay_s:
                    self.hungry.update((place.call, place) for place in queue.seeking)

    def watch_presence(self, queue: Queue) -> None:
        """Those who wait may leave a queue that stays without agents."""
        wanted = queue.settings.stay_while
        if wanted is Presence.ALWAYS or not len(queue.waiting) or queue.has(wanted):
            self.timers.cancel((EMPTY, queue.name))
        elif not self.timers.is_set((EMPTY, queue.name)):
            self.timers.set((EMPTY, queue.name), self.now + queue.settings.empty_after_s)

    # ---- calls -------------------------------------------------------------------------------

    def enter(self, place: Place) -> None:
        """The call stands in line from now on, or sleeps until it is due."""
        queue = self.queues[place.queue]
        self.calls[place.call] = place
        self.to_keep.add(("place", place.call))
        self.looks_different.add(("queue", place.queue))
        if place.due_at is not None and place.due_at > self.now:
            queue.sleeping[place.call] = place
            self.timers.set((DUE, place.call), place.due_at)
            return
        queue.waiting.add(place)
        if not place.callback:
            self.timers.set((WAITED, place.call), place.entered_at + queue.settings.max_wait_s)
        self.seek(place)
        self.watch_presence(queue)

    def seek(self, place: Place) -> None:
        """The call is offered to nobody."""
        queue = self.queues[place.queue]
        queue.ringing.pop(place.call, None)
        place.only = ""
        queue.seeking.add(place)
        self.hungry[place.call] = place
        self.looks_different.add(("queue", place.queue))

    def offered(self, place: Place, agent: Agent) -> None:
        """The agent's phone is to ring for the call."""
        queue = self.queues[place.queue]
        if not place.offered_to:
            queue.seeking.remove(place)
            queue.ringing[place.call] = place
            self.hungry.pop(place.call, None)
        place.offered_to[agent.id] = self.now
        agent.offered, agent.queue, agent.since = place.call, place.queue, self.now
        self.refresh(agent)

    def leave(self, place: Place) -> None:
        """The call stands in the line no longer."""
        queue = self.queues[place.queue]
        self.calls.pop(place.call, None)
        self.hungry.pop(place.call, None)
        queue.sleeping.pop(place.call, None)
        queue.ringing.pop(place.call, None)
        queue.waiting.remove(place)
        queue.seeking.remove(place)
        for what in (WAITED, LOOK, DUE):
            self.timers.cancel((what, place.call))
        self.to_keep.add(("place", place.call))
        self.looks_different.add(("queue", place.queue))
        self.watch_presence(queue)

    def number(self) -> int:
        """Ever higher."""
        self.numbers += 1
        return self.numbers
