# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a call goes: a queue, an extension, a number outside. Each is told as it happens."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Coroutine
from contextlib import closing
from typing import Any

from firmware import times
from firmware.acd import GaveUp
from firmware.calls import forwarding, leaving, outside, paging, serving, surveys, voicemail
from firmware.calls.call import Call, CallState
from firmware.calls.causes import Cause
from firmware.calls.conferences import Guest
from firmware.calls.conversation import Conversation, Go, Moved
from firmware.calls.groups import ring_group
from firmware.calls.host import Host
from firmware.calls.leg import Failed, Leg, existing
from firmware.calls.menus import Menus
from firmware.calls.numbers import extension_of, permit, resolve
from firmware.calls.outcome import Overflowed
from firmware.calls.parking import Place
from firmware.calls.phone_dialogue import PhoneDialogue
from firmware.calls.queueing import Found
from firmware.calls.recording_rules import rule_of
from firmware.calls.ringing import ring_extension
from firmware.calls.scope import Gone, while_present
from firmware.calls.sip_leg import SipLeg
from firmware.calls.talking import answer_or_end, hearing, say
from firmware.config import ChoiceKind, Queue, Target, TargetKind
from firmware.countries import RingName
from firmware.records import Direction, Disposition
from firmware.routing.outward import Attempt, Outward

PARKED_S = 120.0  # then whoever parked the call is rung
EXTENSION_RING_S = 120.0  # a direct call to an extension; the caller decides when it is enough
MOST_HOPS = 5  # of a call that nobody answers
ANSWER_LIMIT_S = 180.0  # ringing outside


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
    match await serving.wait(host, call, caller, queue):
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
        async with while_present(caller), _waiting(host, call, caller):
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
        async with while_present(caller), _waiting(host, call, caller):
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
    async with while_present(caller), _waiting(host, call, caller):
        callee = await paging.intercom(host, extension, call.caller)
    await talk(host, call, caller, callee)


async def to_menu(host: Host, call: Call, caller: Leg, name: str) -> None:
    """Through the menus, to where the caller chooses."""
    async with while_present(caller):
        await caller.answer()
        call.served = True
        call.became(CallState.GREETING, "greeting")
        with closing(PhoneDialogue(host, caller)) as dialogue:
            chosen = await Menus(host.config, dialogue, call.note).walk(name)
    if isinstance(chosen, Target):
        await connect(host, call, caller, chosen)
    elif chosen.kind == ChoiceKind.MAILBOX:
        await to_messages(host, call, caller, "")
    else:
        call.outcome = Disposition.NO_ANSWER


async def to_voicemail(host: Host, call: Call, caller: Leg, number: str) -> None:
    """Leaves a message; the owner who calls in listens instead."""
    caller.quiet()
    await _call_back(host, call, caller, await voicemail.leave(host, call, caller, number))


async def to_messages(host: Host, call: Call, caller: Leg, own: str) -> None:
    """Listens to the messages of the own box, or with "" to those of any by its PIN."""
    await _call_back(host, call, caller, await voicemail.listen(host, call, caller, own))


async def _call_back(host: Host, call: Call, caller: Leg, number: str) -> None:
    if number:
        call.note("called_back", number=number)
        target = resolve(host, number) or Target(TargetKind.EXTERNAL, number)
        permit(host, caller.number, target, None if caller.number else "internal")  # never on from outside to outside
        await connect(host, call, caller, target)


async def to_conference(host: Host, call: Call, caller: Leg, name: str) -> None:
    """Into a room, once the PIN was right."""
    conference = existing(host.config.conference(name), f"conference {name}")
    async with while_present(caller):
        await caller.answer()
        with closing(PhoneDialogue(host, caller)) as dialogue:
            if conference.pin and not await dialogue.knows_pin(conference.pin):
                raise Failed(Cause.REJECTED, f"the PIN of the conference {name} was wrong")
        call.answered()
        call.note("entered", conference=name, others=host.conferences.count(name))
        known = Guest(call.id, caller.number or call.cdr.from_number, call.cdr.from_name, times.now())
        await host.conferences.stay(name, caller, known)


async def to_disa(host: Host, call: Call, caller: Leg, name: str) -> None:
    """Who knows the PIN calls on from here."""
    async with while_present(caller):
        target = await host.disa.enter(call, caller, name)
    await connect(host, call, caller, target)


@contextlib.asynccontextmanager
async def _waiting(host: Host, call: Call, caller: Leg) -> AsyncIterator[None]:
    """A new caller hears that it rings; one who was connected already hears music."""
    if call.cdr.answered_at or call.served:
        with hearing(host.music(), caller):
            yield
    else:
        await caller.alert()
        yield


async def talk(host: Host, call: Call, caller: Leg, callee: Leg, *, agent: str | None = None) -> None:
    """From the moment in which somebody took the call until its end."""
    call.joined(callee)
    try:
        async with while_present(caller, callee):
            await caller.answer()
        if not caller.gone.done():
            call.answered(**({"agent": agent} if agent else {}))
            caller.far_end_answered(outside=False)
        await converse(host, call, caller, callee, agent=agent)
    finally:
        call.release(callee)


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


async def answering(call: Call, caller: Leg, callee: Leg) -> None:
    """The far end makes its own tones, so the caller hears it from the first moment. A line may never tell that
    somebody answers: its caller was answered before.
    """
    await outside.answered(callee)
    await answer_or_end(caller)
    call.answered()
    caller.far_end_answered(outside=True)


# ---- talking -----------------------------------------------------------------------------------


class _Ways:
    """For those who are sent on."""

    def __init__(self, host: Host, call: Call) -> None:
        self._host, self._call = host, call

    def to(self, target: Target) -> Go:
        return lambda leg: connect(self._host, self._call, leg, target)

    def parked(self, place: Place, by: Leg) -> Go:
        return lambda leg: _parked(self._host, self._call, leg, place, by)


async def converse(
    host: Host, call: Call, caller: Leg, callee: Leg, *, agent: str | None = None,
    answering: Coroutine[Any, Any, None] | None = None,
) -> None:  # fmt: skip
    """Two parties talk, and whoever joins them, until the end: Gone, Failed or Overflowed."""
    waiting = asyncio.create_task(answering) if answering else None
    try:
        conversation = Conversation(host, call, _Ways(host, call))
        conversation.add(caller)
        if agent:
            call.on_held = functools.partial(host.agents.figures.held, agent)
        conversation.add(callee, functools.partial(host.queues.talk_ended, agent, call.id) if agent else lambda: None)
        queue = call.cdr.queue if agent else None
        rule = rule_of(host.config, call.cdr, queue, [leg.number for leg in (caller, callee) if leg.number])
        if rule and not call.recording_refused:
            conversation.recorded.begin(rule)
        await conversation.run()
    except Moved as moved:
        for leg in [leg for leg in call.legs if leg is not moved.leg]:
            call.release(leg)
        await _sent_on(host, call, moved)
    finally:
        if waiting:
            waiting.cancel()
        for leg in [leg for leg in call.legs if leg is not caller]:
            call.release(leg)


async def _sent_on(host: Host, call: Call, moved: Moved) -> None:
    """Where it was sent, or back to who sent it."""
    try:
        await moved.go(moved.leg)
    except Failed as failed:
        back = moved.by.number if moved.by else ""
        if not back or moved.leg.gone.done():
            raise
        call.note("recalled", to=back, reason=str(failed))
        await _back_to(host, call, moved.leg, back)


async def _back_to(host: Host, call: Call, leg: Leg, number: str) -> None:
    """Rings whoever sent a party on in vain, whatever it has chosen for other calls."""
    async with while_present(leg), _waiting(host, call, leg):
        extension = extension_of(host, number)
        callee = await ring_extension(host, extension, call.caller, EXTENSION_RING_S, RingName.RECALL)
    await talk(host, call, leg, callee)


async def _parked(host: Host, call: Call, leg: Leg, place: Place, by: Leg) -> None:
    """Waits in the slot; talks with who takes it, or with who parked it when nobody does."""
    try:
        call.became(CallState.WAITING, "parked", slot=place.slot, by=by.name)
        async with while_present(leg):
            with hearing(host.music(), leg):
                async with asyncio.timeout(PARKED_S):
                    taker = await place.taker
    except TimeoutError:
        raise Failed(Cause.NO_ANSWER, f"nobody took the call from slot {place.slot}") from None
    finally:
        host.parking.give_back(place)
    call.note("retrieved", slot=place.slot, by=taker.name)
    await talk(host, call, leg, taker)
