# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that go out from a telephone of the house: dial tone, digits, and where they lead."""

from __future__ import annotations

import asyncio

from firmware.calls import destinations
from firmware.calls.call import Call, CallState
from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Failed, Leg
from firmware.calls.outcome import concluding
from firmware.calls.ringing import ring_extension
from firmware.calls.scope import Gone, while_present
from firmware.calls.station import Station, StationLeg
from firmware.config import Extension, Target, TargetKind
from firmware.config.dialplan import lookup
from firmware.countries import RingName
from firmware.errors import NotFound
from firmware.records import Direction, Disposition

FIRST_DIGIT_S = 20.0
NEXT_DIGIT_S = 4.0
LONGEST = 32
ORIGINATE_RING_S = 30.0


async def from_station(host: Host, station: Station, leg: StationLeg) -> None:
    """A phone was lifted."""
    try:
        async with while_present(leg):
            number = await _collect(host, leg)
    except Gone:
        leg.hang_up()
        return
    if not number:
        leg.hang_up(Cause.INVALID_NUMBER)
        return
    extension = next((e for e in host.config.extensions if e.port == station.id), None)
    caller = Caller(extension.number, extension.name) if extension else Caller()
    await place(host, leg, caller, number)


async def place(host: Host, leg: Leg, caller: Caller, number: str) -> None:
    """Calls a number for somebody of the house, from first digit to last hang-up."""
    call = begin(host, caller, number, CallState.DIALLING)
    await _connect(host, call, leg, number)


def begin(host: Host, caller: Caller, number: str, state: CallState) -> Call:
    """A call that somebody of the house makes."""
    target = resolve(host, number)
    outward = target is not None and target.kind == TargetKind.EXTERNAL
    return Call(host.journal, Direction.OUTBOUND if outward else Direction.INTERNAL, caller, number, state)


async def _connect(host: Host, call: Call, leg: Leg, number: str) -> None:
    call.joined(leg)
    async with concluding(call, leg):
        target = resolve(host, number)
        if not target:
            raise Failed(Cause.UNALLOCATED, f"nothing in the dial plan matches {number}")
        await destinations.connect(host, call, leg, target)


async def _collect(host: Host, leg: StationLeg) -> str:
    """Dial tone, then digits until the dial plan has enough, # is pressed, or no more come."""
    leg.play_dial_tone()
    digits = ""
    while len(digits) < LONGEST:
        try:
            async with asyncio.timeout(NEXT_DIGIT_S if digits else FIRST_DIGIT_S):
                digit = await leg.digits.get()
        except TimeoutError:
            break
        if not digits:
            leg.quiet()
        if digit == "#" and digits:
            break
        digits += digit
        if not lookup(_patterns(host), digits).more:
            break
    leg.quiet()
    return digits


def _patterns(host: Host) -> list[str]:
    config = host.config
    numbers = [e.number for e in config.extensions] + [q.number for q in config.queues if q.number]
    return [*numbers, *(route.pattern for route in config.outbound)]


def resolve(host: Host, number: str) -> Target | None:
    """What a number dialled in the house means; None when nothing."""
    config = host.config
    if any(e.number == number for e in config.extensions):
        return Target(TargetKind.EXTENSION, number)
    queue = next((q for q in config.queues if number and q.number == number), None)
    if queue:
        return Target(TargetKind.QUEUE, queue.name)
    return Target(TargetKind.EXTERNAL, number) if destinations.outbound_for(host, number) else None


async def originate(host: Host, call: Call, extension: Extension, number: str) -> None:
    """Click to dial: rings the extension, then calls `number` for it."""
    try:
        leg = await ring_extension(host, extension, Caller(number), ORIGINATE_RING_S, RingName.RECALL)
    except Failed as failed:
        call.note("failed", cause=int(failed.cause), reason=str(failed))
        call.ended(Disposition.FAILED, failed.cause, "system")
    except asyncio.CancelledError:
        call.ended(Disposition.FAILED, Cause.NORMAL, "system")
        raise
    else:
        await _connect(host, call, leg, number)


def extension_of(host: Host, number: str) -> Extension:
    """An extension by its number. NotFound."""
    extension = next((e for e in host.config.extensions if e.number == number), None)
    if not extension:
        raise NotFound(f"There is no extension {number}.", code="no_such_extension", field="from")
    return extension
