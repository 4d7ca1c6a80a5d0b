# SPDX-License-Identifier: GPL-2.0-or-later
"""A caller's stay in a queue: phones ring as the ACD says, until somebody answers or the queue gives up.

Phones of several agents may ring at once. However it ends (an answer, an overflow, the caller hangs up, all at the same
instant), each phone that rang is quiet afterwards, and each agent who is not the one is free.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from dataclasses import dataclass
from typing import Protocol

from firmware import acd
from firmware.calls.call import Call, CallState
from firmware.calls.causes import Cause
from firmware.calls.leg import Failed, Leg
from firmware.errors import NotFound

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """Who answered: the leg to the phone, and the agent; "" for somebody who took the call past the agents."""

    leg: Leg
    agent: str


class Desk(Protocol):
    """What a stay needs of `Queues`."""

    def handle(self, event: acd.Event) -> None:
        """Tells the ACD."""

    def ring(self, call: Call, offer: acd.Offer) -> asyncio.Task[Leg]:
        """Lets the agent's phone ring."""

    def talk_ended(self, agent: str, call: str) -> None:
        """The agent is free of the call."""


_OUTCOMES = {Cause.BUSY: acd.Outcome.BUSY, Cause.REJECTED: acd.Outcome.REJECTED, Cause.NO_ANSWER: acd.Outcome.NO_ANSWER}


class Stay:
    """`ended` is done with who answered, or with why the queue gave up."""

    def __init__(self, desk: Desk, call: Call) -> None:
        self._desk, self._call = desk, call
        self._rings: dict[str, asyncio.Task[Leg]] = {}
        self._said: object = None  # who was considered for the offer told last
        self._found: Found | None = None
        self._pick: asyncio.Task[Leg] | None = None
        self.ended: asyncio.Future[Found | acd.GaveUp] = asyncio.get_running_loop().create_future()

    def order(self, command: acd.Command) -> None:
        """Carries out what the ACD wants of this call."""
        match command:
            case acd.Offer():
                self._offer(command)
            case acd.Withdraw(agent=agent, reason=reason):
                self._withdraw(agent, reason)
            case acd.AgentPaused(agent=agent, misses=misses):
                self._call.note("agent_paused", agent=agent, misses=misses)
            case acd.Overflow(why=why, reason=reason):
                self._call.note("overflowed", queue=command.queue, reason=reason, code=why.value)
                if not self.ended.done():
                    self.ended.set_result(why)

    def close(self) -> None:
        """The caller is gone, or somebody answered: no other phone rings on."""
        self.ended.cancel()
        for task in [*self._rings.values(), *([self._pick] if self._pick else [])]:
            task.cancel()

    def abandon(self) -> None:
        """The caller hung up in the instant in which an agent answered."""
        if self._found:
            self._found.leg.hang_up()
            self._desk.talk_ended(self._found.agent, self._call.id)

    # ---- offers --------------------------------------------------------------------------------

    def _offer(self, offer: acd.Offer) -> None:
        considered = [] if offer.considered is self._said else [c.as_json() for c in offer.considered]
        self._said = offer.considered
        task = self._rings[offer.agent] = self._desk.ring(self._call, offer)
        self._call.learnt(agent=self._only_one())
        self._call.became(CallState.OFFERED, "offered", agent=offer.agent, considered=considered)
        task.add_done_callback(functools.partial(self._rung, offer.agent))

    def _only_one(self) -> str | None:
        return next(iter(self._rings)) if len(self._rings) == 1 else None

    def _withdraw(self, agent: str, reason: str) -> None:
        if self._found and self._found.agent == agent:
            self._found.leg.hang_up()
            self._found = None
        task = self._rings.pop(agent, None)
        if task:
            task.cancel()
            self._quiet("withdrawn", agent, reason)

    def _quiet(self, event: str, agent: str, reason: str) -> None:
        """One phone less rings."""
        self._call.learnt(agent=self._only_one())
        self._call.became(CallState.OFFERED if self._rings else CallState.WAITING, event, agent=agent, reason=reason)

    def _rung(self, agent: str, task: asyncio.Task[Leg]) -> None:
        """A phone was answered, or rings no more."""
        wanted = self._rings.get(agent) is task and not self.ended.done()
        if wanted:
            del self._rings[agent]
        if task.cancelled():
            return
        failed = task.exception()
        if failed is None and not wanted:
            task.result().hang_up()
        elif failed is None:
            self._answered(agent, task.result())
        elif wanted:
            self._not_answered(agent, failed)

    def _not_answered(self, agent: str, failed: BaseException) -> None:
        if not isinstance(failed, (Failed, NotFound)):
            log.error("%s: %s could not be rung", self._call.id, agent, exc_info=failed)
        outcome = _OUTCOMES.get(failed.cause, acd.Outcome.FAILED) if isinstance(failed, Failed) else acd.Outcome.FAILED
        self._quiet("not_answered", agent, str(failed))
        self._desk.handle(acd.NotAnswered(self._call.id, agent, outcome, str(failed)))

    def _answered(self, agent: str, leg: Leg) -> None:
        self._found = Found(leg, agent)
        self._desk.handle(acd.Answered(self._call.id, agent))
        if self._found and not self.ended.done():
            self.ended.set_result(self._found)

    # ---- past the agents -----------------------------------------------------------------------

    @property
    def picking(self) -> bool:
        """Whether a phone rings for somebody who wants to take the call past the agents."""
        return bool(self._pick and not self._pick.done())

    def pick(self, extension: str, ringing: asyncio.Task[Leg]) -> None:
        """Whoever answers there has the caller, unless an agent is faster."""
        self._pick = ringing
        ringing.add_done_callback(functools.partial(self._picked, extension))

    def _picked(self, extension: str, task: asyncio.Task[Leg]) -> None:
        if task.cancelled():
            return
        failed = task.exception()
        if failed and not isinstance(failed, Failed):
            log.error("%s: %s could not be rung", self._call.id, extension, exc_info=failed)
        if failed:
            self._call.note("not_picked", extension=extension, reason=str(failed))
        elif self.ended.done():
            task.result().hang_up()
        else:
            self._found = Found(task.result(), "")
            self._desk.handle(acd.PickedUp(self._call.id))
            self.ended.set_result(self._found)
