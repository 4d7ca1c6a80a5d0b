# SPDX-License-Identifier: GPL-2.0-or-later
"""INVITE with Replaces (RFC 3891): a phone takes the place of a party, or a call that rings at another phone."""

from __future__ import annotations

import logging

from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Failed
from firmware.calls.referring import leg_where
from firmware.calls.sip_leg import SipLeg, open_legs
from firmware.calls.talking import answer_or_end

log = logging.getLogger(__name__)


async def take_over(host: Host, leg: SipLeg, replaced: int) -> None:
    """`leg` wants the place of the party whose pjsua call is `replaced`."""
    try:
        name = _take(host, leg, replaced)
    except Failed as failed:
        log.info("%s: %s", leg.name, failed)
        leg.hang_up(failed.cause)
    else:
        log.info("%s replaces %s", leg.name, name)
        await answer_or_end(leg)


def _take(host: Host, leg: SipLeg, replaced: int) -> str:
    other, call = leg_where(host, lambda known: known.pj_id == replaced)
    if other and call and call.conversation:
        call.conversation.joins(leg)
        call.note("transferred", by=other.name, to=leg.name)
        other.left(Cause.NORMAL)
        call.conversation.resume()
        return other.name
    ringing = next((known for known in open_legs() if known.pj_id == replaced and known.number), None)
    if not ringing:
        raise Failed(Cause.NOT_ALLOWED, "who is to be replaced is no party of a conversation, nor a phone that rings")
    host.ringing.pick_up(leg, (ringing.number,))
    return ringing.name
