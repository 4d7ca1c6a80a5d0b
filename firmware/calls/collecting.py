# SPDX-License-Identifier: GPL-2.0-or-later
"""Dial tone, and the digits that a person dials."""

from __future__ import annotations

import asyncio

from firmware.calls.host import Host
from firmware.calls.numbers import patterns
from firmware.calls.station_leg import StationLeg
from firmware.config.dialplan import lookup

FIRST_DIGIT_S = 20.0
NEXT_DIGIT_S = 4.0
LONGEST = 32


async def collect(host: Host, leg: StationLeg) -> str:
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
        if not lookup(patterns(host), digits).more:
            break
    leg.quiet()
    return digits
