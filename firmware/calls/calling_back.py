# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeps a promise: its place waits in the queue, an agent is rung, then the customer is called, as the rules allow."""

from __future__ import annotations

import asyncio

from firmware import times
from firmware.calls import caller_rules, conversing, dialled, leaving, outside, serving, surveys
from firmware.calls.call import Call, CallState
from firmware.calls.call_backs import Deferred, NotReached
from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Failed, Leg
from firmware.calls.numbers import extension_of
from firmware.calls.outcome import concluding
from firmware.calls.promising import check
from firmware.calls.queueing import Found
from firmware.calls.ringing import ring_extension
from firmware.calls.scope import Gone, while_present
from firmware.config import Queue, TargetKind
from firmware.countries import RingName
from firmware.errors import NotFound
from firmware.ids import uuid7
from firmware.records import CallBack, CallBackState, Direction

ANSWER_S = 60.0  # the customer's phone rings no longer


async def attempt(host: Host, item: CallBack) -> None:
    """One try. NotReached, Deferred."""
    queue = host.config.queue(item.queue)
    if not queue:
        raise Deferred(f"the queue {item.queue} was deleted")
    waited_s = max(0.0, (times.now() - item.since).total_seconds())
    id = str(uuid7())
    try:
        async with asyncio.timeout(host.call_backs.closes_s(item)):
            turn = await host.queues.turn(
                id, item.queue, lambda: _begin(host, item, id), caller=item.number, waited_s=waited_s
            )
    except TimeoutError:
        raise Deferred("customers are not called at this time") from None
    if not turn:
        raise Deferred(f"the queue {item.queue} gave up")
    call, found = turn
    try:
        await Keeping(host, item, queue, call, found).run()
    finally:
        host.queues.talk_ended(found.agent, id)


async def by_hand(host: Host, item: CallBack, agent: str) -> None:
    """One try by the agent who took it: that phone rings at once, out of turn. NotReached, Deferred."""
    queue = host.config.queue(item.queue)
    if not queue:
        raise Deferred(f"the queue {item.queue} was deleted")
    try:
        extension = host.queues.agents.extension_of(agent)
    except (Failed, NotFound) as failed:
        raise Deferred(str(failed)) from None
    call = _begin(host, item, str(uuid7()))
    leg = await dialled.rung(host, call, extension, item.number)
    if not leg:
        raise Deferred("the agent did not answer")
    await Keeping(host, item, queue, call, Found(leg, agent)).run()


def _begin(host: Host, item: CallBack, id: str) -> Call:
    """Its call, with the first offer. Agents see who is to be called."""
    host.call_backs.changed(item.id, state=CallBackState.CALLING, last_call=id)
    customer = Caller(item.number, item.name)
    call = Call(host.journal, Direction.OUTBOUND, customer, item.number, CallState.WAITING, id=id, queue=item.queue)
    call.recording_refused = item.refused or _untold(host, item)
    call.note("call_back", id=item.id, call=item.call, attempt=item.tries + 1)
    return call


def _untold(host: Host, item: CallBack) -> bool:
    """Whether nobody could tell the customer of a recording that has to be announced: a supervisor asked for it."""
    queue = host.config.queue(item.queue)
    return item.call is None and queue is not None and queue.consent in ("caller", "both")


class Keeping:
    """An agent has answered; `run` returns after the talk. NotReached, Deferred."""

    def __init__(self, host: Host, item: CallBack, queue: Queue, call: Call, found: Found) -> None:
        self._host, self._item, self._queue, self._call, self._found = host, item, queue, call, found
        self._agent = found.leg
        self._dialling, self._failed = False, ""

    async def run(self) -> None:
        call, host = self._call, self._host
        host.call_backs.changed(self._item.id, agent=self._found.agent)
        call.on_answered = lambda: host.call_backs.kept(self._item.id, agent=self._found.agent)
        call.joined(self._agent)
        async with concluding(call, self._agent):
            await self._carry_out()
        if call.cdr.answered_at:
            return
        if not self._dialling:
            raise Deferred("the agent hung up before the customer was called")
        raise NotReached(self._failed or "the agent hung up before the customer answered")

    async def _carry_out(self) -> None:
        waited_s = (times.now() - self._item.since).total_seconds()
        try:
            async with while_present(self._agent):
                await serving.introduce(self._host, self._call, self._agent, self._queue, waited_s, call_back=True)
            customer = await self._dialled()
            self._call.joined(customer)
            try:
                await self._talk(customer)
            finally:
                self._call.release(customer)
        except Failed as failed:
            self._failed = str(failed)
            raise

    async def _dialled(self) -> Leg:
        """The customer's leg, not necessarily answered. Failed, Gone."""
        host, number = self._host, self._item.number
        target = check(host, self._queue.call_back, number)
        extension = host.queues.agents.extension_of(self._found.agent)
        me = caller_rules.inside(extension)
        self._call.learnt(from_number=me.number, from_name=me.name)
        self._dialling = True
        self._call.became(CallState.DIALLING, "dialling", number=number)
        async with while_present(self._agent):
            await self._agent.alert()
            if target.kind == TargetKind.EXTENSION:
                return await ring_extension(host, extension_of(host, number), me, ANSWER_S, RingName.RECALL)
            return await leaving.call_out(host, self._call, leaving.way(host, number), me)

    async def _talk(self, customer: Leg) -> None:
        """The customer has the caller's place; then the survey."""
        host, call, agent = self._host, self._call, self._found.agent
        customer.language = self._item.language
        by_itself = outside.heard_by_itself(customer)
        if not by_itself:
            await self._answered(customer)
            call.answered(agent=agent)
        await self._agent.answer()
        answering = conversing.answering(call, self._agent, customer) if by_itself else None
        try:
            await conversing.converse(host, call, customer, self._agent, agent=agent, answering=answering)
        except Gone as gone:
            if gone.leg is not customer and call.cdr.answered_at:
                host.queues.talk_ended(agent, call.id)
                await surveys.afterwards(host, call, customer, self._queue)
            raise

    async def _answered(self, customer: Leg) -> None:
        try:
            async with while_present(self._agent, customer), asyncio.timeout(ANSWER_S):
                await outside.answered(customer)
        except TimeoutError:
            raise Failed(Cause.NO_ANSWER, "the customer did not answer") from None
        except Gone as gone:
            if gone.leg is not customer:
                raise
            raise Failed(gone.cause, "the customer did not answer") from gone
