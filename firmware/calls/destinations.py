# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a call goes: a queue, an extension, a number outside. Each is told as it happens."""

from __future__ import annotations

import asyncio
import contextlib

from firmware.calls import outside
from firmware.calls.call import Call, CallState
from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Failed, Leg
from firmware.calls.line import LineLeg
from firmware.calls.outcome import Overflowed
from firmware.calls.ringing import ring_extension
from firmware.calls.scope import while_present
from firmware.calls.sip_leg import SipLeg
from firmware.calls.talking import hearing, joined, play, talk
from firmware.config import Agent, Outbound, Queue, Target, TargetKind
from firmware.config.dialplan import lookup, to_dial
from firmware.countries import RingName
from firmware.records import Direction

EXTENSION_RING_S = 120.0  # a direct call to an extension; the caller decides when it is enough
ANSWER_LIMIT_S = 180.0  # ringing outside


async def connect(host: Host, call: Call, caller: Leg, target: Target) -> None:
    """Takes the caller to the target and stays until the end. Ends in Gone, Failed or Overflowed."""
    match target.kind:
        case TargetKind.QUEUE:
            await to_queue(host, call, caller, target.value)
        case TargetKind.EXTENSION:
            await to_extension(host, call, caller, target.value)
        case TargetKind.EXTERNAL:
            await to_number(host, call, caller, target.value)
        case TargetKind.TRUNK:
            await to_trunk(host, call, caller, target.value)


async def to_queue(host: Host, call: Call, caller: Leg, name: str) -> None:
    """Greeting, music, an agent; or what the queue says for those who waited too long."""
    queue = _queue(host, name)
    async with while_present(caller):
        await caller.answer()
        call.became(CallState.GREETING, "greeting")
        await play(host.events, caller, host.prompt(queue.greeting or "greeting"))
        with hearing(host.music(), caller):
            found = await host.queues.connect(call, name)
            if not found:
                call.overflowed = True
                if not queue.overflow:
                    raise Overflowed
                await connect(host, call, caller, queue.overflow)
                return
    await _talk(host, call, caller, found[0], record=queue.record, agent=found[1])


def _queue(host: Host, name: str) -> Queue:
    queue = next((q for q in host.config.queues if q.name == name), None)
    if not queue:
        raise Failed(Cause.UNALLOCATED, f"the queue {name} was deleted")
    return queue


async def to_extension(host: Host, call: Call, caller: Leg, number: str) -> None:
    """Rings the extension's phones."""
    extension = next((e for e in host.config.extensions if e.number == number), None)
    if not extension:
        raise Failed(Cause.UNALLOCATED, f"there is no extension {number}")
    async with while_present(caller):
        await caller.alert()
        ring = RingName.INSIDE if call.cdr.direction == Direction.INTERNAL else RingName.OUTSIDE
        callee = await ring_extension(host, extension, call.caller, EXTENSION_RING_S, ring)
    await _talk(host, call, caller, callee, record=False)


async def _talk(host: Host, call: Call, caller: Leg, callee: Leg, *, record: bool, agent: Agent | None = None) -> None:
    call.joined(callee)
    try:
        async with while_present(caller, callee):
            await caller.answer()
        if not caller.gone.done():
            call.answered(**({"agent": agent.id} if agent else {}))
            caller.far_end_answered(outside=False)
        await talk(host.room, call, caller, callee, record=record)
    finally:
        call.parted(callee)
        callee.hang_up()
        if agent:
            host.queues.talk_ended(agent)


# ---- outside ---------------------------------------------------------------------------------


def outbound_for(host: Host, digits: str) -> Outbound | None:
    """The most specific outbound route that the digits match."""
    patterns = {route.pattern: route for route in reversed(host.config.outbound)}
    found = lookup(patterns, digits).pattern
    return patterns[found] if found else None


async def to_number(host: Host, call: Call, caller: Leg, number: str) -> None:
    """A number outside, by the outbound routes; one that none matches goes out as it is, over the first."""
    route = outbound_for(host, number)
    if route:
        return await _outside(host, call, caller, to_dial(number, route.strip, route.prepend), route.trunks)
    if not host.config.outbound:
        raise Failed(Cause.NO_CIRCUIT, "there is no outbound route")
    return await _outside(host, call, caller, number, host.config.outbound[0].trunks)


async def to_trunk(host: Host, call: Call, caller: Leg, name: str) -> None:
    """The other end of a trunk takes over, under the number that was called."""
    queue = next((q for q in host.config.queues if q.name == call.cdr.queue), None)
    number = (queue.number if queue else None) or call.cdr.to_number
    await _outside(host, call, caller, number, (name,))


async def _outside(host: Host, call: Call, caller: Leg, digits: str, trunks: tuple[str, ...]) -> None:
    if call.cdr.answered_at is None:
        call.became(CallState.DIALLING, "dialling", number=digits)
    async with while_present(caller):
        callee = await outside.call_out(host, call, digits, trunks)
    call.joined(callee)
    try:
        if isinstance(callee, LineLeg) or (isinstance(callee, SipLeg) and callee.early):
            await _listen_in(call, caller, callee)
        else:
            async with while_present(caller, callee):
                await caller.alert()
                await outside.answered(callee)
                await caller.answer()
            call.answered()
            caller.far_end_answered(outside=True)
            await talk(host.room, call, caller, callee, record=False)
    finally:
        call.parted(callee)
        callee.hang_up()


async def _listen_in(call: Call, caller: Leg, callee: Leg) -> None:
    """The far end makes its own tones, so the caller hears it from the first moment."""
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(while_present(caller, callee))
        await caller.answer()
        stack.enter_context(joined(caller, callee, None))
        await outside.answered(callee)
        call.answered()
        caller.far_end_answered(outside=True)
        await asyncio.get_running_loop().create_future()
