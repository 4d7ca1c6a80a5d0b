# SPDX-License-Identifier: GPL-2.0-or-later
"""A telephone of the house in use, or being rung."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from drivers.lineaudio import Hear, Heard, HeardKind
from drivers.port import Battery, PortError, PortEvent, PortEventRecord
from firmware.calls import caller_display, japan
from firmware.calls.analog import AnalogLeg
from firmware.calls.answer_signals import AnswerSignals
from firmware.calls.caller_display import Display
from firmware.calls.causes import Cause
from firmware.calls.leg import Caller, Failed
from firmware.calls.waiting import WaitingTold
from firmware.countries import CallerIdKind, RingName
from firmware.media.tone_table import first_burst

if TYPE_CHECKING:
    from firmware.calls.station import Station

log = logging.getLogger(__name__)


class StationLeg(AnalogLeg):
    """A telephone in use, or being rung."""

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self._station = station
        self.number = station.extension.number if station.extension else ""
        self.lifted = asyncio.Event()
        self.calling = False  # it was lifted to call, and nobody has answered yet
        self._signals = AnswerSignals(station.port, lambda why: station.host.port_cannot(station.id, why))
        self._display: asyncio.Task[None] | None = None
        self._hook: japan.Hook | None = None  # while it is told who calls in Japan's way
        self._waiting = WaitingTold(self.audio)
        self.caller = Caller()  # who was shown when it rang

    async def ring(self, caller: Caller, ring: RingName = RingName.OUTSIDE) -> None:
        """Rings with the cadence that tells who calls, and caller ID before or after the first burst, until lifted.

        Failed when the phone cannot ring. Cancelling stops the ringing.
        """
        display, self.caller = self._station.display, caller
        try:
            if display.kind is CallerIdKind.NTT:
                await self._announce_japanese(display, caller)
            elif display.kind.before_ring:
                await self._unless_lifted(self._announce(display, caller))
            if not self.lifted.is_set():
                cadence = self._station.cadence(ring)
                self._station.port.ring(cadence, lambda: self._begin_display(display, caller))
            await self.lifted.wait()
        except PortError as error:
            raise Failed(Cause.OUT_OF_ORDER, str(error)) from error
        finally:
            if self._display:
                self._display.cancel()
            if self._station.leg is self:  # else the phone may ring for somebody else by now
                self._station.port.stop_ringing()
                if display.kind is CallerIdKind.NTT:
                    self._station.port.set_battery(Battery.NORMAL)
                self.quiet()
        self.audio.hear(Hear.DTMF | Hear.FAX)

    async def _unless_lifted(self, announcing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(announcing)
        lifted = asyncio.create_task(self.lifted.wait())
        try:
            await asyncio.wait({task, lifted}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            task.cancel()
            lifted.cancel()

    def _announce(self, display: Display, caller: Caller) -> Coroutine[Any, Any, None]:
        return display.before_ring(self._station.port, self.audio, caller, self._station.local_time())

    async def _announce_japanese(self, display: Display, caller: Caller) -> None:
        self._hook = japan.Hook()
        try:
            await japan.announce(
                self._station.port, self._hook, lambda: display.send(self.audio, caller, self._station.local_time())
            )
        finally:
            self._hook = None
            if self._station.port.off_hook:
                self.lifted.set()

    def _begin_display(self, display: Display, caller: Caller) -> None:
        if display.kind.after_ring:
            self._display = asyncio.create_task(self._show(display, caller))

    async def _show(self, display: Display, caller: Caller) -> None:
        await asyncio.sleep(caller_display.AFTER_RING_S)
        await display.send(self.audio, caller, self._station.local_time())

    async def show_waiting(self, caller: Caller) -> bool:
        """Tells the phone in a call who waits: the country's tone, the alerting signal, and data if it acknowledges.

        True when it did. The parties hear nothing of each other meanwhile, for less than two seconds.
        """
        display = self._station.display
        await self.play_waiting()
        return display.in_calls and await self._waiting.tell(display, caller, self._station.local_time())

    async def play_waiting(self) -> None:
        """The country's call-waiting tone, once."""
        await self.audio.tone(first_burst(self._station.host.country.call_waiting), repeat=False)

    def hold(self, on: bool) -> None:
        """Whoever is at the other end hears music, because this phone talks in another call."""
        self.holds = on
        self.on_hold()

    async def alert(self) -> None:
        """Plays the country's ringing tone."""
        self.play_tone(self._station.host.country.ringback)

    def play_dial_tone(self) -> None:
        """It stutters while messages wait, or calls are forwarded or not wanted."""
        country = self._station.host.country
        self.play_tone(country.stutter if self._station.messages.on or self._station.diverted else country.dial)

    def far_end_answered(self, *, outside: bool) -> None:
        """Tells a coin phone or a charge meter, where the extension says that there is one."""
        extension = self._station.extension
        if extension:
            metering = extension.metering if outside else None
            self._signals.begin(reverse=extension.reversal_on_answer, metering=metering)

    async def answer(self) -> None:
        """A lifted phone is connected already; it hears no tone any more."""
        self.calling = False
        self.quiet()

    def tell(self, cause: Cause) -> None:
        """Busy, unobtainable or congestion tone."""
        self.play_tone(self._station.tone_for(cause))

    async def refuse(self, cause: Cause) -> None:
        """`hang_up` lets it know: the call need not wait for the person to hear enough."""

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """Lets go of the phone; one that is still off hook hears a tone that says why, until it is put down."""
        self.left(cause)
        self._signals.end()
        self._station.release(self, cause)

    def on_port(self, record: PortEventRecord) -> None:
        """Hook changes and rotary digits."""
        match record.event:
            case PortEvent.OFF_HOOK | PortEvent.ON_HOOK if self._hook:
                self._hook.changed(off_hook=record.event == PortEvent.OFF_HOOK)
            case PortEvent.OFF_HOOK:
                self.lifted.set()
            case PortEvent.ON_HOOK:
                self.left(Cause.NORMAL)
            case PortEvent.HOOK_FLASH if self.calling:
                self._station.begins_again = True
                self.left(Cause.NORMAL)
            case PortEvent.HOOK_FLASH:
                self.on_flash()
            case PortEvent.PULSE_DIGIT:
                self.dialled(record.digit)
            case PortEvent.FAULT:
                self.left(Cause.OUT_OF_ORDER)
            case PortEvent.UNPLUGGED if self.lifted.is_set():
                self.left(Cause.OUT_OF_ORDER)

    def on_heard(self, heard: Heard) -> None:
        """Digits by tone, but for the acknowledgement of a phone that is told who waits."""
        if heard.kind != HeardKind.DIGIT or not self._waiting.acknowledges(str(heard.value)):
            super().on_heard(heard)
