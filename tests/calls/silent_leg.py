# SPDX-License-Identifier: GPL-2.0-or-later
"""A party that nothing is heard of."""

from __future__ import annotations

from firmware.calls.causes import Cause
from firmware.calls.leg import Leg


class SilentLeg(Leg):
    """It does what it is told and says nothing."""

    kind = "sip"
    slot = -1

    async def alert(self) -> None: ...

    async def answer(self) -> None: ...

    async def refuse(self, cause: Cause) -> None: ...

    def send_digit(self, digit: str) -> None: ...

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None: ...
