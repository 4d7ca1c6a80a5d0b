# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID as sound on the way to a telephone on hook, and as DTMF on the way from an exchange."""

from __future__ import annotations

import asyncio
from datetime import datetime

from drivers.lineaudio import CallerId, LineAudio, SoundStep, compose_mdmf
from drivers.port import Battery, FxsPort
from firmware.calls.leg import Caller
from firmware.countries import CallerIdKind

AFTER_RING_S = 0.55  # GR-30-CORE, 2.3: data begin 0.5 to 1.5 s after the first ring
AFTER_REVERSAL_S = 0.15  # EN 300 659-1, 6.1.2: DT-AS at least 100 ms after the line reversal
BEFORE_RING_S = 0.25  # between the data and the first ring, 200 to 500 ms there
ALERTING = (SoundStep(((2130, -16), (2750, -16)), 100), SoundStep((), 80))  # DT-AS; data follow after 45 to 500 ms
BEFORE_RING = (CallerIdKind.V23_POLARITY, CallerIdKind.DTMF, CallerIdKind.DTMF_POLARITY)
AFTER_RING = (CallerIdKind.BELL202, CallerIdKind.V23)
DTMF = (CallerIdKind.DTMF, CallerIdKind.DTMF_POLARITY)
REVERSED = (CallerIdKind.V23_POLARITY, CallerIdKind.DTMF_POLARITY)
WITHHELD, UNKNOWN = "1", "3"  # in place of a number
LONGEST_S = 6.0


async def send(audio: LineAudio, kind: CallerIdKind, caller: Caller, at: datetime) -> None:
    """Plays the caller ID; returns when it is all on the line."""
    if kind in DTMF:
        digits = "".join(c for c in caller.number if c.isdigit())
        await audio.dial(f"D{WITHHELD if caller.private else digits[:20] or UNKNOWN}C", 70, 70)
        return
    message = compose_mdmf(CallerId(caller.number, caller.name, caller.private), at)
    await audio.send_caller_id(message, v23=kind != CallerIdKind.BELL202)


async def before_ring(port: FxsPort, audio: LineAudio, kind: CallerIdKind, caller: Caller, at: datetime) -> None:
    """Reversal, alerting signal and data, as the country has them. What is cancelled leaves normal battery."""
    try:
        async with asyncio.timeout(LONGEST_S):
            if kind in REVERSED:
                port.set_battery(Battery.REVERSED)
                await asyncio.sleep(AFTER_REVERSAL_S)
            if kind not in DTMF:
                await audio.tone(ALERTING, repeat=False)
            await send(audio, kind, caller, at)
            await asyncio.sleep(BEFORE_RING_S)
    finally:
        port.set_battery(Battery.NORMAL)


class DtmfCallerId:
    """Reads digits on an idle line: a start code (A or D), the number, an end code (C)."""

    def __init__(self) -> None:
        self._digits = ""

    def feed(self, digit: str) -> CallerId | None:
        """Takes a digit; who calls, when it was the last one."""
        if digit in "AD":
            self._digits = digit
        elif not self._digits:
            return None
        elif digit == "C":
            number, self._digits = self._digits[1:], ""
            return CallerId(private=number == WITHHELD) if number in (WITHHELD, UNKNOWN, "") else CallerId(number)
        else:
            self._digits = self._digits[:20] + digit
        return None
