# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that go out from a telephone of the house: dial tone, digits, and where they lead."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace

from firmware.calls import agent_codes, caller_rules, choosing, destinations, self_service, voicemail
from firmware.calls.call import Call, CallState
from firmware.calls.causes import Cause
from firmware.calls.collecting import collect
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Failed, Leg
from firmware.calls.night import BY_KEY
from firmware.calls.numbers import feature, permit, resolve
from firmware.calls.outcome import concluding
from firmware.calls.phone_dialogue import PhoneDialogue
from firmware.calls.ringing import ring_extension
from firmware.calls.scope import Gone, while_present
from firmware.calls.station import Station
from firmware.calls.station_leg import StationLeg
from firmware.calls.talking import answer_or_end, say
from firmware.config import Extension, TargetKind
from firmware.countries import RingName
from firmware.errors import TipringError
from firmware.records import Direction, Disposition

log = logging.getLogger(__name__)

EVERYTHING = "international"  # the widest class of service
ORIGINATE_RING_S = 30.0
OWN_CALLS = ("voicemail", "voicemail_other", "record_prompt")  # features that are a call to the box


async def from_station(host: Host, station: Station, leg: StationLeg) -> None:
    """A phone was lifted."""
    try:
        async with while_present(leg):
            number = await collect(host, leg)
    except Gone:
        leg.hang_up()
        return
    if not number:
        leg.hang_up(Cause.INVALID_NUMBER)
        return
    extension = host.config.extension_on(station.id)
    caller = caller_rules.inside(extension) if extension else Caller()
    await place(host, leg, caller, number)


async def place(host: Host, leg: Leg, caller: Caller, number: str, service: str | None = None) -> None:
    """Calls a number for somebody of the house, from first digit to last hang-up.

    `service` is a class of service in the place of the extension's.
    """
    leg.number = leg.number or caller.number
    match feature(host, number):
        case ("unlock", _):
            await _unlocked(host, leg, caller)
        case ("night", key):
            await _switched(host, leg, caller, key)
        case ("withhold", other):
            hidden = replace(caller, private=True)
            await _connect(host, begin(host, hidden, other, CallState.DIALLING, withheld=True), leg, other, service)
        case ("show", other):
            await _connect(host, begin(host, caller, other, CallState.DIALLING, withheld=False), leg, other, service)
        case ("intercom", other):
            await _intercom(host, begin(host, caller, other, CallState.DIALLING), leg, other)
        case (name, _) if name in OWN_CALLS:
            await _visit(host, leg, caller, number, name)
        case (name, argument):
            await serve(host, leg, caller.number, name, argument)
        case None:
            call = begin(host, caller, number, CallState.DIALLING)
            if service:
                call.note("unlocked", service=service)
            await _connect(host, call, leg, number, service)


async def _unlocked(host: Host, leg: Leg, caller: Caller) -> None:
    """One call beyond the class of this extension, for who knows its PIN."""
    extension = host.config.extension(caller.number)
    number = ""
    try:
        async with while_present(leg):
            await leg.answer()
            with closing(PhoneDialogue(host, leg)) as dialogue:
                if not extension or not extension.class_pin or not await dialogue.knows_pin(extension.class_pin):
                    raise Failed(Cause.REJECTED, f"{caller.number} has no PIN, or it was wrong")
            number = await (collect(host, leg) if isinstance(leg, StationLeg) else dialogue.number("enter-number"))
    except (Gone, Failed) as error:
        log.info("%s: %s", leg.name, error)
        leg.hang_up(error.cause)
        return
    if number and not feature(host, number):
        await place(host, leg, caller, number, EVERYTHING)
    else:
        leg.hang_up(Cause.INVALID_NUMBER)


async def _switched(host: Host, leg: Leg, caller: Caller, key: str) -> None:
    """The night switch; the phone is told how it stands now."""
    host.night.set(BY_KEY[key], caller.number)
    cause = Cause.NORMAL
    try:
        async with while_present(leg):
            await leg.answer()
            await say(host, leg, f"night-{host.night.mode}")
    except (Gone, Failed) as error:
        cause = error.cause
    leg.hang_up(cause)


async def _visit(host: Host, leg: Leg, caller: Caller, number: str, name: str) -> None:
    """The box itself is called: for messages, or to record a prompt."""
    call = begin(host, caller, number, CallState.DIALLING)
    call.joined(leg)
    async with concluding(call, leg):
        if name == "record_prompt":
            await voicemail.record_prompt(host, call, leg)
        else:
            await self_service.to_messages(host, call, leg, caller.number if name == "voicemail" else "")


async def serve(host: Host, leg: Leg, number: str, name: str, argument: str) -> None:
    """What the box does for a phone (of extension `number`) that dialled a feature code.

    The call that it becomes part of owns it then.
    """
    try:
        match name:
            case "retrieve":
                host.parking.take(argument, leg)
                await _has_taken(leg)
            case "pick_up":
                host.ringing.pick_up(leg, pickup_group(host, number))
                await _has_taken(leg)
            case "pick_up_directed":
                host.ringing.pick_up(leg, (argument,))
                await _has_taken(leg)
            case "keep_trial":
                await host.keep_trial(number)
                async with while_present(leg):
                    await leg.answer()
                    await say(host, leg, "vm-saved")
                leg.hang_up()
            case _ if name in agent_codes.NAMES:
                await agent_codes.served(host, leg, number, name, argument)
                leg.hang_up()
            case _ if name in choosing.NAMES:
                await choosing.chosen(host, leg, number, name, argument)
                leg.hang_up()
            case _:
                raise Failed(Cause.UNALLOCATED, "there is nobody to do this with")
    except Failed as failed:
        log.info("%s: %s", leg.name, failed)
        leg.hang_up(failed.cause)
    except Gone:
        leg.hang_up()
    except TipringError as error:
        log.warning("%s: %s", leg.name, error.message)
        leg.hang_up(Cause.TEMPORARY_FAILURE)


async def _has_taken(leg: Leg) -> None:
    """A call: it is that one's from now on, which also sees to its end."""
    with contextlib.suppress(Gone):
        async with while_present(leg):
            await answer_or_end(leg)


def pickup_group(host: Host, number: str) -> frozenset[str]:
    """The extensions whose calls this one may take by the short code: those without a group are one together."""
    groups = {extension.number: extension.pickup_group for extension in host.config.extensions}
    return frozenset(other for other, group in groups.items() if group == groups.get(number))


def begin(host: Host, caller: Caller, number: str, state: CallState, withheld: bool | None = None) -> Call:
    """A call that somebody of the house makes. `withheld`: whether it shows who calls, None as configured."""
    target = resolve(host, number)
    outward = target is not None and target.kind == TargetKind.EXTERNAL
    call = Call(host.journal, Direction.OUTBOUND if outward else Direction.INTERNAL, caller, number, state)
    call.withheld = withheld
    return call


async def _intercom(host: Host, call: Call, leg: Leg, number: str) -> None:
    call.joined(leg)
    async with concluding(call, leg):
        await destinations.to_intercom(host, call, leg, number)


async def _connect(host: Host, call: Call, leg: Leg, number: str, service: str | None = None) -> None:
    call.joined(leg)
    async with concluding(call, leg):
        target = resolve(host, number)
        if not target:
            raise Failed(Cause.UNALLOCATED, f"nothing in the dial plan matches {number}")
        permit(host, call.cdr.from_number, target, service)
        await destinations.connect(host, call, leg, target)


async def originate(host: Host, call: Call, extension: Extension, number: str) -> None:
    """Click to dial: rings the extension, then calls `number` for it."""
    if leg := await rung(host, call, extension, number):
        await _connect(host, call, leg, number)


async def record_prompt(host: Host, call: Call, extension: Extension, name: str, language: str) -> None:
    """Rings the extension, where somebody then records a prompt."""
    if leg := await rung(host, call, extension, call.cdr.to_number):
        call.joined(leg)
        async with concluding(call, leg):
            await voicemail.record_named(host, call, leg, name, language)


async def check_sound(host: Host, call: Call, extension: Extension, heard: Callable[[bytes], Awaitable[None]]) -> None:
    """Rings the extension, where somebody then speaks and hears it again."""
    if leg := await rung(host, call, extension, call.cdr.to_number):
        call.joined(leg)
        async with concluding(call, leg):
            await voicemail.check_sound(host, call, leg, heard)


async def rung(host: Host, call: Call, extension: Extension, shown: str) -> Leg | None:
    """The phone that answered; None when none did, and the call has ended. `shown` is the number on its display."""
    try:
        return await ring_extension(host, extension, Caller(shown), ORIGINATE_RING_S, RingName.RECALL)
    except Failed as failed:
        call.note("failed", cause=int(failed.cause), reason=str(failed))
        call.ended(Disposition.FAILED, failed.cause, "system")
        return None
    except asyncio.CancelledError:
        call.ended(Disposition.FAILED, Cause.NORMAL, "system")
        raise
