# SPDX-License-Identifier: GPL-2.0-or-later
"""A SIP phone hands its call over by REFER: to a number (blind), or to the party of its other call (attended)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from urllib.parse import unquote

from drivers.lineaudio import Refer
from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Failed, Leg
from firmware.calls.numbers import permit, resolve
from firmware.calls.sip_leg import SipLeg

log = logging.getLogger(__name__)

DONE, BAD_REQUEST, FORBIDDEN, NOT_FOUND, NOT_NOW = 200, 400, 403, 404, 480
Wanted = Callable[[SipLeg], bool]
_URI = re.compile(r"<?\s*sips?:([^@;>?]*)@?[^?>]*(?:\?([^>]*))?", re.I)


def refer_to(header: str) -> tuple[str, str]:
    """The number in a Refer-To, and the Call-ID in its Replaces (RFC 3891); "" for what is not there."""
    found = _URI.search(header)
    if not found:
        return "", ""
    fields = dict(part.partition("=")[::2] for part in (found[2] or "").split("&"))
    replaces = unquote(next((value for name, value in fields.items() if name.lower() == "replaces"), ""))
    return unquote(found[1]), replaces.partition(";")[0]


def referred(host: Host, refer: Refer) -> None:
    """Does what the phone asks for, and tells it the outcome."""
    asking, call = leg_where(host, lambda leg: leg.pj_id == refer.call)
    if not asking or not call:
        return
    number, call_id = refer_to(refer.to)
    if not asking.may_refer:
        asking.referred(FORBIDDEN)
        return
    status = _attended(host, call, asking, call_id) if call_id else _blind(host, call, asking, number)
    log.info("%s asks for %s: %d", asking.name, call_id or number, status)
    asking.referred(status)
    if status == DONE and call_id:
        asking.left(Cause.NORMAL)


def leg_where(host: Host, wanted: Wanted) -> tuple[SipLeg | None, Call | None]:
    """The SIP party for which `wanted` is true, and its call."""
    for call in host.journal.calls.values():
        for leg in call.legs:
            if isinstance(leg, SipLeg) and wanted(leg):
                return leg, call
    return None, None


def _other(call: Call, leg: Leg) -> Leg | None:
    """The only other party."""
    others = [party.leg for party in call.conversation.parties if party.leg is not leg] if call.conversation else []
    return others[0] if len(others) == 1 else None


def _blind(host: Host, call: Call, asking: SipLeg, number: str) -> int:
    keep = _other(call, asking)
    if not keep or not call.conversation:
        return NOT_NOW
    target = resolve(host, number)
    if not target:
        return NOT_FOUND
    try:
        permit(host, asking.number, target)
    except Failed as failed:
        log.info("%s: %s", asking.name, failed)
        return FORBIDDEN
    call.conversation.transfer(keep, call.conversation.ways.to(target), str(target), asking)
    return DONE


def _attended(host: Host, call: Call, asking: SipLeg, call_id: str) -> int:
    second, beside = leg_where(host, lambda leg: leg.call_id == call_id)
    if not second or not beside or not call.conversation or beside is call:
        return NOT_FOUND
    found = _other(beside, second)
    if not found:  # it still rings there
        second.left(Cause.NORMAL)
        return _blind(host, call, asking, beside.cdr.to_number)
    beside.note("merged", call=call.id)
    assert beside.conversation
    beside.conversation.released(found)
    second.left(Cause.NORMAL)
    call.conversation.joins(found)
    call.note("transferred", by=asking.name, to=found.name)
    call.conversation.resume()
    return DONE
