# SPDX-License-Identifier: GPL-2.0-or-later
"""The state of all queues and agents, and how each event changes it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from firmware.acd import agent_events, by_hand, call_events, memory
from firmware.acd.agents import Agent
from firmware.acd.commands import Changes, Command, GaveUp
from firmware.acd.configuring import configure
from firmware.acd.events import (
    AgentReachable,
    AgentSet,
    Answered,
    Assigned,
    CallJoined,
    CallLeft,
    Configured,
    DayBegan,
    Event,
    Moved,
    NotAnswered,
    PickedUp,
    PlaceKept,
    PrioritySet,
    QueueLogin,
    Restored,
    TalkEnded,
    Tick,
    ToFront,
    WrapUpEnded,
    WrapUpExtended,
)
from firmware.acd.expecting import expected, expected_of_all
from firmware.acd.floor import Floor
from firmware.acd.matching import match
from firmware.acd.places import Place
from firmware.acd.queues import Queue

_HANDLERS: Mapping[type, Callable[[Floor, Any], list[Command]]] = {
    Configured: configure,
    Restored: memory.restore,
    Tick: lambda floor, event: [],
    DayBegan: agent_events.day_began,
    CallJoined: call_events.joined,
    CallLeft: call_events.left,
    PlaceKept: call_events.place_kept,
    Answered: call_events.answered,
    NotAnswered: call_events.not_answered,
    TalkEnded: agent_events.talk_ended,
    Moved: by_hand.moved,
    PrioritySet: by_hand.priority_set,
    ToFront: by_hand.to_front,
    Assigned: by_hand.assigned,
    PickedUp: by_hand.picked_up,
    AgentSet: agent_events.set_mode,
    QueueLogin: agent_events.queue_login,
    WrapUpExtended: agent_events.wrap_up_extended,
    WrapUpEnded: agent_events.wrap_up_ended,
    AgentReachable: agent_events.reachable,
}


class AcdState:
    """Queues, agents and waiting calls. KeyError when an event names an agent that does not exist.

    `lot` is the chance of the strategy `random`; the same seed and the same events give the same offers.
    """

    def __init__(self, lot: random.Random | None = None) -> None:
        self._floor = Floor(lot or random.Random(0))  # noqa: S311 (no secret)

    def handle(self, event: Event, now: float) -> list[Command]:
        """Takes in what happened and returns what is to be done, in order. A clock that goes back stands still."""
        floor = self._floor
        floor.now = max(floor.now, now)
        commands = call_events.due(floor)
        commands += _HANDLERS[type(event)](floor, event)
        return commands + match(floor)

    def deadline(self, now: float) -> float | None:
        """When a Tick is needed next, None when time alone changes nothing."""
        return self._floor.timers.next()

    def take_changes(self) -> Changes:
        """What looks different since this was asked last, and what is to be kept."""
        floor = self._floor
        queues = frozenset(id for kind, id in floor.looks_different if kind == "queue" and id in floor.queues)
        agents = frozenset(id for kind, id in floor.looks_different if kind == "agent" and id in floor.agents)
        floor.looks_different = set()
        return Changes(queues, agents, memory.kept(floor))

    # ---- questions -----------------------------------------------------------------------------

    @property
    def queues(self) -> Mapping[str, Queue]:
        """By name. To be read only."""
        return self._floor.queues

    @property
    def agents(self) -> Mapping[str, Agent]:
        """By id, in the order of the configuration. To be read only."""
        return self._floor.agents

    def waiting(self, call: str) -> Place | None:
        """The call's place, None when it is in no queue."""
        return self._floor.calls.get(call)

    def position(self, call: str) -> int | None:
        """1 is first in line; None when the call waits in no queue, or sleeps."""
        place = self.waiting(call)
        index = self._floor.queues[place.queue].waiting.index(place) if place else None
        return None if index is None else index + 1

    def expected_wait(self, call: str) -> float | None:
        """Seconds that a call will probably wait from now on; None when it is not in line, or nobody serves."""
        place, position = self.waiting(call), self.position(call)
        return expected(self._floor, self._floor.queues[place.queue], position - 1) if place and position else None

    def expected_wait_of(self, queue: str) -> float | None:
        """The same for one who would join now."""
        found = self._floor.queues[queue]
        return expected(self._floor, found, len(found.waiting))

    def expected_waits(self, queue: str) -> list[float | None]:
        """The same for each who stands in the line of a queue, in its order."""
        return expected_of_all(self._floor, self._floor.queues[queue])

    def why_not_move(self, call: str, queue: str) -> GaveUp | None:
        """Why `Moved` would leave a caller who waits where he is. KeyError when the call is in no queue."""
        return by_hand.why_not_move(self._floor, self._floor.calls[call], queue)

    def why_not_assign(self, call: str, agent: str) -> str:
        """Why `Assigned` would do nothing, in words to follow the agent's name. KeyError, also for the agent."""
        return by_hand.why_not_assign(self._floor, self._floor.calls[call], self._floor.agents[agent])
