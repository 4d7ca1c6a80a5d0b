# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that come in: on a line, or by SIP."""

from __future__ import annotations

from firmware.calls import caller_rules, destinations, dialled, fax
from firmware.calls.call import Call, CallState
from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.journal import EMERGENCY
from firmware.calls.leg import Caller, Failed
from firmware.calls.line import Line
from firmware.calls.line_leg import LineLeg
from firmware.calls.outcome import concluding
from firmware.calls.passport import Attested
from firmware.calls.scope import while_present
from firmware.calls.sip_leg import SipLeg
from firmware.config import Route, Target, TargetKind
from firmware.records import Direction
from firmware.routing import inward, lists


async def from_line(host: Host, line: Line, leg: LineLeg) -> None:
    """A line rings: who calls, then where the line's route says."""
    known = host.config.line(line.id)
    number = known.number if known else ""
    call = Call(host.journal, Direction.INBOUND, Caller(), number, CallState.RINGING, line=line.id)
    call.joined(leg)
    async with concluding(call, leg):
        async with while_present(leg):
            caller = host.phone_book.named(await leg.identify())
            call.identified(caller)
            if leg.caller_id_damage:
                call.note("caller_id_damaged", line=line.id, reason=leg.caller_id_damage)
        _welcome(host, caller)
        await fax.connect(host, call, leg, _route_of_line(host, call, line.id, number), known.fax if known else None)


def _welcome(host: Host, caller: Caller) -> None:
    """Failed for those on the black list. After a call for help nobody is refused: help may call back."""
    helping = any(kind.startswith(EMERGENCY) for kind in host.journal.alarms)
    refused = lists.refused_in(host.config, host.country, caller.number, caller.private)
    if refused and not helping:
        raise Failed(Cause.REJECTED, refused)


def _open(host: Host, call: Call, routes: list[Route], origin: str) -> Target | None:
    """Where the routes of an origin lead now; None when there are none. Failed when there are, but none is open."""
    route = inward.open_route(host.config, routes, host.local_time(), host.night.mode)
    if routes and not route:
        raise Failed(Cause.NO_ANSWER, f"no route for {origin} is open at this time")
    if route:
        call.priority, call.required = route.priority, route.required
    return route.to if route else None


def _route_of_line(host: Host, call: Call, port: str, number: str) -> Target:
    target = _open(host, call, inward.of_line(host.config, port, number), port)
    if not target:
        raise Failed(Cause.UNALLOCATED, f"{port} has no route: a call came in and nobody is to answer it")
    return target


async def from_phone(host: Host, leg: SipLeg, extension: str, number: str) -> None:
    """A registered SIP phone calls: it may whatever the extension may."""
    owner = host.config.extension(extension)
    if owner:
        leg.number = owner.number
        await dialled.place(host, leg, caller_rules.inside(owner), number)
    else:  # deleted since the phone registered
        await leg.refuse(Cause.NOT_ALLOWED)


async def from_sip(
    host: Host, leg: SipLeg, caller: Caller, number: str, trunk: str | None, *, stranger: bool = False,
    said: Attested = Attested(),  # noqa: B008 (frozen)
) -> None:  # fmt: skip
    """An INVITE: to a routed number, to a trunk's route, to a queue or to an extension. Never to the outside.

    A stranger (no provider, none of our networks) does not learn which extensions there are.
    """
    caller = host.phone_book.named(caller)
    direction = Direction.INBOUND
    known = {"attestation": said.attestation or None, "verstat": said.verstat or None}
    call = Call(host.journal, direction, caller, number, CallState.RINGING, trunk=trunk, **known)
    call.joined(leg)
    if said:
        call.note("identity", **said.as_data())
    async with concluding(call, leg):
        _welcome(host, caller)
        await destinations.connect(host, call, leg, _route_of_sip(host, call, number, trunk, stranger))


def _route_of_sip(host: Host, call: Call, number: str, trunk: str | None, stranger: bool) -> Target:
    config = host.config
    if target := _open(host, call, inward.of_number(config, number), number):
        return target
    for queue in config.queues:
        if number in (queue.number, queue.name):
            return Target(TargetKind.QUEUE, queue.name)
    if not stranger and any(extension.number == number for extension in config.extensions):
        return Target(TargetKind.EXTENSION, number)
    if target := _open(host, call, inward.of_trunk(config, trunk), trunk or ""):
        return target
    raise Failed(Cause.UNALLOCATED, f"nothing here has the number {number}")
