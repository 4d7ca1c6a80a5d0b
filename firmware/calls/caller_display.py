# SPDX-License-Identifier: GPL-2.0-or-later
"""Who calls, as sound on the way to a telephone: on hook before or between rings, and in a call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from drivers.lineaudio import (
    JAPAN,
    ON_HOOK,
    CallerId,
    Framing,
    Hear,
    LineAudio,
    MessageWaiting,
    Modem,
    SoundStep,
    compose_japanese,
    compose_mdmf,
    compose_waiting,
    framed,
)
from drivers.port import Battery, FxsPort
from firmware.calls import dtmf_caller_id
from firmware.calls.leg import Caller
from firmware.calls.phone_text import Charset, for_display
from firmware.countries import CallerIdKind, Country, DtmfCodes

AFTER_RING_S = 0.55  # GR-30-CORE, 2.3.1: data begin 0.5 to 1.5 s after the first ring
# ETSI EN 300 659-1, 6.1.2
AFTER_REVERSAL_S = 0.15  # DT-AS, or digits, at least 100 ms after the line reversal
RING_PULSE_MS = 250  # RP-AS, 200 to 300 ms
AFTER_RING_PULSE_S = 0.6  # 500 to 800 ms
BEFORE_RING_S = 0.25  # between the data and the first ring, 200 to 500 ms
ALERTING_DBM0 = -15  # each of the two tones; GR-30-CORE, 2.5.2
DT_AS_MS, CAS_MS = 100, 80  # on hook 100 ± 10 ms; in a call 80 ± 5 ms
AFTER_ALERTING_MS = 80  # data follow after 45 to 500 ms
DTMF_ON_MS, DTMF_OFF_MS = 70, 70  # annex B: 70 ± 5 and 70 ± 5 ms
LONGEST_S = 8.0


def alerting(ms: int, then_ms: int) -> tuple[SoundStep, ...]:
    """The alerting signal of 2130 and 2750 Hz, and silence."""
    return (SoundStep(((2130, ALERTING_DBM0), (2750, ALERTING_DBM0)), ms), SoundStep((), then_ms))


@dataclass(frozen=True, slots=True)
class Display:
    """How caller ID crosses the wire of one port: as in the country, unless line or extension say otherwise."""

    kind: CallerIdKind
    codes: DtmfCodes
    charset: Charset

    @classmethod
    def of(cls, country: Country, kind: str | None = None, charset: Charset | None = None) -> Display:
        """`kind` and `charset` are the port's own settings."""
        chosen = CallerIdKind(kind) if kind else country.caller_id
        return cls(chosen, country.caller_id_dtmf, charset or country.caller_id_charset)

    @property
    def modem(self) -> Modem:
        """Of its data."""
        return Modem.BELL202 if self.kind is CallerIdKind.BELL202 else Modem.V23

    @property
    def hears(self) -> Hear:
        """What a line on hook listens for: both modems, told apart by nothing else, and digits where they are sent."""
        if self.kind is CallerIdKind.NONE:
            return Hear.NOTHING
        fsk = Hear.BELL202 | Hear.V23
        return fsk | Hear.DTMF if self.kind.dtmf else fsk

    @property
    def in_calls(self) -> bool:
        """True where the exchange tells who waits in a call: by data, never by digits."""
        return not self.kind.dtmf and self.kind not in (CallerIdKind.NTT, CallerIdKind.NONE)

    def message(self, caller: Caller, at: datetime) -> bytes:
        """Octets of the data link. `at` is the local time to show."""
        known = CallerId(caller.number, for_display(caller.name, self.charset), caller.private)
        if self.kind is CallerIdKind.NTT:
            return framed(compose_japanese(known))
        return framed(compose_mdmf(known, at, etsi=self.modem is Modem.V23))

    async def send(self, audio: LineAudio, caller: Caller, at: datetime, framing: Framing = ON_HOOK) -> None:
        """Plays the caller ID; returns when it is all on the line."""
        if self.kind.dtmf:
            known = CallerId(caller.number, private=caller.private)
            await audio.dial(dtmf_caller_id.compose(known, self.codes), DTMF_ON_MS, DTMF_OFF_MS)
        else:
            framing = JAPAN if self.kind is CallerIdKind.NTT else framing
            await audio.send_data(self.message(caller, at), self.modem, framing)

    async def before_ring(self, port: FxsPort, audio: LineAudio, caller: Caller, at: datetime) -> None:
        """Alert and data, as the kind has them. What is cancelled leaves normal battery and no ring."""
        await self._alerted(port, audio, lambda: self._send_before_ring(audio, caller, at))

    async def _send_before_ring(self, audio: LineAudio, caller: Caller, at: datetime) -> None:
        await self.send(audio, caller, at)
        await asyncio.sleep(BEFORE_RING_S)

    async def show_waiting(self, port: FxsPort, audio: LineAudio, waiting: MessageWaiting) -> None:
        """The voicemail lamp of a phone on hook (EN 300 659-1, 6.2; GR-1401-CORE). Nothing where none is told so."""
        if not self.in_calls:
            return
        message = framed(compose_waiting(waiting, etsi=self.modem is Modem.V23))
        await self._alerted(port, audio, lambda: audio.send_data(message, self.modem, ON_HOOK))

    async def _alerted(self, port: FxsPort, audio: LineAudio, data: Callable[[], Awaitable[None]]) -> None:
        port.transmit_on_hook(int(LONGEST_S * 1000))
        try:
            async with asyncio.timeout(LONGEST_S):
                await self._alert(port, audio)
                await data()
        finally:
            if self.kind.reverses:
                port.set_battery(Battery.NORMAL)
            if self.kind.ring_pulse:
                port.stop_ringing()

    async def _alert(self, port: FxsPort, audio: LineAudio) -> None:
        if self.kind.reverses:
            port.set_battery(Battery.REVERSED)
            await asyncio.sleep(AFTER_REVERSAL_S)
        if self.kind.ring_pulse:
            port.ring((RING_PULSE_MS, 60_000))
            await asyncio.sleep(RING_PULSE_MS / 1000 + AFTER_RING_PULSE_S)
        if self.kind.alerting_tone or self.kind is CallerIdKind.V23:  # V.23 without a ring before it: the lamp
            await audio.tone(alerting(DT_AS_MS, AFTER_ALERTING_MS), repeat=False)
