# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways out: a line of a group of FXO ports, or a SIP provider."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any

from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Failed, Leg, existing
from firmware.calls.line import Line
from firmware.calls.line_leg import LineLeg
from firmware.calls.scope import Gone, while_present
from firmware.calls.sip_leg import SipLeg
from firmware.config import Trunk
from firmware.routing.outward import Attempt

if TYPE_CHECKING:
    from firmware.core.place import Place

log = logging.getLogger(__name__)

FIRST_RESPONSE_S = 4.0  # a provider that has not said a word until then is away; the next trunk's turn
SIP_SETUP_S = 30.0  # from a provider's first word (100 Trying) until somebody is rung or answers
RETRY = (Cause.NO_CIRCUIT, Cause.CONGESTION, Cause.OUT_OF_ORDER, Cause.NETWORK_OUT_OF_ORDER, Cause.TEMPORARY_FAILURE,
         Cause.TIMER_EXPIRED)  # fmt: skip


async def call_out(host: Host, call: Call, attempts: Iterable[Attempt], *, whatever_they_say: bool = False) -> Leg:
    """A leg on the first trunk that takes the call: dialled, not necessarily answered. Failed when none does.

    A trunk that is busy or broken leaves the call to the next one; any other answer counts, unless `whatever_they_say`.
    """
    failure = Failed(Cause.NO_CIRCUIT, "no trunk")
    for attempt in in_order(host, call, attempts):
        trunk = _trunk(host, attempt)
        call.learnt(trunk=trunk.name)
        call.note("trunk_tried", trunk=trunk.name, number=attempt.digits)
        try:
            return await (_by_provider if trunk.sip else _by_line)(host, call, trunk, attempt.digits)
        except Failed as failed:
            log.info("%s: trunk %s: %s", call.id, trunk.name, failed)
            call.note("trunk_failed", trunk=trunk.name, cause=int(failed.cause), reason=str(failed))
            failure = failed
            if failed.cause not in RETRY and not whatever_they_say:
                break
    raise failure


def _trunk(host: Host, attempt: Attempt) -> Trunk:
    return existing(host.config.trunk(attempt.trunk), f"trunk {attempt.trunk}")


def in_order(host: Host, call: Call, attempts: Iterable[Attempt]) -> list[Attempt]:
    """Those on trunks that are known to be down come last: they are tried when no other takes the call."""
    every = list(attempts)
    down = [attempt for attempt in every if host.trunk_down(_trunk(host, attempt))]
    for attempt in down if len(down) < len(every) else ():
        call.note("trunk_skipped", trunk=attempt.trunk)
    return [*(attempt for attempt in every if attempt not in down), *down]


def heard_by_itself(leg: Leg) -> bool:
    """Whether the far end makes its own tones, so that the caller should hear it before it answers."""
    return isinstance(leg, LineLeg) or (isinstance(leg, SipLeg) and leg.early)


async def _by_line(host: Host, call: Call, trunk: Trunk, digits: str) -> Leg:
    failure = Failed(Cause.NO_CIRCUIT, f"every line of {trunk.name} is in use or dead")
    tried: set[str] = set()
    while line := _free(host, trunk, tried):
        tried.add(line.id)
        try:
            return await by_line(call, line, digits)
        except Failed as failed:
            failure = failed
            if failed.cause not in RETRY:
                break
    raise failure


async def by_line(call: Call, line: Line, digits: str) -> Leg:
    """The line, dialled. Failed."""
    leg = line.take()
    call.learnt(line=line.id)
    async with _hung_up_unless_done(leg):
        await _dial(leg, digits)
    return leg


def _free(host: Host, trunk: Trunk, tried: set[str]) -> Line | None:
    lines = (host.lines[port] for port in trunk.ports if port in host.lines and port not in tried)
    return next((line for line in lines if line.free), None)


async def _dial(leg: LineLeg, digits: str) -> None:
    dialling = asyncio.create_task(leg.dial(digits))
    try:
        signs: set[asyncio.Future[Any]] = {dialling, leg.gone}
        await asyncio.wait(signs, return_when=asyncio.FIRST_COMPLETED)
        if not dialling.done():
            raise Failed(leg.gone.result(), f"{leg.name} failed while dialling")
        await dialling
    finally:
        dialling.cancel()


async def _by_provider(host: Host, call: Call, trunk: Trunk, digits: str) -> Leg:
    assert trunk.sip
    failure = Failed(Cause.NETWORK_OUT_OF_ORDER, f"the address of {trunk.sip.registrar} is not known")
    for place in host.places(trunk):
        try:
            return await _at_place(host, call, trunk, place, digits)
        except Failed as failed:
            failure = failed
            if failed.cause not in RETRY:
                break
            call.note("provider_failed", trunk=trunk.name, registrar=place.registrar, reason=str(failed))
    raise failure


async def _at_place(host: Host, call: Call, trunk: Trunk, place: Place, digits: str) -> Leg:
    leg = host.call_provider(trunk, place, digits, call.shown or call.caller)
    leg.on_note = call.note
    async with _hung_up_unless_done(leg):
        await _sign(trunk, leg, FIRST_RESPONSE_S, leg.heard_of)
        await _sign(trunk, leg, SIP_SETUP_S, leg.up, leg.ringing)
    return leg


async def _sign(trunk: Trunk, leg: SipLeg, limit_s: float, *events: asyncio.Event) -> None:
    """Waits for one of the events. Failed when the provider refuses, or when none comes in time."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        signs: set[asyncio.Future[Any]] = {*waits, leg.gone}
        done, _ = await asyncio.wait(signs, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    if leg.gone.done():
        raise Failed(leg.gone.result(), f"{trunk.name} refused")
    if not done:
        raise Failed(Cause.TIMER_EXPIRED, f"{trunk.name} did not answer within {limit_s:.0f} s")


@contextlib.asynccontextmanager
async def _hung_up_unless_done(leg: Leg) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        leg.hang_up()
        raise


async def answered(leg: Leg) -> None:
    """Waits until the far end of an outgoing leg takes the call."""
    if isinstance(leg, LineLeg):
        await leg.connected.wait()
    elif isinstance(leg, SipLeg):
        await leg.up.wait()
        await leg.has_sound()


async def taken(leg: Leg) -> None:
    """The same for a leg that nobody else watches. Failed when the far end hangs up, or is busy."""
    try:
        async with while_present(leg):
            await answered(leg)
    except Gone as gone:
        raise Failed(gone.cause, f"{leg.name} refused") from gone
