# SPDX-License-Identifier: GPL-2.0-or-later
"""Dial tone, and the digits that a person dials."""

from __future__ import annotations

import asyncio

from firmware.calls.host import Host
from firmware.calls.numbers import takes_more
from firmware.calls.station_leg import StationLeg
from firmware.routing.outward import emergency_in

FIRST_DIGIT_S = 20.0
NEXT_DIGIT_S = 4.0
EMERGENCY_S = 1.5  # the same, when what was dialled until now is a call for help
LONGEST = 32


async def collect(host: Host, leg: StationLeg) -> str:
    """Dial tone, then digits until the dial plan has enough, # is pressed, or no more come."""
    leg.play_dial_tone()
    digits = ""
    while len(digits) < LONGEST:
        try:
            async with asyncio.timeout(_patience(host, digits)):
                digit = await leg.digits.get()
        except TimeoutError:
            break
        if not digits:
            leg.quiet()
        if digit == "#" and digits:
            break
        digits += digit
        if not takes_more(host, digits):
            break
    leg.quiet()
    return digits


def _patience(host: Host, digits: str) -> float:
    """Seconds to wait for the next digit."""
    if not digits:
        return FIRST_DIGIT_S
    return EMERGENCY_S if emergency_in(host.config, host.country, digits) else NEXT_DIGIT_S
