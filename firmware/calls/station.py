# SPDX-License-Identifier: GPL-2.0-or-later
"""An FXS port with somebody's telephone: it is lifted to call, and rings to be called."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from drivers.lineaudio import Hear, Heard, HeardKind, LineAudio
from drivers.port import Battery, FxsPort, HookTiming, PortError, PortEvent, PortEventRecord
from firmware.calls import caller_display, japan
from firmware.calls.analog import AnalogHost, AnalogLeg, AnalogPort
from firmware.calls.answer_signals import AnswerSignals
from firmware.calls.caller_display import Display
from firmware.calls.causes import Cause
from firmware.calls.leg import Caller, Failed
from firmware.calls.message_waiting import MessageWaiting
from firmware.calls.off_hook import OffHook
from firmware.calls.waiting import WaitingTold
from firmware.config import Extension
from firmware.countries import CallerIdKind, RingName, Tone
from firmware.media.tone_table import first_burst

log = logging.getLogger(__name__)

# A break of the loop so long is a hang-up where no flash is expected: longer than any rotary pulse (drivers.hook).
HANG_UP_MS = 200


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

    async def ring(self, caller: Caller, ring: RingName = RingName.OUTSIDE) -> None:
        """Rings with the cadence that tells who calls, and caller ID before or after the first burst, until lifted.

        Failed when the phone cannot ring. Cancelling stops the ringing.
        """
        display = self._station.display
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
        tone = first_burst(self._station.host.country.call_waiting)
        await self.audio.tone(tone, repeat=False)
        return display.in_calls and await self._waiting.tell(display, caller, self._station.local_time())

    async def alert(self) -> None:
        """Plays the country's ringing tone."""
        self.play_tone(self._station.host.country.ringback)

    def play_dial_tone(self) -> None:
        """It stutters while messages wait."""
        country = self._station.host.country
        self.play_tone(country.stutter if self._station.messages.on else country.dial)

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


class Station(AnalogPort):
    """The port. `on_lifted` is called with the leg when an idle phone is picked up."""

    port: FxsPort

    def __init__(
        self,
        host: AnalogHost,
        port: FxsPort,
        audio: LineAudio,
        on_lifted: Callable[[Station, StationLeg], None],
        local_time: Callable[[], datetime],
    ) -> None:
        self.leg: StationLeg | None = None
        self.begins_again = False  # a flash before anybody answered: a fresh dial tone, as every exchange does
        self.off_hook = OffHook(self, self._locked_out)
        self.messages = MessageWaiting(self)
        self._dropping: asyncio.Task[None] | None = None  # kept, so that it is not collected
        self.local_time = local_time
        self._on_lifted = on_lifted
        super().__init__(host, port, audio)

    @property
    def state(self) -> Literal["idle", "ringing", "in_use", "no_battery", "fault"]:
        """As the API shows it."""
        if self.port.fault:
            return "fault"
        if self.port.off_hook:
            return "in_use"
        return "ringing" if self.leg else "idle"

    @property
    def why_not(self) -> str:
        """Why it cannot be rung, in a supervisor's words; "" when it can."""
        if self.port.fault:
            return "phone port is faulty"
        if self.port.off_hook:
            return self.off_hook.sentence or "phone is off hook"
        return "phone is ringing for another call" if self.leg else ""

    @property
    def detail(self) -> str:
        """What is wrong with it, "" when nothing is."""
        return self.port.fault or self.off_hook.sentence

    @property
    def extension(self) -> Extension | None:
        """Whose phone it is."""
        return next((e for e in self.host.config.extensions if e.port == self.id), None)

    @property
    def display(self) -> Display:
        """How this telephone is told who calls."""
        phone, country = self.extension, self.host.country
        return Display.of(country, phone.caller_id, phone.caller_id_charset) if phone else Display.of(country)

    def cadence(self, ring: RingName) -> tuple[int, ...]:
        """How it rings."""
        country = self.host.country
        return country.rings[ring] if self.host.config.phones.distinctive_rings else country.ring_cadence_ms

    def configure(self) -> None:
        """Takes over what the configuration says of this phone."""
        self.port.hook_timing = hook_timing(self.host.country.hook_timing, self.extension)

    def take(self) -> StationLeg:
        """A leg to ring the phone with. Failed when it is in use."""
        if self.leg or self.port.off_hook:
            raise Failed(Cause.BUSY, f"{self.id} is in use")
        self.messages.busy()
        self.leg = StationLeg(self)
        self.host.port_changed(self.id)
        return self.leg

    def release(self, leg: StationLeg, cause: Cause) -> None:
        """The leg is done with the phone."""
        if self.leg is not leg:
            return
        self.leg = None
        self.port.stop_ringing()
        self.listen_idle()
        again, self.begins_again = self.begins_again, False
        if not self.port.off_hook:
            self.messages.idle()
        elif again:
            self._lifted()
        else:
            self._leave_alone(cause)
        self.host.port_changed(self.id)

    def _leave_alone(self, cause: Cause) -> None:
        """Nobody is there any more."""
        self.off_hook.begin(self.tone_for(cause))
        if cause == Cause.NORMAL:
            self._dropping = asyncio.create_task(self.port.drop_battery(self.host.country.disconnect_generate_ms))

    def tone_for(self, cause: Cause) -> Tone:
        """What says why there is no connection."""
        country = self.host.country
        return {Cause.BUSY: country.busy, Cause.UNALLOCATED: country.unobtainable}.get(cause, country.congestion)

    def _locked_out(self, locked: bool) -> None:
        self.host.left_off_hook(self.id, locked)

    def _lifted(self) -> None:
        """Somebody wants to call."""
        self.off_hook.end()
        self.messages.busy()
        self.leg = StationLeg(self)
        self.leg.lifted.set()
        self.leg.calling = True
        self.audio.hear(Hear.DTMF | Hear.FAX)
        self._on_lifted(self, self.leg)

    def on_port(self, record: PortEventRecord) -> None:
        """Lifting an idle phone begins a call, as does a flash when nobody is on it; everything else is the leg's."""
        if record.event == PortEvent.PLUGGED:
            self.messages.plugged()
        if record.event == PortEvent.OFF_HOOK:
            self.cancel_echo(True)
        if self.leg:
            self.leg.on_port(record)
        elif record.event == PortEvent.ON_HOOK:
            self.off_hook.end()
            self.listen_idle()
            self.messages.idle()
        elif record.event in (PortEvent.OFF_HOOK, PortEvent.HOOK_FLASH):
            self._lifted()

    def on_heard(self, heard: Heard) -> None:
        """Digits are the leg's."""
        if self.leg:
            self.leg.on_heard(heard)


def hook_timing(country: HookTiming, extension: Extension | None) -> HookTiming:
    """The country's, as far as the extension has no other one. Without flash a hang-up is known after HANG_UP_MS."""
    if extension and not extension.flash:
        return replace(country, flash_min_ms=HANG_UP_MS + 1, flash_max_ms=HANG_UP_MS, pulse_max_ms=HANG_UP_MS // 2)
    if extension and extension.flash_max_ms:
        return replace(country, flash_max_ms=max(extension.flash_max_ms, country.flash_min_ms))
    return country
