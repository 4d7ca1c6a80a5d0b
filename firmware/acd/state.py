# SPDX-License-Identifier: GPL-2.0-or-later
"""The state of all queues and agents, and how each event changes it."""

from __future__ import annotations

from firmware.acd.messages import (
    AgentReachable,
    AgentSet,
    Answered,
    CallJoined,
    CallLeft,
    Command,
    Configured,
    Event,
    NotAnswered,
    Offer,
    Overflow,
    TalkEnded,
    Tick,
)
from firmware.acd.model import Agent, AgentMode, Queue, Waiting
from firmware.acd.strategy import longest_idle

REST_S = 5.0  # an agent who did not answer gets the next offer this much later, others first


class AcdState:
    """Queues, agents and waiting calls. KeyError when an event names an agent or queue that does not exist."""

    def __init__(self) -> None:
        self.queues: dict[str, Queue] = {}
        self.agents: dict[str, Agent] = {}
        self._calls: dict[str, Waiting] = {}

    def handle(self, event: Event, now: float) -> list[Command]:
        """Takes in what happened and returns what is to be done, in order."""
        commands: list[Command] = []
        match event:
            case Configured():
                commands += self._configure(event, now)
            case CallJoined():
                self._join(event, now)
            case CallLeft(call):
                self._leave(call, now)
            case Answered(call, agent):
                self._answered(call, agent, now)
            case NotAnswered(call, agent):
                self._not_answered(call, agent, now)
            case TalkEnded(agent):
                self._talk_ended(agent, now)
            case AgentSet():
                self._set_mode(event, now)
            case AgentReachable(agent, why_not):
                self._reachable(agent, why_not, now)
            case Tick():
                pass
        return commands + self._overflow(now) + self._offers(now)

    def deadline(self, now: float) -> float | None:
        """When a Tick is needed next, None when time alone changes nothing."""
        times = [agent.wrap_up_until for agent in self.agents.values() if agent.wrap_up_until > now]
        times += [agent.rest_until for agent in self.agents.values() if agent.rest_until > now]
        for queue in self.queues.values():
            times += [w.joined_at + queue.settings.max_wait_s for w in queue.waiting if not w.offered_to]
        return min(times, default=None)

    def waiting(self, call: str) -> Waiting | None:
        """The call's place, None when it is in no queue."""
        return self._calls.get(call)

    # ---- events --------------------------------------------------------------------------

    def _configure(self, event: Configured, now: float) -> list[Command]:
        wanted = {settings.name: settings for settings in event.queues}
        gone = [queue for name, queue in self.queues.items() if name not in wanted]
        lost = [w for queue in gone for w in queue.waiting]
        for w in lost:
            self._remove(w)
        old = self.queues
        self.queues = {n: Queue(s, old[n].waiting if n in old else []) for n, s in wanted.items()}
        agents = {}
        for settings in event.agents:
            agent = self.agents.get(settings.id) or Agent(settings, idle_since=now, since=now)
            agent.settings = settings
            agents[settings.id] = agent
        self.agents = agents
        for w in self._calls.values():
            if w.offered_to and w.offered_to not in agents:
                w.offered_to = None
        return [Overflow(w.call, w.queue, "the queue was deleted") for w in lost]

    def _join(self, event: CallJoined, now: float) -> None:
        if event.call in self._calls:
            return
        place = Waiting(event.call, event.queue, now)
        self.queues[event.queue].waiting.append(place)
        self._calls[event.call] = place

    def _leave(self, call: str, now: float) -> None:
        place = self._calls.get(call)
        if place:
            self._release_offer(place, now)
            self._remove(place)

    def _answered(self, call: str, agent_id: str, now: float) -> None:
        place, agent = self._calls.get(call), self.agents.get(agent_id)
        if place:
            self._remove(place)
        if agent:
            agent.offered, agent.talking, agent.since = None, call, now

    def _not_answered(self, call: str, agent_id: str, now: float) -> None:
        place, agent = self._calls.get(call), self.agents.get(agent_id)
        if agent and agent.offered == call:
            agent.rest_until = now + REST_S
            self._free(agent, now)
        if place and place.offered_to == agent_id:
            place.offered_to = None

    def _talk_ended(self, agent_id: str, now: float) -> None:
        agent = self.agents.get(agent_id)
        if not agent or not agent.talking:
            return
        queue = self.queues.get(agent.queue or "")
        agent.wrap_up_until = now + (queue.settings.wrap_up_s if queue else 0.0)
        agent.idle_since = agent.wrap_up_until
        self._free(agent, now)

    def _set_mode(self, event: AgentSet, now: float) -> None:
        agent = self.agents[event.agent]
        if agent.mode != AgentMode.AVAILABLE and event.mode == AgentMode.AVAILABLE:
            agent.idle_since = now
        agent.mode, agent.reason, agent.since = event.mode, event.reason, now
        agent.wrap_up_until = min(agent.wrap_up_until, now)
        agent.rest_until = min(agent.rest_until, now)

    def _reachable(self, agent_id: str, why_not: str, now: float) -> None:
        agent = self.agents[agent_id]
        if agent.unreachable != why_not:
            agent.unreachable, agent.since = why_not, now

    # ---- helpers -------------------------------------------------------------------------

    def _free(self, agent: Agent, now: float) -> None:
        agent.offered = agent.talking = agent.queue = None
        agent.since = now

    def _release_offer(self, place: Waiting, now: float) -> None:
        agent = self.agents.get(place.offered_to or "")
        if agent and agent.offered == place.call:
            self._free(agent, now)
        place.offered_to = None

    def _remove(self, place: Waiting) -> None:
        self._calls.pop(place.call, None)
        queue = self.queues.get(place.queue)
        if queue and place in queue.waiting:
            queue.waiting.remove(place)

    def _overflow(self, now: float) -> list[Command]:
        late = [
            w
            for queue in self.queues.values()
            for w in queue.waiting
            if not w.offered_to and now >= w.joined_at + queue.settings.max_wait_s
        ]
        for w in late:
            self._remove(w)
        return [Overflow(w.call, w.queue, "waited for as long as the queue allows") for w in late]

    def _offers(self, now: float) -> list[Command]:
        commands: list[Command] = []
        for queue in self.queues.values():
            for place in queue.waiting:
                if place.offered_to:
                    continue
                agent, considered = longest_idle(queue.settings.name, self.agents.values(), now)
                if not agent:
                    break
                agent.offered, agent.queue, agent.since = place.call, queue.settings.name, now
                place.offered_to = agent.settings.id
                commands.append(
                    Offer(place.call, place.queue, agent.settings.id, queue.settings.ring_timeout_s, considered)
                )
        return commands
