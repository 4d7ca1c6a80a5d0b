# SPDX-License-Identifier: GPL-2.0-or-later
"""Every call that leaves the house passes here: lists and limits first, then the ways out."""

from __future__ import annotations

from firmware.calls import caller_rules, emergency, outside
from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Failed, Leg
from firmware.routing import lists
from firmware.routing.outward import Outward, outward


def way(host: Host, number: str) -> Outward:
    """What to dial, and over which trunks. Failed when nobody may call it, or when there is no way out."""
    found = outward(host.config, host.country, number)
    if found.kind == "emergency":
        return found
    if refused := lists.refused_out(host.config, number) or host.tolls.refuses(found.toll):
        raise Failed(Cause.NOT_ALLOWED, refused)
    if not found.attempts:
        raise Failed(Cause.NO_CIRCUIT, "there is no outbound route")
    return found


async def call_out(host: Host, call: Call, way: Outward, caller: Caller) -> Leg:
    """A leg that was dialled, not necessarily answered. Failed. `caller` is who of the house wants it."""
    if way.kind == "emergency":
        return await emergency.call_out(host, call, way, caller)
    call.shown = caller_rules.outside(host.config, caller, call.withheld)
    leg = await outside.call_out(host, call, way.attempts)
    host.tolls.began(call, leg, way)
    return leg
