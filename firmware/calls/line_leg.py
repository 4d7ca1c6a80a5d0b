# SPDX-License-Identifier: GPL-2.0-or-later
"""The box as a telephone on a line: a call that comes in on it, or goes out."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any, Literal

from drivers.lineaudio import CallerId, Hear, Heard, HeardKind
from drivers.port import PortError, PortEvent, PortEventRecord
from firmware.calls.analog import AnalogLeg
from firmware.calls.causes import Cause
from firmware.calls.leg import Caller, Failed
from firmware.calls.progress import Progress
from firmware.calls.supervision import Sign, Supervision, rules_of
from firmware.calls.timers import Timers
from firmware.calls.waiting import WaitingHeard
from firmware.countries import CallerIdKind, ToneName

if TYPE_CHECKING:
    from firmware.calls.line import Line

log = logging.getLogger(__name__)

RING_GAP_S = 2.0  # beyond the cadence's pause: the caller has given up
STEADY_RING_S = 1.0  # beyond the cadence's burst: this exchange has no cadence, so no caller ID between rings
DIAL_TONE_S = 7.0  # the slowest special dial tones take 6 s to be known
SETTLE_S = 0.2  # between going off hook and listening; between dial tone and the first digit
_UNANSWERED = {
    Sign.BUSY: Cause.BUSY,
    Sign.CONGESTION: Cause.CONGESTION,
    Sign.DIAL_TONE: Cause.NETWORK_OUT_OF_ORDER,  # it did not take the digits
}


class LineLeg(AnalogLeg):
    """The box as a telephone on a line, ringing (inbound) or seized (outbound)."""

    def __init__(self, line: Line, direction: Literal["inbound", "outbound"]) -> None:
        super().__init__(line)
        self._line, self.direction = line, direction
        self.caller_id: asyncio.Future[CallerId] = asyncio.get_running_loop().create_future()
        self.rang_again = asyncio.Event()
        self._seized_at = 0.0
        self._dial_tone = asyncio.Event()
        self._dialled = False
        self.sign: Sign | None = None  # what told that the far end hung up
        self._timers = Timers()
        self._progress = Progress(self.left)
        self._waiting = WaitingHeard(self.audio, self._another_calls)
        rules = rules_of(line.settings.hangup, line.host.country)
        self._supervision = Supervision(rules, lambda: self.audio.quiet_s, self._hung_up, self._answered)

    @property
    def connected(self) -> asyncio.Event:
        """Outbound: the far end answered, as far as a line tells."""
        return self._progress.connected

    # ---- inbound -----------------------------------------------------------------------------

    async def identify(self) -> Caller:
        """Waits for caller ID: until a message came, the second ring began, or there will be none."""
        burst = self._line.host.country.ring_cadence_ms[0] / 1000
        again = asyncio.ensure_future(self.rang_again.wait())
        signs: set[asyncio.Future[Any]] = {self.caller_id, again}
        if self._line.must_be_asked or self._line.display.kind is CallerIdKind.NONE:
            again.cancel()  # nothing more will come
        try:
            done, _ = await asyncio.wait(signs, timeout=burst + STEADY_RING_S, return_when=asyncio.FIRST_COMPLETED)
            if not done and not self._line.ringing:
                await asyncio.wait(signs, return_when=asyncio.FIRST_COMPLETED)  # ends with the ringing: `gone`
        finally:
            again.cancel()
        known = self.caller_id.result() if self.caller_id.done() else CallerId()
        return Caller(known.number, known.name, known.private)

    @property
    def caller_id_damage(self) -> str:
        """Why who calls could not be read, "" when it was, or when nothing came."""
        return "" if self.caller_id.done() else self._line.damage

    async def alert(self) -> None:
        """The exchange lets the caller hear ringing itself."""

    async def answer(self) -> None:
        """Goes off hook. Failed when the line died meanwhile."""
        if self._line.port.off_hook:
            return
        self._timers.stop("ring")
        self._seize()
        await self._settle()

    async def refuse(self, cause: Cause) -> None:
        """A ringing line cannot be refused: it is answered, and hears congestion."""
        await self.answer()
        country = self._line.host.country
        self.play_tone(country.busy if cause == Cause.BUSY else country.congestion)
        await asyncio.sleep(10)

    # ---- outbound ----------------------------------------------------------------------------

    async def dial(self, digits: str) -> None:
        """Seizes the line, waits for dial tone, sends the digits. Failed without battery or dial tone."""
        self._seize()
        await self._settle()
        await asyncio.sleep(SETTLE_S)
        await self._hear_dial_tone()
        await asyncio.sleep(SETTLE_S)
        await (self._pulses(digits) if self._line.settings.dialling == "pulse" else self._tones(digits))
        self._dialled = True
        self._progress.dialled()
        self._hear(Hear.TONES | Hear.FAX)  # afresh: the dial tone is over

    async def _tones(self, digits: str) -> None:
        if not self._line.port.by_turns:
            await self.audio.dial(digits)
            return
        try:
            await self._line.port.dial_tones(digits)
        except PortError as error:
            raise Failed(Cause.OUT_OF_ORDER, str(error)) from error

    async def _pulses(self, digits: str) -> None:
        if digits.strip("0123456789"):
            raise Failed(Cause.INVALID_NUMBER, f"{digits} cannot be dialled by pulses on {self.name}: only 0 to 9 can")
        pulse = self._line.host.country.pulse
        try:
            await self._line.port.dial_pulse(digits, pulse.break_ms, pulse.make_ms, pulse.gap_ms)
        except PortError as error:
            raise Failed(Cause.OUT_OF_ORDER, str(error)) from error

    async def _hear_dial_tone(self) -> None:
        try:
            async with asyncio.timeout(DIAL_TONE_S):
                await self._dial_tone.wait()
        except TimeoutError:
            why = f"no dial tone on {self.name} within {DIAL_TONE_S:.0f} s"
            raise Failed(Cause.NETWORK_OUT_OF_ORDER, why) from None

    @property
    def off_hook_s(self) -> float:
        """For how long the line has been seized; only while it is."""
        return time.monotonic() - self._seized_at

    # ---- both --------------------------------------------------------------------------------

    def _seize(self) -> None:
        try:
            self._line.port.seize()
        except PortError as error:
            raise Failed(Cause.OUT_OF_ORDER, str(error)) from error
        self._line.on_seized(self)
        self._seized_at = time.monotonic()
        self._line.cancel_echo(True)
        self._supervision.start(answer_expected=self.direction == "outbound")
        self._line.host.port_changed(self._line.id)
        self._hear(Hear.TONES if self.direction == "outbound" else Hear.TONES | Hear.DTMF | Hear.FAX)

    async def _settle(self) -> None:
        try:
            await self._line.port.settled()
        except PortError as error:
            raise Failed(Cause.OUT_OF_ORDER, str(error)) from error

    def hear_digits(self) -> None:
        """Tones of keys too."""
        self._hear(Hear.TONES | Hear.DTMF | Hear.FAX)

    def _hear(self, what: Hear) -> None:
        self._waiting.hears = what | (Hear.ALERTING if self._line.display.in_calls else Hear.NOTHING)
        self.audio.hear(self._waiting.hears)

    def _another_calls(self, caller: Caller) -> None:
        self.on_note("call_waiting", leg=self.name, number=caller.number, name=caller.name, private=caller.private)

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """Goes on hook and gives the line back."""
        self.left(cause)
        self._waiting.stop()
        for watch in (self._supervision, self._progress):
            watch.stop()
        self._timers.stop_all()
        self._line.release(self)

    def on_port(self, record: PortEventRecord) -> None:
        """Ring, battery, polarity."""
        match record.event:
            case PortEvent.RING_BEGAN:
                self._timers.stop("ring")
                self.rang_again.set()
            case PortEvent.RING_ENDED if not self._line.port.off_hook:
                pause = max(self._line.host.country.ring_cadence_ms[1::2], default=4000) / 1000
                self._timers.start("ring", pause + RING_GAP_S, lambda: self.left(Cause.NORMAL))
            case PortEvent.BATTERY_LOST:
                self._supervision.battery_lost()
            case PortEvent.BATTERY_RESTORED:
                self._supervision.battery_restored()
            case PortEvent.POLARITY_REVERSED if self.direction == "inbound" or self._dial_tone.is_set():
                if self._progress.sure and not self._line.answers_by_reversal:
                    self._supervision.answer_expected = False
                self._supervision.polarity_reversed()
            case PortEvent.BUSY:
                self._on_tone(ToneName.BUSY)
            case PortEvent.LOOP_BROKEN:
                self._supervision.loop_broken()
            case PortEvent.TONE_DIGIT:
                self.dialled(record.digit)
            case PortEvent.UNPLUGGED | PortEvent.FAULT:
                self.left(Cause.OUT_OF_ORDER)

    def on_heard(self, heard: Heard) -> None:
        """Digits and tones while off hook, and who else calls."""
        if self._waiting.heard(heard):
            return
        super().on_heard(heard)
        if heard.kind == HeardKind.TONE:
            self._on_tone(self._line.tones.names[int(heard.value)])
        elif heard.kind == HeardKind.TONE_ENDED:
            self._supervision.tone_ended()
            self._progress.tone_ended()

    def _on_tone(self, tone: ToneName) -> None:
        log.info("%s hears %s", self.name, tone)
        if self.direction == "outbound" and not self.connected.is_set():
            self.on_note("progress", leg=self.name, tone=tone)
        if tone in (ToneName.DIAL, ToneName.STUTTER):
            self._dial_tone.set()
        if self.direction == "outbound" and not self._dialled and self._dial_tone.is_set():
            return
        self._progress.tone(tone)
        self._supervision.tone(tone)

    def _answered(self) -> None:
        """By a reversal: the line is known for it from now on, so its first one is never a hang-up."""
        self._line.answers_by_reversal = True
        self._progress.answered()

    def _hung_up(self, sign: Sign) -> None:
        self.sign = sign
        self.on_note("hung_up", leg=self.name, sign=sign)
        inbound = self.direction == "inbound"
        self.left(Cause.NORMAL if inbound else self._progress.cause(_UNANSWERED.get(sign, Cause.NORMAL)))
