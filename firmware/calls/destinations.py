# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a call goes: a queue, an extension, a number outside. Each is told as it happens."""

from __future__ import annotations

from firmware.acd import GaveUp
from firmware.calls import forwarding, leaving, outside, paging, serving, surveys
from firmware.calls.call import Call, CallState
from firmware.calls.causes import Cause
from firmware.calls.conversing import answering, converse, kept_waiting, talk
from firmware.calls.groups import ring_group
from firmware.calls.host import Host
from firmware.calls.leg import Failed, Leg, existing
from firmware.calls.numbers import extension_of
from firmware.calls.outcome import Overflowed
from firmware.calls.queueing import Found
from firmware.calls.scope import Gone, while_present
from firmware.calls.self_service import to_conference, to_disa, to_menu, to_voicemail
from firmware.calls.sip_leg import SipLeg
from firmware.calls.talking import say
from firmware.config import Queue, Target, TargetKind
from firmware.countries import RingName
from firmware.records import Direction
from firmware.routing.inside import MOST_HOPS
from firmware.routing.outward import Attempt, Outward

EXTENSION_RING_S = 120.0  # a direct call to an extension; the caller decides when it is enough


async def connect(host: Host, call: Call, caller: Leg, target: Target) -> None:
    """Takes the caller to the target and stays until the end. Ends in Gone, Failed or Overflowed."""
    call.hops += 1
    if call.hops > MOST_HOPS:
        raise Failed(Cause.ROUTING_ERROR, f"the call goes round: {MOST_HOPS} places sent it on, the last to {target}")
    match target.kind:
        case TargetKind.QUEUE:
            await to_queue(host, call, caller, target.value)
        case TargetKind.EXTENSION:
            await to_extension(host, call, caller, target.value)
        case TargetKind.EXTERNAL:
            await to_number(host, call, caller, target.value)
        case TargetKind.IVR:
            await to_menu(host, call, caller, target.value)
        case TargetKind.VOICEMAIL:
            await to_voicemail(host, call, caller, target.value)
        case TargetKind.CONFERENCE:
            await to_conference(host, call, caller, target.value)
        case TargetKind.GROUP:
            await to_group(host, call, caller, target.value)
        case TargetKind.PAGING:
            await to_paging(host, call, caller, target.value)
        case TargetKind.DISA:
            await to_disa(host, call, caller, target.value)
        case TargetKind.SURVEY:
            await surveys.hold(host, call, caller, target.value)
        case TargetKind.TRUNK:
            await to_trunk(host, call, caller, target.value)


async def to_queue(host: Host, call: Call, caller: Leg, name: str) -> None:
    """Greeting, music, an agent; or what the queue says for those who waited too long."""
    queue = existing(host.config.queue(name), f"queue {name}")
    async with while_present(caller):
        await caller.answer()
        call.served = True
        call.became(CallState.GREETING, "greeting")
        await say(host, caller, queue.greeting or "greeting")
    left = await serving.wait(host, call, caller, queue)
    queue = host.config.queue(call.cdr.queue) or queue  # a supervisor may have sent the caller to another one
    match left:
        case Found() as found:
            await _served(host, call, caller, queue, found)
        case GaveUp() as why:
            await _overflow(host, call, caller, queue, why)
        case Target() as target:
            await connect(host, call, caller, target)


async def _served(host: Host, call: Call, caller: Leg, queue: Queue, found: Found) -> None:
    try:
        await talk(host, call, caller, found.leg, agent=found.agent)
    except Gone as gone:
        if gone.leg is not caller:
            host.queues.talk_ended(found.agent, call.id)
            await surveys.afterwards(host, call, caller, queue)
        raise
    finally:
        host.queues.talk_ended(found.agent, call.id)


async def _overflow(host: Host, call: Call, caller: Leg, queue: Queue, why: GaveUp) -> None:
    call.overflowed = True
    beyond = {GaveUp.FULL: queue.when_full, GaveUp.EMPTY: queue.when_empty}.get(why) or queue.overflow
    if not beyond:
        raise Overflowed
    await connect(host, call, caller, beyond)


async def to_extension(host: Host, call: Call, caller: Leg, number: str) -> None:
    """Rings what the extension has, or goes where its calls are forwarded; what nobody takes, its box takes."""
    extension = extension_of(host, number)
    box = extension.voicemail
    try:
        async with while_present(caller), kept_waiting(host, call, caller):
            ring = RingName.INSIDE if call.cdr.direction == Direction.INTERNAL else RingName.OUTSIDE
            limit_s = box.after_s if box else EXTENSION_RING_S
            callee = await forwarding.reach(host, call, extension, call.caller, limit_s, ring)
    except forwarding.Forwarded as forwarded:
        forwarding.note(call, forwarded)
        await connect(host, call, caller, forwarded.target)
        return
    except Failed as failed:
        if failed.cause == Cause.BUSY and call.cdr.direction == Direction.INTERNAL:
            host.completions.was_busy(call.cdr.from_number, number)
        if not box:
            raise
        call.note("unanswered", extension=number, reason=str(failed))
        await to_voicemail(host, call, caller, number)
        return
    await talk(host, call, caller, callee)


async def to_group(host: Host, call: Call, caller: Leg, name: str) -> None:
    """Whoever of a group answers; then where the group says."""
    group = existing(host.config.group(name), f"group {name}")
    try:
        async with while_present(caller), kept_waiting(host, call, caller):
            callee = await ring_group(host, call, group)
    except Failed as failed:
        if not group.then:
            raise
        call.note("group_not_answered", group=name, to=str(group.then), reason=str(failed))
        await connect(host, call, caller, group.then)
        return
    await talk(host, call, caller, callee)


async def to_paging(host: Host, call: Call, caller: Leg, name: str) -> None:
    """Speaks to phones that answer by themselves."""
    found = existing(host.config.paging(name), f"paging group {name}")
    async with while_present(caller):
        await caller.answer()
        call.answered()
        await paging.page(host, call, caller, found.members)


async def to_intercom(host: Host, call: Call, caller: Leg, number: str) -> None:
    """A SIP phone that answers by itself."""
    extension = extension_of(host, number)
    async with while_present(caller), kept_waiting(host, call, caller):
        callee = await paging.intercom(host, extension, call.caller)
    await talk(host, call, caller, callee)


# ---- outside ---------------------------------------------------------------------------------


async def to_number(host: Host, call: Call, caller: Leg, number: str) -> None:
    """A number outside, by the outbound routes; one that none matches goes out as it is, over the first."""
    await _outside(host, call, caller, leaving.way(host, number))


async def to_trunk(host: Host, call: Call, caller: Leg, name: str) -> None:
    """The other end of a trunk takes over, under the number that was called."""
    queue = host.config.queue(call.cdr.queue)
    number = (queue.number if queue else None) or call.cdr.to_number
    await _outside(host, call, caller, Outward(number, "local", False, (Attempt(number, name),)))


async def _outside(host: Host, call: Call, caller: Leg, way: Outward) -> None:
    if call.cdr.answered_at is None:
        call.became(CallState.DIALLING, "dialling", number=way.attempts[0].digits if way.attempts else way.number)
    async with while_present(caller):
        callee = await leaving.call_out(host, call, way, call.caller)
    call.joined(callee)
    try:
        if outside.heard_by_itself(callee):
            async with while_present(caller, callee):
                await (caller.preview() if isinstance(callee, SipLeg) else caller.answer())
            await converse(host, call, caller, callee, answering=answering(call, caller, callee))
            return
        async with while_present(caller, callee):
            await caller.alert()
            await outside.answered(callee)
            await caller.answer()
        call.answered()
        caller.far_end_answered(outside=True)
        await converse(host, call, caller, callee)
    finally:
        call.release(callee)
