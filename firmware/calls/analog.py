# SPDX-License-Identifier: GPL-2.0-or-later
"""What lines and stations have in common: a port, its audio, and at most one leg."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from drivers.lineaudio import FaxTone, Hear, Heard, HeardKind, LineAudio
from drivers.port import Port, PortEventRecord
from firmware.calls.caller_display import Display
from firmware.calls.leg import Leg
from firmware.calls.quality import Quality, of_blocks
from firmware.config import Config
from firmware.countries import Country, Tone
from firmware.media.tone_table import opening, sound

log = logging.getLogger(__name__)


class AnalogHost(Protocol):
    """What a line or station needs of the box."""

    @property
    def country(self) -> Country:
        """Of the site, now."""

    @property
    def config(self) -> Config:
        """In force now."""

    def port_changed(self, id: str) -> None:
        """State or leg of this port is another one."""

    def left_off_hook(self, id: str, locked_out: bool) -> None:
        """A station was left off the hook for so long that its line rests; False when it was put down."""

    def port_cannot(self, id: str, why: str) -> None:
        """The card cannot do what the configuration asks of this port; `why` is a sentence."""


class AnalogLeg(Leg):
    """A leg on a port. Its `Line` or `Station` hands it what happens on the wire."""

    kind = "analog"

    def __init__(self, owner: AnalogPort) -> None:
        super().__init__(owner.id)
        self._owner, self.audio = owner, owner.audio
        self._began = owner.audio.stats()
        self._unsent = ""  # digits
        self._sending: asyncio.Future[None] | None = None

    @property
    def slot(self) -> int:
        """Place on the bridge."""
        return self.audio.slot

    def quality(self) -> Quality | None:
        """By what came from the wire since the leg began."""
        now, began = self.audio.stats(), self._began
        echo = now.echo_loss + now.echo_cancelled if now.echo_loss else None
        return of_blocks(
            now.received - began.received, now.underruns - began.underruns, now.clipped - began.clipped, echo
        )

    def play_tone(self, tone: Tone) -> None:
        """Plays a country tone to the party until `quiet`."""
        self._owner.play(tone)

    def quiet(self) -> None:
        """Stops the tone."""
        self._owner.quiet()

    def send_digit(self, digit: str) -> None:
        """As a tone, after those that are still being sent."""
        self._unsent += digit
        if not self._sending or self._sending.done():
            self._send()

    def _send(self) -> None:
        if self._unsent and not self.gone.done():
            self._sending, self._unsent = self.audio.dial(self._unsent), ""
            self._sending.add_done_callback(lambda sent: None if sent.cancelled() else self._send())

    def cancel_echo(self, on: bool) -> None:
        """For the rest of the call: off for fax and modems, whose answer tone asks for it by phase reversals."""
        self._owner.cancel_echo(on)

    def dialled(self, digit: str) -> None:
        """The party pressed a key, or turned the dial."""
        self.digits.put_nowait(digit)
        self.on_digit(digit)

    def on_port(self, record: PortEventRecord) -> None:
        """Something happened on the wire."""

    def on_heard(self, heard: Heard) -> None:
        """A detector found something."""
        if heard.kind == HeardKind.DIGIT:
            self.dialled(str(heard.value))
        elif heard.kind == HeardKind.FAX:
            self._fax(FaxTone(str(heard.value)))

    def _fax(self, tone: FaxTone) -> None:
        log.info("%s hears a fax machine: %s", self.name, tone)
        self.carries_data = True
        for told in list(self.on_fax):
            told(tone)


class AnalogPort:
    """A port with its audio. Made once; its leg comes and goes."""

    def __init__(self, host: AnalogHost, port: Port, audio: LineAudio) -> None:
        self.host, self.port, self.audio = host, port, audio
        self.id = port.id
        self._opening: asyncio.Future[None] | None = None
        self.echo_canceller = True  # allowed by the configuration; each call begins with it
        port.on_event = self._on_port
        port.connect_audio(audio)
        audio.on_heard = self._on_heard
        audio.hear(self.idle_hears)

    @property
    def detail(self) -> str:
        """What is wrong with it, or has to be known; "" when nothing is."""
        return self.port.fault or self.port.note

    @property
    def display(self) -> Display:
        """How caller ID crosses its wire: its own setting, or the country's."""
        raise NotImplementedError

    @property
    def idle_hears(self) -> Hear:
        """What to listen for while nobody uses the port."""
        return Hear.NOTHING

    def _on_port(self, record: PortEventRecord) -> None:
        log.info(
            "%s %s%s", self.id, record.event, f" {record.digit}{record.detail}" if record.digit or record.detail else ""
        )
        self.on_port(record)
        self.host.port_changed(self.id)

    def _on_heard(self, heard: Heard) -> None:
        log.debug("%s heard %s %s", self.id, heard.kind.value, heard.value)
        self.on_heard(heard)

    def on_port(self, record: PortEventRecord) -> None:
        """Something happened on the wire."""
        raise NotImplementedError

    def on_heard(self, heard: Heard) -> None:
        """A detector found something."""
        raise NotImplementedError

    def play(self, tone: Tone) -> None:
        """Plays a tone of the country, its opening first, until something else is played."""
        if not tone.opening:
            self.audio.tone(sound(tone))
            return
        self._opening = ended = self.audio.tone(opening(tone), repeat=False)
        ended.add_done_callback(lambda _: self._opened(ended, tone))

    def _opened(self, ended: asyncio.Future[None], tone: Tone) -> None:
        if not ended.cancelled() and self._opening is ended:
            self.audio.tone(sound(tone))

    def cancel_echo(self, on: bool) -> None:
        """Until the next call: by the card when it can, else by lineaudio, and by neither when not configured."""
        on = on and self.echo_canceller
        self.port.cancel_echo(on)
        self.audio.cancel_echo(on and not self.port.has_echo_canceller)

    def set_gains(self, received_db: float, sent_db: float) -> None:
        """In dB, by the card when it can."""
        self.port.set_gains(received_db, sent_db)
        self.audio.set_gains(*((0.0, 0.0) if self.port.has_gains else (received_db, sent_db)))

    def quiet(self) -> None:
        """Stops the tone."""
        self._opening = None
        self.audio.quiet()

    def listen_idle(self) -> None:
        """Listens for what comes while nobody uses the port."""
        self.quiet()
        self.audio.hear(self.idle_hears)


def later(seconds: float, action: Callable[[], None]) -> asyncio.TimerHandle:
    """Calls `action` after so long, unless cancelled."""
    return asyncio.get_running_loop().call_later(seconds, action)
