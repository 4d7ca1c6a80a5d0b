# SPDX-License-Identifier: GPL-2.0-or-later
"""An FXO port with the telephone company's line: calls that come in on it, and calls that go out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from drivers.lineaudio import CallerId, Damage, Hear, Heard, HeardKind, LineAudio, MessageWaiting, parse_message
from drivers.port import Battery, FxoPort, PortError, PortEvent, PortEventRecord
from firmware.calls import japan
from firmware.calls.analog import AnalogHost, AnalogLeg, AnalogPort
from firmware.calls.caller_display import Display
from firmware.calls.causes import Cause
from firmware.calls.dtmf_caller_id import DtmfOnHook
from firmware.calls.leg import Caller, Failed
from firmware.calls.progress import Progress
from firmware.calls.supervision import Sign, Supervision, rules_of
from firmware.calls.timers import Timers
from firmware.calls.waiting import WaitingHeard
from firmware.config import Line as LineSettings
from firmware.countries import CallerIdKind, Step, Tone, ToneName
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

DAMAGES = {Damage.CHECKSUM: "checksum is wrong", Damage.OCTET: "octets are broken", Damage.CUT: "end is missing"}


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
        if self._line.display.kind in (CallerIdKind.NTT, CallerIdKind.NONE):
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
        await (self._pulses(digits) if self._line.settings.dialling == "pulse" else self.audio.dial(digits))
        self._dialled = True
        self._progress.dialled()
        self._hear(Hear.TONES | Hear.FAX)  # afresh: the dial tone is over

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


class Line(AnalogPort):
    """The port, ringing or idle. `on_incoming` is called with the leg at the first ring.

    `watchers` are told of everything on the wire, `on_seized` of a leg that went off hook, `on_released` of one that is
    about to go on hook. While the line is `reserved` (by the Line Doctor), no call comes in or goes out on it.
    """

    port: FxoPort

    def __init__(
        self, host: AnalogHost, port: FxoPort, audio: LineAudio, on_incoming: Callable[[Line, LineLeg], None]
    ) -> None:
        self.leg: LineLeg | None = None
        self.ringing = False
        self.reserved = False
        self.watchers: list[Callable[[PortEventRecord], None]] = []
        self.on_seized: Callable[[LineLeg], None] = lambda leg: None
        self.on_released: Callable[[LineLeg], None] = lambda leg: None
        self.settings = LineSettings(port=port.id)
        self.tones = ToneTable((), ())
        self.answers_by_reversal = False  # of calls that went out
        self._on_incoming = on_incoming
        self._heard_caller: tuple[float, CallerId] | None = None
        self.damage = ""  # of the last message that could not be read
        self._dtmf = DtmfOnHook()
        self._japanese: japan.Reading | None = None
        self._read_at = -CALLER_ID_FRESH_S  # a line of Japan was last answered for its data
        self._reading: asyncio.Task[None] | None = None  # kept, so that it is not collected
        self._free_at = 0.0
        self.message_waiting = False  # at the telephone company's voicemail, as far as it says so
        super().__init__(host, port, audio)

    def configure(self, settings: LineSettings) -> None:
        """What was set for this line, and the country; a call in progress ends by what it began with."""
        learnt = settings.busy_tone
        tone = learnt_tone(learnt.frequencies, learnt.cadence_ms) if learnt else None
        self.settings, self.tones = settings, tone_table(self.host.country, tone)
        self.audio.set_tones(self.tones.steps)

    @property
    def display(self) -> Display:
        """How this line tells who calls."""
        return Display.of(self.host.country, self.settings.caller_id)

    @property
    def idle_hears(self) -> Hear:
        """Caller ID."""
        return self.display.hears

    @property
    def state(self) -> Literal["idle", "ringing", "in_use", "no_battery", "fault"]:
        """As the API shows it."""
        if self.port.fault:
            return "fault"
        if self.port.off_hook or self.reserved:
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
        self._forget_caller()
        if self.port.off_hook:
            self.on_released(leg)
            self._free_at = time.monotonic() + GUARD_S
        self.port.release()
        self.listen_idle()
        self.host.port_changed(self.id)

    def on_port(self, record: PortEventRecord) -> None:
        """A ring begins a call; everything else is the leg's."""
        if record.event in (PortEvent.RING_BEGAN, PortEvent.RING_ENDED):
            self.ringing = record.event == PortEvent.RING_BEGAN
        for watcher in self.watchers:
            watcher(record)
        if self.leg:
            self.leg.on_port(record)
        elif self.reserved:
            return
        elif self._japanese:
            if record.event == PortEvent.RING_ENDED:
                self._japanese.ring_ended()
        elif record.event == PortEvent.RING_BEGAN:
            if self.display.kind is CallerIdKind.NTT and time.monotonic() - self._read_at > CALLER_ID_FRESH_S:
                self._japanese = japan.Reading(self.port)
                self._reading = asyncio.create_task(self._read_japanese(self._japanese))
            else:
                self._incoming()

    async def _read_japanese(self, reading: japan.Reading) -> None:
        try:
            again = await reading.read()
        finally:
            self._japanese = None
        if again:
            self._read_at = time.monotonic()
        elif self.ringing and not self.leg:
            self._incoming()
        self.host.port_changed(self.id)

    def _incoming(self) -> None:
        self.leg = leg = LineLeg(self, "inbound")
        if self._heard_caller and time.monotonic() - self._heard_caller[0] < CALLER_ID_FRESH_S:
            leg.caller_id.set_result(self._heard_caller[1])
        self._on_incoming(self, leg)

    def on_heard(self, heard: Heard) -> None:
        """Caller ID is kept for the ring it belongs to; everything else is the leg's."""
        if self.reserved:
            return
        if self.leg and self.port.off_hook:
            self.leg.on_heard(heard)
        elif heard.kind == HeardKind.FSK_MESSAGE and isinstance(heard.value, bytes):
            self._message(heard.value)
        elif heard.kind == HeardKind.FSK_DAMAGED:
            self._damaged(f"its {DAMAGES[Damage(str(heard.value))]}", heard.detail)
        elif heard.kind == HeardKind.DIGIT:
            self._called_by(self._dtmf.feed(str(heard.value)))
        elif self.leg:
            self.leg.on_heard(heard)

    def _message(self, message: bytes) -> None:
        match parse_message(message):
            case CallerId() as caller:
                self._called_by(caller)
            case MessageWaiting() as waiting:
                log.info("%s: messages are waiting at the telephone company: %s", self.id, waiting.on)
                self.message_waiting = waiting.on
            case None:
                self._damaged("its contents make no sense", message)

    def _damaged(self, why: str, received: bytes) -> None:
        log.warning("%s: caller ID could not be read, %s: %s", self.id, why, received.hex(" "))
        self.damage = why
        if self._japanese:
            self._japanese.heard()

    def _forget_caller(self) -> None:
        self._heard_caller, self.damage = None, ""

    def _called_by(self, caller: CallerId | None) -> None:
        if not caller:
            return
        if self._japanese:
            self._japanese.heard()
        if not self.leg:
            self._heard_caller = (time.monotonic(), caller)
        elif not self.leg.caller_id.done():
            self.leg.caller_id.set_result(caller)


def learnt_tone(frequencies: Sequence[float], cadence_ms: Sequence[int]) -> Tone:
    """A line's own busy tone, as a country's."""
    steps = (Step(() if number % 2 else tuple(frequencies), ms) for number, ms in enumerate(cadence_ms))
    return Tone(ToneName.BUSY, tuple(steps), 0)
