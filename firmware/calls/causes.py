# SPDX-License-Identifier: GPL-2.0-or-later
"""Hang-up causes: ITU-T Q.850, and the one table between them and SIP (RFC 3398, sections 7.2.4.1 and 8.2.6.1)."""

from __future__ import annotations

import enum


class Cause(enum.IntEnum):
    UNALLOCATED = 1
    PREEMPTED = 8
    NORMAL = 16
    BUSY = 17
    NO_RESPONSE = 18
    NO_ANSWER = 19
    REJECTED = 21
    ROUTING_ERROR = 25
    OUT_OF_ORDER = 27
    INVALID_NUMBER = 28
    NO_CIRCUIT = 34
    NETWORK_OUT_OF_ORDER = 38
    TEMPORARY_FAILURE = 41
    CONGESTION = 42
    NOT_ALLOWED = 57
    INCOMPATIBLE = 88
    TIMER_EXPIRED = 102
    INTERWORKING = 127


_FROM_SIP = {
    400: Cause.TEMPORARY_FAILURE,
    401: Cause.REJECTED,
    403: Cause.REJECTED,
    404: Cause.UNALLOCATED,
    407: Cause.REJECTED,
    408: Cause.TIMER_EXPIRED,
    410: Cause.UNALLOCATED,
    415: Cause.INCOMPATIBLE,
    480: Cause.NO_RESPONSE,
    483: Cause.ROUTING_ERROR,
    484: Cause.INVALID_NUMBER,
    486: Cause.BUSY,
    487: Cause.NORMAL,
    488: Cause.INCOMPATIBLE,
    502: Cause.NETWORK_OUT_OF_ORDER,
    503: Cause.TEMPORARY_FAILURE,
    504: Cause.TIMER_EXPIRED,
    600: Cause.BUSY,
    603: Cause.REJECTED,
    604: Cause.UNALLOCATED,
    606: Cause.INCOMPATIBLE,
}
_TO_SIP = {
    Cause.UNALLOCATED: 404,
    Cause.PREEMPTED: 503,
    Cause.NORMAL: 480,
    Cause.BUSY: 486,
    Cause.NO_RESPONSE: 480,
    Cause.NO_ANSWER: 480,
    Cause.REJECTED: 603,
    Cause.ROUTING_ERROR: 483,
    Cause.OUT_OF_ORDER: 502,
    Cause.INVALID_NUMBER: 484,
    Cause.NO_CIRCUIT: 503,
    Cause.NETWORK_OUT_OF_ORDER: 503,
    Cause.TEMPORARY_FAILURE: 503,
    Cause.CONGESTION: 503,
    Cause.NOT_ALLOWED: 403,
    Cause.INCOMPATIBLE: 488,
    Cause.TIMER_EXPIRED: 504,
    Cause.INTERWORKING: 500,
}


def from_sip(status: int) -> Cause:
    """The cause of a final SIP response; 2xx is a normal end."""
    return Cause.NORMAL if 200 <= status < 300 else _FROM_SIP.get(status, Cause.INTERWORKING)


def to_sip(cause: Cause) -> int:
    """The final response that tells a SIP caller why the call cannot be."""
    return _TO_SIP[cause]
