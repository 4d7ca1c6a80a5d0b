# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP parties that vanish in mid-call: no BYE comes, but no sound either."""

from __future__ import annotations

import asyncio
import time

from firmware.calls.sip_leg import open_legs

EVERY_S = 1.0


async def watch() -> None:
    """Ends the legs from which nothing was heard for as long as they may be silent. For ever."""
    while True:
        now = time.monotonic()
        for leg in open_legs():
            leg.look_for_sound(now)
        await asyncio.sleep(EVERY_S)
