# SPDX-License-Identifier: GPL-2.0-or-later
"""What FXO and FXS ports of a DAHDI card have in common: a channel that is opened, watched, lost, and opened again."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import select
import time
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field

from drivers.dahdi import sentences
from drivers.dahdi.channel import Channel
from drivers.dahdi.echo import EchoCanceller
from drivers.dahdi.gains import gain_table
from drivers.dahdi.ioctls import EVENT_PULSEDIGIT, Event, Flush, Hook, Law, Params
from drivers.port import AudioPath, HookTiming, Port, PortError, PortEvent, PortEventRecord

log = logging.getLogger(__name__)

BUFFERS = 4  # blocks of 20 ms each way; what is written waits in them when the card's clock is slower than ours
ECHO_TAPS = 128  # 16 ms of tail; 0 leaves the echo canceller off
RETRY_S = 2.0  # between attempts to open a channel that is busy, missing or not configured


@dataclass(slots=True)
class Settings:
    """What the ports of a card share. The card changes it, and tells the ports."""

    law: Law = Law.MULAW
    hook_timing: HookTiming = field(default_factory=HookTiming)
    buffers: int = BUFFERS
    echo_taps: int = ECHO_TAPS


class DahdiPort(Port):
    """Keeps a channel open. What is wrong with it is `fault`; it comes back by itself."""

    def __init__(self, id: str, number: int, settings: Settings) -> None:
        super().__init__(id)
        self.number = number
        self._settings = settings
        self._channel: Channel | None = None
        self._fault = ""
        self._audio: AudioPath | None = None
        self._echo = EchoCanceller(id, number, settings.echo_taps)
        self._gains = (0.0, 0.0)
        self._watcher: select.epoll | None = None
        self._retry: asyncio.TimerHandle | None = None

    # ---- what a kind of port makes of it -----------------------------------------------------------

    @abstractmethod
    def on_opened(self, params: Params) -> None:
        """The channel is ours, in the state `params`."""

    @abstractmethod
    def on_lost(self) -> None:
        """The channel is gone or about to be closed: nothing rings, nothing is off hook."""

    @abstractmethod
    def on_channel_event(self, event: int) -> None:
        """Something happened on the wire."""

    # ---- life --------------------------------------------------------------------------------------

    def open(self) -> None:
        """Opens the channel, or says in `fault` why not and tries again later."""
        self._stop_retry()
        self._try_to_open()
        if self._channel is None:
            self._retry = asyncio.get_running_loop().call_later(RETRY_S, self.open)

    def close(self) -> None:
        """Goes on hook and closes the channel. Harmless when it is not open."""
        self._stop_retry()
        self._release_channel()

    def _try_to_open(self) -> None:
        try:
            channel = Channel(self.number)
        except OSError as error:
            self._set_fault(sentences.not_opened(self.kind, self.number, error))
            return
        try:
            params = channel.params()
            fault = sentences.wrong_signalling(self.kind, self.number, params)
            if not fault:
                self._adopt(channel, params)
                return
        except OSError as error:
            fault = sentences.not_opened(self.kind, self.number, error)
        self._forget_watcher()
        self._channel = None
        channel.close()
        self._set_fault(fault)

    def _adopt(self, channel: Channel, params: Params) -> None:
        channel.set_buffers(self._settings.buffers)
        self._channel = channel
        self.apply_settings()
        self._watcher = select.epoll()
        self._watcher.register(channel.fd, select.EPOLLPRI)
        # asyncio watches for EPOLLIN only, and DAHDI tells events as EPOLLPRI: an epoll in an epoll
        asyncio.get_running_loop().add_reader(self._watcher.fileno(), self._events_due)
        self._attach_audio()
        self._echo.opened()
        self._set_fault(sentences.card_alarm(channel.span()))
        self.on_opened(params)

    def _release_channel(self) -> None:
        channel = self._channel
        if channel is None:
            return
        self.on_lost()
        with contextlib.suppress(OSError):  # a card that is gone has let go of the line by itself
            channel.hook(Hook.ONHOOK)
        self._channel = None
        self._forget_watcher()
        if self._audio is not None:
            self._audio.detach()
            self._audio.on_bad_audio = None
        channel.close()

    def _forget_watcher(self) -> None:
        if self._watcher is not None:
            asyncio.get_running_loop().remove_reader(self._watcher.fileno())
            self._watcher.close()
            self._watcher = None

    def _stop_retry(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None

    def lost(self, why: str) -> None:
        """The channel does not work any more: says so, and tries to get it back."""
        log.warning("%s: %s", self.id, why)
        self._release_channel()
        self._set_fault(why)
        self._stop_retry()
        self._retry = asyncio.get_running_loop().call_later(RETRY_S, self.open)

    # ---- state -------------------------------------------------------------------------------------

    @property
    def fault(self) -> str:
        """Why the port cannot be used, as a sentence; "" when it can."""
        return self._fault

    def _set_fault(self, fault: str) -> None:
        before, self._fault = self._fault, fault
        if fault and fault != before:
            log.warning("%s: %s", self.id, fault)
            self.emit(PortEvent.FAULT, detail=fault)
        elif before and not fault:
            self.emit(PortEvent.PLUGGED)

    @property
    def channel(self) -> Channel:
        """The open channel. PortError, with the reason, when the port cannot be used."""
        if self._channel is None or self._fault:
            raise PortError(f"{self.id} cannot be used: {self._fault or 'the card was not started'}")
        return self._channel

    def emit(self, event: PortEvent, *, digit: str = "", detail: str = "") -> None:
        """Tells the owner of the port."""
        self.on_event(PortEventRecord(event, time.monotonic(), digit, detail))

    # ---- events ------------------------------------------------------------------------------------

    def _events_due(self) -> None:
        if self._channel is None:
            return
        try:
            for event in list(self._channel.events()):
                self._dispatch(event)
        except OSError as error:
            self.lost(sentences.not_opened(self.kind, self.number, error))

    def _dispatch(self, event: int) -> None:
        log.debug("%s: DAHDI event %s", self.id, event_name(event))
        if event == Event.REMOVED:
            self.lost(sentences.not_opened(self.kind, self.number, OSError(errno.ENODEV, "removed")))
        elif self._channel is None:
            return  # lost by an event before this one
        elif event in (Event.ALARM, Event.NOALARM):
            self._set_fault(sentences.card_alarm(self._channel.span()))
            self.on_channel_event(event)
        else:
            self.on_channel_event(event)

    # ---- sound -------------------------------------------------------------------------------------

    def connect_audio(self, audio: AudioPath) -> None:
        """Sound of the channel goes through `audio` whenever the channel is open."""
        if self._audio is not None and self._channel is not None:
            self._audio.detach()
        self._audio = audio
        self._attach_audio()

    def _attach_audio(self) -> None:
        if self._audio is None or self._channel is None:
            return
        self._channel.flush(Flush.READ | Flush.WRITE)
        self._audio.on_bad_audio = self._bad_audio
        self._audio.attach(self._channel.fd)

    def _bad_audio(self, why: str) -> None:
        self.lost(f"DAHDI channel {self.number} gives no sound any more ({why}). Look at dmesg.")

    @property
    def has_gains(self) -> bool:
        """The kernel changes codes by a table."""
        return True

    def set_gains(self, received_db: float, sent_db: float) -> None:
        """Louder or softer, each way, in dB; kept when the channel comes back."""
        self._gains = (received_db, sent_db)
        if self._channel is not None:
            self.apply_settings()

    def apply_settings(self) -> None:
        """Brings law, gains and times of the card's settings to the channel. OSError."""
        if self._channel is None:
            return
        law = self._settings.law
        self._channel.set_law(law)
        received, sent = (gain_table(law, db) for db in self._gains)
        self._channel.set_gains(received, sent)

    @property
    def has_echo_canceller(self) -> bool:
        """True when system.conf gives the channel one, in the card or in the kernel."""
        return self._echo.there

    def cancel_echo(self, on: bool) -> None:
        """Switches it for the rest of the call; the core by itself switches it off at CED with phase reversals."""
        if self._channel is not None:
            self._echo.switch(self._channel, on=on)

    @contextlib.contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Turns an OSError of the kernel into a PortError that says what was wanted."""
        try:
            yield
        except OSError as error:
            raise PortError(
                f"{self.id} cannot {what}: {sentences.not_opened(self.kind, self.number, error)}"
            ) from error


def event_name(event: int) -> str:
    """For the log."""
    if event & EVENT_PULSEDIGIT:
        return f"PULSEDIGIT {chr(event & 0xFF)}"
    return Event(event).name if event in Event._value2member_map_ else str(event)
