# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues of real calls: the pure ACD decides, this carries it out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from firmware import acd
from firmware.calls.call import Call, CallState
from firmware.calls.host import Host
from firmware.calls.leg import Failed, Leg, existing
from firmware.calls.ringing import ring_extension, why_not
from firmware.config import Agent, Extension
from firmware.countries import RingName
from firmware.errors import Conflict, NotFound
from firmware.records import Direction
from firmware.times import iso

log = logging.getLogger(__name__)


class Queues:
    """Runs the ACD on the loop's clock and turns its commands into messages for each waiting call."""

    def __init__(self, host: Host, publish: Callable[[str, dict[str, Any]], None]) -> None:
        self._host, self._publish = host, publish
        self._acd = acd.AcdState()
        self._orders: dict[str, asyncio.Queue[acd.Command]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._shown: dict[tuple[str, str], dict[str, Any]] = {}

    # ---- the ACD ---------------------------------------------------------------------------

    def handle(self, event: acd.Event) -> None:
        """Tells the ACD, hands out its commands, shows what changed."""
        now = time.monotonic()
        for command in self._acd.handle(event, now):
            orders = self._orders.get(command.call)
            if orders:
                orders.put_nowait(command)
        self._wake_at(self._acd.deadline(now), now)
        self.show()

    def _wake_at(self, deadline: float | None, now: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
        if deadline is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, deadline - now) + 0.001, self.handle, acd.Tick())

    def configure(self) -> None:
        """Takes over the queues and agents of the configuration."""
        config = self._host.config
        queues = [acd.QueueSettings(q.name, q.ring_timeout_s, q.wrap_up_s, q.max_wait_s) for q in config.queues]
        agents = [acd.AgentSettings(a.id, a.queues) for a in config.agents]
        self.handle(acd.Configured(queues, agents))
        self.check_phones()

    def check_phones(self) -> None:
        """Tells the ACD which agents' phones can be rung."""
        for agent in self._host.config.agents:
            known = self._acd.agents.get(agent.id)
            if known:
                ours = known.offered or known.talking
                reason = "" if ours else why_not(self._host, self.extension_of(agent))
                if reason != known.unreachable:
                    self.handle(acd.AgentReachable(agent.id, reason))

    def extension_of(self, agent: Agent) -> Extension:
        """Where the agent's phone is. Failed."""
        return existing(self._host.config.extension(agent.extension), f"extension {agent.extension}")

    def agent(self, id: str) -> Agent:
        """An agent of the configuration. NotFound."""
        agent = self._host.config.agent(id)
        if not agent:
            raise NotFound(f"There is no agent {id}.", code="no_such_agent", field="id")
        return agent

    def set_agent(self, id: str, mode: str, reason: str) -> dict[str, Any]:
        """An agent's or supervisor's choice. Conflict for a state that nobody can choose."""
        self.agent(id)
        if mode not in tuple(acd.AgentMode):
            allowed = ", ".join(acd.AgentMode)
            raise Conflict(f'"{mode}" is not a state to choose; use {allowed}.', code="bad_agent_state", field="state")
        self.handle(acd.AgentSet(id, acd.AgentMode(mode), reason))
        return self.agents_json(id)[0]

    # ---- a call's time in a queue --------------------------------------------------------------

    async def connect(self, call: Call, queue: str) -> tuple[Leg, Agent] | None:
        """Waits until an agent answers. None when the queue gives up: the call overflows."""
        orders = self._orders[call.id] = asyncio.Queue()
        call.queued(queue)
        call.became(CallState.WAITING, "queued", queue=queue)
        try:
            self.handle(acd.CallJoined(call.id, queue))
            while True:
                match await orders.get():
                    case acd.Overflow(reason=reason):
                        call.note("overflowed", queue=queue, reason=reason)
                        return None
                    case acd.Offer() as offer:
                        leg = await self._offer(call, offer)
                        if leg:
                            return leg, self.agent(offer.agent)
        finally:
            self._orders.pop(call.id, None)
            self.handle(acd.CallLeft(call.id))

    async def _offer(self, call: Call, offer: acd.Offer) -> Leg | None:
        considered = [{"agent": c.agent, "chosen": c.chosen, "reason": c.reason} for c in offer.considered]
        call.learnt(agent=offer.agent)
        call.became(CallState.OFFERED, "offered", agent=offer.agent, considered=considered)
        try:
            extension = self.extension_of(self.agent(offer.agent))
            ring = self._ring_of(call)
            leg = await ring_extension(self._host, extension, call.caller, offer.ring_timeout_s, ring)
        except (Failed, NotFound, StopIteration) as failed:
            call.learnt(agent=None)
            call.became(CallState.WAITING, "not_answered", agent=offer.agent, reason=str(failed))
            self.handle(acd.NotAnswered(call.id, offer.agent, str(failed)))
            self.check_phones()
            return None
        self.handle(acd.Answered(call.id, offer.agent))
        return leg

    def _ring_of(self, call: Call) -> RingName:
        queue = self._host.config.queue(call.cdr.queue)
        if queue and queue.ring == "group":
            return RingName.GROUP
        return RingName.INSIDE if call.cdr.direction == Direction.INTERNAL else RingName.OUTSIDE

    def talk_ended(self, agent: Agent) -> None:
        """The agent's conversation is over."""
        self.handle(acd.TalkEnded(agent.id))
        self.check_phones()

    # ---- the live view ---------------------------------------------------------------------------

    def show(self) -> None:
        """Publishes what is not as it was shown last."""
        items = [("queue", q) for q in self.queues_json()] + [("agent", a) for a in self.agents_json()]
        for topic, item in items:
            key = (topic, item.get("id") or item["name"])
            if self._shown.get(key) != item:
                self._shown[key] = item
                self._publish(topic, item)

    def queues_json(self) -> list[dict[str, Any]]:
        """Queues of the control socket."""
        return [self._queue_json(name) for name in self._acd.queues]

    def _queue_json(self, name: str) -> dict[str, Any]:
        settings = self._host.config.queue(name)
        waiting = self._acd.queues[name].waiting
        now = time.monotonic()
        members = [a for a in self._acd.agents.values() if name in a.settings.queues]
        return {
            "name": name,
            "number": settings.number if settings else None,
            "strategy": settings.strategy if settings else None,
            "waiting": len(waiting),
            "talking": sum(1 for a in members if a.talking and a.queue == name),
            "longest_wait_since": _wall(waiting[0].joined_at) if waiting else None,
            "available": sum(1 for a in members if not a.why_not(now)),
            "agents": [a.settings.id for a in members],
            "callers": [self._waiting_json(w.call, w.joined_at) for w in waiting],
        }

    def _waiting_json(self, id: str, joined_at: float) -> dict[str, Any]:
        call = self._host.journal.calls.get(id)
        caller = call.caller if call else None
        return {
            "call": id,
            "number": caller.number if caller else "",
            "name": caller.name if caller else "",
            "since": _wall(joined_at),
        }

    def agents_json(self, only: str | None = None) -> list[dict[str, Any]]:
        """Agents of the control socket."""
        now = time.monotonic()
        found = []
        for agent in self._host.config.agents:
            state = self._acd.agents.get(agent.id)
            if state and only in (None, agent.id):
                shown = state.state(now)
                found.append(
                    {
                        "id": agent.id,
                        "name": agent.name,
                        "extension": agent.extension,
                        "state": shown.value,
                        "reason": state.unreachable if shown == acd.AgentState.UNAVAILABLE else state.reason,
                        "since": _wall(state.since),
                        "call": state.talking or state.offered,
                        "queues": list(agent.queues),
                    }
                )
        return found


_WALL_OFFSET = time.time() - time.monotonic()  # constant, so that a time shown does not tremble


def _wall(monotonic: float) -> str:
    """A monotonic time as a time of day."""
    return iso(datetime.fromtimestamp(monotonic + _WALL_OFFSET, UTC))
