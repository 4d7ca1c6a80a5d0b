# SPDX-License-Identifier: GPL-2.0-or-later
"""An FXO port with the telephone company's line: calls that come in on it, and calls that go out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Literal

from drivers.lineaudio import CallerId, Hear, Heard, HeardKind, LineAudio, parse_message
from drivers.port import Battery, FxoPort, PortError, PortEvent, PortEventRecord
from firmware.calls import caller_display
from firmware.calls.analog import AnalogHost, AnalogLeg, AnalogPort
from firmware.calls.causes import Cause
from firmware.calls.leg import Caller, Failed
from firmware.calls.progress import Progress
from firmware.calls.supervision import Sign, Supervision, rules_of
from firmware.calls.timers import Timers
from firmware.config import Line as LineSettings
from firmware.countries import Step, Tone, ToneName
from firmware.media.tone_table import ToneTable, tone_table

log = logging.getLogger(__name__)

CALLER_ID_FRESH_S = 10.0  # a message that came this long before the first ring belongs to it
RING_GAP_S = 2.0  # beyond the cadence's pause: the caller has given up
STEADY_RING_S = 1.0  # beyond the cadence's burst: this exchange has no cadence, so no caller ID between rings
DIAL_TONE_S = 7.0  # the slowest special dial tones take 6 s to be known
SETTLE_S = 0.2  # between going off hook and listening; between dial tone and the first digit
GUARD_S = 1.0  # after hanging up: the exchange needs to see it
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
        self._timers = Timers()
        self._progress = Progress(self.left)
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
        try:
            done, _ = await asyncio.wait(signs, timeout=burst + STEADY_RING_S, return_when=asyncio.FIRST_COMPLETED)
            if not done and not self._line.ringing:
                await asyncio.wait(signs, return_when=asyncio.FIRST_COMPLETED)  # ends with the ringing: `gone`
        finally:
            again.cancel()
        known = self.caller_id.result() if self.caller_id.done() else CallerId()
        return Caller(known.number, known.name, known.private)

    async def alert(self) -> None:
        """The exchange lets the caller hear ringing itself."""

    async def answer(self) -> None:
        """Goes off hook. Failed when the line died meanwhile."""
        if self._line.port.off_hook:
            return
        self._timers.stop("ring")
        self._seize()

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
        await asyncio.sleep(SETTLE_S)
        await self._hear_dial_tone()
        await asyncio.sleep(SETTLE_S)
        await self.audio.dial(digits)
        self._dialled = True
        self._progress.dialled()
        self.audio.hear(Hear.TONES | Hear.FAX)  # afresh: the dial tone is over

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
        self._seized_at = time.monotonic()
        self._line.cancel_echo(True)
        self._supervision.start(answer_expected=self.direction == "outbound")
        self._line.host.port_changed(self._line.id)
        self.audio.hear(Hear.TONES if self.direction == "outbound" else Hear.TONES | Hear.DTMF | Hear.FAX)

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """Goes on hook and gives the line back."""
        self.left(cause)
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
            case PortEvent.UNPLUGGED | PortEvent.FAULT:
                self.left(Cause.OUT_OF_ORDER)

    def on_heard(self, heard: Heard) -> None:
        """Digits, tones, fax machines, while off hook."""
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
        self.on_note("hung_up", leg=self.name, sign=sign)
        inbound = self.direction == "inbound"
        self.left(Cause.NORMAL if inbound else self._progress.cause(_UNANSWERED.get(sign, Cause.NORMAL)))


class Line(AnalogPort):
    """The port, ringing or idle. `on_incoming` is called with the leg at the first ring."""

    port: FxoPort

    def __init__(
        self, host: AnalogHost, port: FxoPort, audio: LineAudio, on_incoming: Callable[[Line, LineLeg], None]
    ) -> None:
        self.leg: LineLeg | None = None
        self.ringing = False
        self.settings = LineSettings(port=port.id)
        self.tones = ToneTable((), ())
        self.answers_by_reversal = False  # of calls that went out
        self._on_incoming = on_incoming
        self._heard_caller: tuple[float, CallerId] | None = None
        self._dtmf_caller = caller_display.DtmfCallerId()
        self._free_at = 0.0
        super().__init__(host, port, audio)

    def configure(self, settings: LineSettings) -> None:
        """What was set for this line, and the country; a call in progress ends by what it began with."""
        learnt = settings.busy_tone
        tone = _learnt(learnt.frequencies, learnt.cadence_ms) if learnt else None
        self.settings, self.tones = settings, tone_table(self.host.country, tone)
        self.audio.set_tones(self.tones.steps)

    @property
    def idle_hears(self) -> Hear:
        """Caller ID: both kinds of FSK, which are told apart by nothing else, and DTMF where exchanges send it."""
        fsk = Hear.BELL202 | Hear.V23
        return fsk | Hear.DTMF if self.host.country.caller_id in caller_display.DTMF else fsk

    @property
    def state(self) -> Literal["idle", "ringing", "in_use", "no_battery", "fault"]:
        """As the API shows it."""
        if self.port.fault:
            return "fault"
        if self.port.off_hook:
            return "in_use"
        if self.port.battery == Battery.NONE:
            return "no_battery"
        return "ringing" if self.leg else "idle"

    @property
    def free(self) -> bool:
        """True when a call may go out on it now."""
        return self.state == "idle" and time.monotonic() >= self._free_at

    def take(self) -> LineLeg:
        """A leg for a call that goes out; `dial` seizes the line."""
        self.leg = LineLeg(self, "outbound")
        self.host.port_changed(self.id)
        return self.leg

    def release(self, leg: LineLeg) -> None:
        """The leg is done with the line."""
        if self.leg is not leg:
            return
        self.leg = None
        self._heard_caller = None
        if self.port.off_hook:
            self._free_at = time.monotonic() + GUARD_S
        self.port.release()
        self.listen_idle()
        self.host.port_changed(self.id)

    def on_port(self, record: PortEventRecord) -> None:
        """A ring begins a call; everything else is the leg's."""
        if record.event in (PortEvent.RING_BEGAN, PortEvent.RING_ENDED):
            self.ringing = record.event == PortEvent.RING_BEGAN
        if self.leg:
            self.leg.on_port(record)
        elif record.event == PortEvent.RING_BEGAN:
            self._incoming()

    def _incoming(self) -> None:
        self.leg = leg = LineLeg(self, "inbound")
        if self._heard_caller and time.monotonic() - self._heard_caller[0] < CALLER_ID_FRESH_S:
            leg.caller_id.set_result(self._heard_caller[1])
        self._on_incoming(self, leg)

    def on_heard(self, heard: Heard) -> None:
        """Caller ID is kept for the ring it belongs to; everything else is the leg's."""
        if heard.kind == HeardKind.FSK_MESSAGE and isinstance(heard.value, bytes):
            caller = parse_message(heard.value)
            if not caller:
                log.warning("%s: an FSK message that is no caller ID: %r", self.id, heard.value)
            self._called_by(caller)
        elif heard.kind == HeardKind.DIGIT and not self.port.off_hook:
            self._called_by(self._dtmf_caller.feed(str(heard.value)))
        elif self.leg:
            self.leg.on_heard(heard)

    def _called_by(self, caller: CallerId | None) -> None:
        if caller and not self.leg:
            self._heard_caller = (time.monotonic(), caller)
        elif caller and self.leg and not self.leg.caller_id.done():
            self.leg.caller_id.set_result(caller)


def _learnt(frequencies: tuple[float, ...], cadence_ms: tuple[int, ...]) -> Tone:
    steps = (Step(() if number % 2 else frequencies, ms) for number, ms in enumerate(cadence_ms))
    return Tone(ToneName.BUSY, tuple(steps), 0)
