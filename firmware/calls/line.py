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
from firmware.calls.analog import AnalogHost, AnalogLeg, AnalogPort, later
from firmware.calls.causes import Cause
from firmware.calls.leg import Caller, Failed
from firmware.countries import ToneName
from firmware.media.tone_table import RECOGNISED

log = logging.getLogger(__name__)

CALLER_ID_FRESH_S = 10.0  # a message that came this long before the first ring belongs to it
RING_GAP_S = 2.0  # beyond the cadence's pause: the caller has given up
STEADY_RING_S = 1.0  # beyond the cadence's burst: this exchange has no cadence, so no caller ID between rings
ANSWER_SETTLES_S = 0.6  # a reversal this soon after answering is the exchange's answer, not its hang-up
DIAL_TONE_S = 7.0  # the slowest special dial tones take 6 s to be known
SETTLE_S = 0.2  # between going off hook and listening; between dial tone and the first digit
GUARD_S = 1.0  # after hanging up: the exchange needs to see it
PROGRESS_S = 8.0  # after the last digit, without any tone: the far end has answered
RINGBACK_GAP_S = 0.7  # ringing that stops, and no other tone: answered


class LineLeg(AnalogLeg):
    """The box as a telephone on a line, ringing (inbound) or seized (outbound)."""

    def __init__(self, line: Line, direction: Literal["inbound", "outbound"]) -> None:
        super().__init__(line)
        self._line, self.direction = line, direction
        self.caller_id: asyncio.Future[CallerId] = asyncio.get_running_loop().create_future()
        self.rang_again = asyncio.Event()
        self.connected = asyncio.Event()  # outbound: the far end answered, as far as a line tells
        self._tone: asyncio.Queue[ToneName | None] = asyncio.Queue()
        self._seized_at = 0.0
        self._answer_known = False  # else `connected` is a guess: nothing was heard for long
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self.line_ended_it = False  # after `hang_up`: whether it was the line that ended the call

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
        self._stop_timer("ring")
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
        await self._dial_tone()
        await asyncio.sleep(SETTLE_S)
        await self.audio.dial(digits)
        self._start_timer("progress", PROGRESS_S, self.connected.set)
        self.audio.hear(Hear.TONES)  # afresh: the dial tone is over

    async def _dial_tone(self) -> None:
        try:
            async with asyncio.timeout(DIAL_TONE_S):
                while await self._tone.get() not in (ToneName.DIAL, ToneName.STUTTER):
                    pass
        except TimeoutError:
            why = f"no dial tone on {self.name} within {DIAL_TONE_S:.0f} s"
            raise Failed(Cause.NETWORK_OUT_OF_ORDER, why) from None

    # ---- both --------------------------------------------------------------------------------

    def _seize(self) -> None:
        try:
            self._line.port.seize()
        except PortError as error:
            raise Failed(Cause.OUT_OF_ORDER, str(error)) from error
        self._seized_at = time.monotonic()
        self._line.on_seized(self)
        self._line.host.port_changed(self._line.id)
        self.audio.hear(Hear.TONES if self.direction == "outbound" else Hear.TONES | Hear.DTMF)

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """Goes on hook and gives the line back."""
        self.line_ended_it = self.gone.done()
        self.left(cause)
        for name in list(self._timers):
            self._stop_timer(name)
        self._line.release(self)

    def on_port(self, record: PortEventRecord) -> None:
        """Ring, battery, polarity."""
        match record.event:
            case PortEvent.RING_BEGAN:
                self._stop_timer("ring")
                self.rang_again.set()
            case PortEvent.RING_ENDED if not self._line.port.off_hook:
                pause = max(self._line.host.country.ring_cadence_ms[1::2], default=4000) / 1000
                self._start_timer("ring", pause + RING_GAP_S, lambda: self.left(Cause.NORMAL))
            case PortEvent.BATTERY_LOST if self._line.port.off_hook:
                drop = self._line.host.country.disconnect_ms / 1000
                self._start_timer("battery", drop, lambda: self.left(Cause.NORMAL))
            case PortEvent.BATTERY_RESTORED:
                self._stop_timer("battery")
            case PortEvent.POLARITY_REVERSED if self._line.port.off_hook:
                self._polarity_reversed()
            case PortEvent.UNPLUGGED | PortEvent.FAULT:
                self.left(Cause.OUT_OF_ORDER)

    def _polarity_reversed(self) -> None:
        """Outbound, the first one says that the far end answered, unless that was heard; any other, that it hung up."""
        if self.direction == "outbound" and not self._answer_known:
            self._answered()
        elif time.monotonic() - self._seized_at > ANSWER_SETTLES_S:
            self.left(Cause.NORMAL)

    def on_heard(self, heard: Heard) -> None:
        """Caller ID while ringing; digits and tones while off hook."""
        if heard.kind == HeardKind.DIGIT:
            self.dialled(str(heard.value))
        elif heard.kind == HeardKind.TONE:
            self._on_tone(RECOGNISED[int(heard.value)])
        elif heard.kind == HeardKind.TONE_ENDED and self.direction == "outbound" and "ringback" in self._timers:
            self._start_timer("answer", RINGBACK_GAP_S, self._answered)

    def _on_tone(self, tone: ToneName) -> None:
        log.info("%s hears %s", self.name, tone)
        self._tone.put_nowait(tone)
        self._stop_timer("answer")
        if tone == ToneName.BUSY:
            self.left(Cause.NORMAL if self.direction == "inbound" or self.connected.is_set() else Cause.BUSY)
        elif tone == ToneName.CONGESTION:
            self.left(Cause.NORMAL if self.direction == "inbound" or self.connected.is_set() else Cause.CONGESTION)
        elif tone == ToneName.RINGBACK and self.direction == "outbound":
            self._stop_timer("progress")
            self._start_timer("ringback", 600, lambda: self.left(Cause.NO_ANSWER))

    def _answered(self) -> None:
        for name in ("progress", "ringback", "answer"):
            self._stop_timer(name)
        self._answer_known = True
        self.connected.set()

    def _start_timer(self, name: str, seconds: float, action: Callable[[], None]) -> None:
        self._stop_timer(name)
        self._timers[name] = later(seconds, action)

    def _stop_timer(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer:
            timer.cancel()


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
        self._on_incoming = on_incoming
        self._heard_caller: tuple[float, CallerId] | None = None
        self._dtmf_caller = caller_display.DtmfCallerId()
        self._free_at = 0.0
        super().__init__(host, port, audio)

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
        self._heard_caller = None
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
        elif record.event == PortEvent.RING_BEGAN:
            self._incoming()

    def _incoming(self) -> None:
        self.leg = leg = LineLeg(self, "inbound")
        if self._heard_caller and time.monotonic() - self._heard_caller[0] < CALLER_ID_FRESH_S:
            leg.caller_id.set_result(self._heard_caller[1])
        self._on_incoming(self, leg)

    def on_heard(self, heard: Heard) -> None:
        """Caller ID is kept for the ring it belongs to; everything else is the leg's."""
        if self.reserved:
            return
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
