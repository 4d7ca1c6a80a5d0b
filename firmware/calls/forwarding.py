# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a call to an extension goes instead: always, while it is busy, when nobody answers, when no phone is there."""

from __future__ import annotations

import enum

from firmware.calls.beside import entries_of
from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Deflected, Failed, Leg
from firmware.calls.numbers import extension_of, permit, resolve
from firmware.calls.ringing import ring_all
from firmware.config import Extension, Target, TargetKind
from firmware.config.targets import parse_target
from firmware.countries import RingName
from firmware.routing.inside import MOST_HOPS


class Reason(enum.StrEnum):
    ALWAYS = "always"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREGISTERED = "unregistered"
    DEFLECTED = "deflected"


_REASONS = {
    Cause.BUSY: Reason.BUSY,
    Cause.REJECTED: Reason.BUSY,
    Cause.NO_ANSWER: Reason.NO_ANSWER,
    Cause.NO_RESPONSE: Reason.NO_ANSWER,
    Cause.TIMER_EXPIRED: Reason.NO_ANSWER,
    Cause.OUT_OF_ORDER: Reason.UNREGISTERED,
    Cause.UNALLOCATED: Reason.UNREGISTERED,  # the SIP edge knows of no device
}


class Forwarded(Exception):
    """The call goes elsewhere."""

    def __init__(self, extension: Extension, target: Target, reason: Reason) -> None:
        super().__init__(f"{extension.number} is forwarded to {target} ({reason})")
        self.extension, self.target, self.reason = extension, target, reason


def elsewhere(extension: Extension, cause: Cause | None) -> tuple[str, Reason] | None:
    """Where a call goes that failed for this cause, or has not been tried yet (None); None: nowhere."""
    if cause is None:
        return (extension.forward_always, Reason.ALWAYS) if extension.forward_always else None
    reason = _REASONS.get(cause)
    if not reason:
        return None
    to = {
        Reason.BUSY: extension.forward_busy,
        Reason.NO_ANSWER: extension.forward_no_answer,
        Reason.UNREGISTERED: extension.forward_unregistered or extension.forward_no_answer,
    }[reason]
    return (to, reason) if to else None


async def reach(
    host: Host, call: Call, extension: Extension, caller: Caller, timeout_s: float, ring: RingName = RingName.OUTSIDE
) -> Leg:
    """Whoever answers there. Forwarded when the call is to go elsewhere, Failed when nobody can be had."""
    now = host.choices.of(extension)
    _unless_forwarded(host, now, None)
    try:
        if now.do_not_disturb:
            raise Failed(Cause.BUSY, f"{now.number} does not want to be disturbed")
        limit_s = min(now.no_answer_s, timeout_s) if elsewhere(now, Cause.NO_ANSWER) else timeout_s
        turn_s = now.turn_s if now.ring == "in_turn" else None
        return await ring_all(host, entries_of(host, now, call), caller, ring, limit_s, turn_s, now.number)
    except Deflected as deflected:
        raise _forwarded(host, now, deflected.to, Reason.DEFLECTED) from deflected
    except Failed as failed:
        _unless_forwarded(host, now, failed.cause)
        raise


def _unless_forwarded(host: Host, extension: Extension, cause: Cause | None) -> None:
    found = elsewhere(extension, cause)
    if found:
        raise _forwarded(host, extension, *found)


def _forwarded(host: Host, extension: Extension, to: str, reason: Reason) -> Forwarded:
    """Failed when that extension may not call there."""
    target = target_of(host, extension, to)
    permit(host, extension.number, target)
    return Forwarded(extension, target, reason)


def target_of(host: Host, extension: Extension, to: str) -> Target:
    """What an extension's forward means. Failed when nothing."""
    target = parse_target(to) if ":" in to else resolve(host, to)
    if not target:
        raise Failed(
            Cause.UNALLOCATED, f"{extension.number} is forwarded to {to}, and the dial plan knows no such number"
        )
    return target


def note(call: Call, forwarded: Forwarded) -> None:
    """For the trail."""
    call.note("forwarded", by=forwarded.extension.number, to=str(forwarded.target), reason=forwarded.reason.value)


async def reach_person(
    host: Host, call: Call, extension: Extension, caller: Caller, timeout_s: float, ring: RingName = RingName.OUTSIDE
) -> Leg:
    """The same, after every extension on the way. Forwarded when it ends somewhere else."""
    for _ in range(MOST_HOPS):
        try:
            return await reach(host, call, extension, caller, timeout_s, ring)
        except Forwarded as forwarded:
            note(call, forwarded)
            if forwarded.target.kind != TargetKind.EXTENSION:
                raise
            extension = extension_of(host, forwarded.target.value)
    why = f"the call went round: {MOST_HOPS} extensions sent it on, the last one to {extension.number}"
    raise Failed(Cause.ROUTING_ERROR, why)
