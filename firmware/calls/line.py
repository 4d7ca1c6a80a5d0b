# SPDX-License-Identifier: GPL-2.0-or-later
"""An FXO port with the telephone company's line: calls that come in on it, and calls that go out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Literal

from drivers.lineaudio import CallerId, Damage, Hear, Heard, HeardKind, LineAudio, MessageWaiting, parse_message
from drivers.port import Battery, FxoPort, PortEvent, PortEventRecord
from firmware.calls import japan
from firmware.calls.analog import AnalogHost, AnalogPort
from firmware.calls.caller_display import Display
from firmware.calls.dtmf_caller_id import DtmfOnHook
from firmware.calls.line_leg import LineLeg
from firmware.config import Line as LineSettings
from firmware.countries import CallerIdKind, Step, Tone, ToneName
from firmware.media.tone_table import ToneTable, tone_table

log = logging.getLogger(__name__)

CALLER_ID_FRESH_S = 10.0  # a message that came this long before the first ring belongs to it
GUARD_S = 1.0  # after hanging up: the exchange needs to see it
DAMAGES = {Damage.CHECKSUM: "checksum is wrong", Damage.OCTET: "octets are broken", Damage.CUT: "end is missing"}


class Line(AnalogPort):
    """The port, ringing or idle. `on_incoming` is called with the leg at the first ring.

    `watchers` are told of everything on the wire, `on_seized` of a leg that went off hook, `on_released` of one that is
    about to go on hook. While the line is `reserved` (by the Line Doctor, or the lifeline), no call comes in or goes
    out on it; `let_go` asks whoever reserved it to give it back at once, `on_reserved_heard` is told what is heard.
    """

    port: FxoPort

    def __init__(
        self, host: AnalogHost, port: FxoPort, audio: LineAudio, on_incoming: Callable[[Line, LineLeg], None]
    ) -> None:
        self.leg: LineLeg | None = None
        self.ringing = False
        self.reserved = False
        self.let_go: Callable[[], None] = lambda: None
        self.on_reserved_heard: Callable[[Heard], None] = lambda heard: None
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
    def must_be_asked(self) -> bool:
        """Who calls is told only to a line that answers for it, as in Japan."""
        return self.display.kind is CallerIdKind.NTT and not self.port.tells_caller

    @property
    def idle_hears(self) -> Hear:
        """Caller ID, where it is sound."""
        return Hear.NOTHING if self.port.tells_caller else self.display.hears

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
        self.go_on_hook()

    def go_on_hook(self) -> None:
        """Nobody uses the line any more."""
        if self.port.off_hook:
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
        if record.event == PortEvent.CALLER_ID:
            self._called_by(CallerId(record.detail, record.name, record.private))
        elif self.leg:
            self.leg.on_port(record)
        elif self.reserved:
            return
        elif self._japanese:
            if record.event == PortEvent.RING_ENDED:
                self._japanese.ring_ended()
        elif record.event == PortEvent.RING_BEGAN:
            if self.must_be_asked and time.monotonic() - self._read_at > CALLER_ID_FRESH_S:
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
            self.on_reserved_heard(heard)
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
