# SPDX-License-Identifier: GPL-2.0-or-later
"""What lines and stations have in common: a port, its audio, and at most one leg."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from drivers.lineaudio import Hear, Heard, LineAudio, SoundStep
from drivers.port import Port, PortEventRecord
from firmware.calls.leg import Leg
from firmware.countries import Country, Tone
from firmware.media.tone_table import opening, sound

log = logging.getLogger(__name__)


class AnalogHost(Protocol):
    """What a line or station needs of the box."""

    @property
    def country(self) -> Country:
        """Of the site, now."""

    def port_changed(self, id: str) -> None:
        """State or leg of this port is another one."""


class AnalogLeg(Leg):
    """A leg on a port. Its `Line` or `Station` hands it what happens on the wire."""

    kind = "analog"

    def __init__(self, name: str, audio: LineAudio) -> None:
        super().__init__(name)
        self.audio = audio

    @property
    def slot(self) -> int:
        """Place on the bridge."""
        return self.audio.slot

    def play_tone(self, tone: Tone) -> None:
        """Plays a country tone to the party, its opening first, until `quiet`."""
        steps: Sequence[SoundStep] = sound(tone)
        if tone.opening:
            self.audio.tone(opening(tone), repeat=False).add_done_callback(
                lambda ended: None if ended.cancelled() or self.gone.done() else self._continue(steps)
            )
        else:
            self.audio.tone(steps)

    def _continue(self, steps: Sequence[SoundStep]) -> None:
        self.audio.tone(steps)

    def quiet(self) -> None:
        """Stops the tone."""
        self.audio.quiet()

    def on_port(self, record: PortEventRecord) -> None:
        """Something happened on the wire."""

    def on_heard(self, heard: Heard) -> None:
        """A detector found something."""


class AnalogPort:
    """A port with its audio. Made once; its leg comes and goes."""

    def __init__(self, host: AnalogHost, port: Port, audio: LineAudio, idle: Hear) -> None:
        self.host, self.port, self.audio, self._idle = host, port, audio, idle
        self.id = port.id
        port.on_event = self._on_port
        port.connect_audio(audio)
        audio.on_heard = self._on_heard
        audio.hear(idle)

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

    def listen_idle(self) -> None:
        """Listens for what comes while nobody uses the port."""
        self.audio.quiet()
        self.audio.hear(self._idle)


def later(seconds: float, action: Callable[[], None]) -> asyncio.TimerHandle:
    """Calls `action` after so long, unless cancelled."""
    return asyncio.get_running_loop().call_later(seconds, action)
