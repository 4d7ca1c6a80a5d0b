# SPDX-License-Identifier: GPL-2.0-or-later
"""After a call: the agent says what came of it, and has the time that this takes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from firmware import acd
from firmware.acd import AgentState
from firmware.calls.agent_figures import AgentFigures
from firmware.config import Agent, Queue
from firmware.errors import Conflict, Invalid, NotFound
from firmware.records import AgentCall

if TYPE_CHECKING:
    from firmware.calls.host import Host

UNTIL_CODED_S = 86_400.0  # wrap-up of a call that needs a code and has none


def least_s(queue: Queue) -> float:
    """Wrap-up as the ACD is told of it: where a code is required there is one, which is then made longer here."""
    return max(queue.wrap_up_s, 1.0) if queue.disposition_required else queue.wrap_up_s


class WrapUps:
    """Lives in the asyncio thread. A call that needs a code keeps its agent in wrap-up until there is one."""

    def __init__(self, host: Host, figures: AgentFigures) -> None:
        self._host, self._figures = host, figures
        self._ends: dict[str, float] = {}  # agents who owe a code, or did: when wrap-up would be over with it
        self._timers: dict[str, asyncio.TimerHandle] = {}

    # ---- codes -------------------------------------------------------------------------------------

    def codes(self, call: AgentCall) -> tuple[str, ...]:
        """Those that an agent may give to this call."""
        queue = self._host.config.queue(call.queue)
        return queue.dispositions if queue else ()

    def lacking(self, agent: Agent) -> AgentCall | None:
        """The call of which the agent has still to say what came of it."""
        last = self._figures.last_call(agent.id)
        queue = self._host.config.queue(last.queue) if last else None
        return last if last and queue and queue.disposition_required and not last.code else None

    def need_code(self, agent: Agent, state: AgentState, himself: bool) -> None:
        """An agent cannot get round it, a supervisor can. Conflict (`disposition_required`)."""
        if himself and state is AgentState.WRAP_UP and self.lacking(agent):
            message = "Say first what came of the last call: its disposition code is missing."
            raise Conflict(message, code="disposition_required")

    def code(self, agent: Agent, code: str, call: str | None, by: str) -> None:
        """What came of the agent's present or last call. Invalid (`no_such_disposition`); NotFound: it is another."""
        last = self._figures.last_call(agent.id)
        if not last or call not in (None, last.call):
            raise NotFound(f"This is not the last call of {agent.id}.", code="no_such_call", field="call")
        if code not in (codes := self.codes(last)):
            allowed = f"use one of {', '.join(codes)}" if codes else f"the queue {last.queue} has none"
            raise Invalid(f'"{code}" is no code of this call; {allowed}.', code="no_such_disposition", field="code")
        self._figures.coded(agent.id, code, by)
        if going_on := self._host.journal.calls.get(last.call):
            going_on.learnt(disposition_code=code)
        self._host.journal.announce("coded", {"call": last.call, "agent": agent.id, "code": code})
        self._until(agent.id)

    def as_json(self, call: AgentCall) -> dict[str, Any]:
        """The last call as the control socket shows it: which codes it may have, which it has."""
        queue = self._host.config.queue(call.queue)
        required = bool(queue and queue.disposition_required)
        codes = list(self.codes(call))
        return {"call": call.call, "queue": call.queue, "code": call.code, "codes": codes, "required": required}

    # ---- time --------------------------------------------------------------------------------------

    def look(self, agent: Agent, state: AgentState) -> None:
        """The agent is in this state now."""
        if state is not AgentState.WRAP_UP:
            self._forget(agent.id)
        elif agent.id not in self._ends and (call := self.lacking(agent)):
            queue = self._host.config.queue(call.queue)
            self._ends[agent.id] = _loop_time() + (queue.wrap_up_s if queue else 0.0)
            self._host.queues.handle(acd.WrapUpExtended(agent.id, UNTIL_CODED_S))

    def extend(self, agent: Agent, seconds: float) -> None:
        """So much more time for the last call."""
        if agent.id not in self._ends:
            self._host.queues.handle(acd.WrapUpExtended(agent.id, seconds))
            return
        self._ends[agent.id] += seconds
        if agent.id in self._timers:
            self._until(agent.id)

    def _until(self, id: str) -> None:
        """There is a code: what is left of the time is the agent's."""
        if id not in self._ends:
            return
        if id in self._timers:
            self._timers[id].cancel()
        end = acd.WrapUpEnded(id)
        self._timers[id] = asyncio.get_running_loop().call_at(self._ends[id], self._host.queues.handle, end)

    def end(self, agent: Agent) -> float | None:
        """When wrap-up is over by itself, on the monotonic clock; None while it waits for a code."""
        if agent.id not in self._ends:
            return self._host.queues.state.agents[agent.id].wrap_up_until
        return None if self.lacking(agent) else self._ends[agent.id]

    def _forget(self, id: str) -> None:
        self._ends.pop(id, None)
        if timer := self._timers.pop(id, None):
            timer.cancel()


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
