# SPDX-License-Identifier: GPL-2.0-or-later
"""An FXS port with somebody's telephone: it is lifted to call, and rings to be called."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Literal

from drivers.lineaudio import Hear, Heard, HeardKind, LineAudio, MessageWaiting
from drivers.port import Battery, FxsPort, PortError, PortEvent, PortEventRecord
from firmware.calls import caller_display, japan
from firmware.calls.analog import AnalogHost, AnalogLeg, AnalogPort, later
from firmware.calls.caller_display import Display
from firmware.calls.causes import Cause
from firmware.calls.leg import Caller, Failed
from firmware.calls.waiting import WaitingTold
from firmware.countries import CallerIdKind
from firmware.media.tone_table import first_burst

log = logging.getLogger(__name__)

TONE_LIMIT_S = 60.0  # a busy or congestion tone to a phone that is left off the hook


class StationLeg(AnalogLeg):
    """A telephone in use, or being rung."""

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self._station = station
        self.lifted = asyncio.Event()
        self._display: asyncio.Task[None] | None = None
        self._hook: japan.Hook | None = None  # while it is told who calls in Japan's way
        self._waiting = WaitingTold(self.audio)

    async def ring(self, caller: Caller) -> None:
        """Rings with the country's cadence, and caller ID before or after the first burst, until lifted.

        Failed when the phone cannot ring. Cancelling stops the ringing.
        """
        display = self._station.display
        try:
            if display.kind is CallerIdKind.NTT:
                await self._announce_japanese(display, caller)
            elif display.kind.before_ring:
                await self._unless_lifted(self._announce(display, caller))
            if not self.lifted.is_set():
                cadence = self._station.host.country.ring_cadence_ms
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
        self.audio.hear(Hear.DTMF)

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

    async def answer(self) -> None:
        """A lifted phone is connected already; it hears no tone any more."""
        self.quiet()

    async def refuse(self, cause: Cause) -> None:
        """`hang_up` lets it know: the call need not wait for the person to hear enough."""

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """Lets go of the phone; one that is still off hook hears a tone that says why, until it is put down."""
        self.left(cause)
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
            case PortEvent.PULSE_DIGIT:
                self.dialled(record.digit)
            case PortEvent.FAULT:
                self.left(Cause.OUT_OF_ORDER)
            case PortEvent.UNPLUGGED if self.lifted.is_set():
                self.left(Cause.OUT_OF_ORDER)

    def on_heard(self, heard: Heard) -> None:
        """Digits by tone."""
        if heard.kind == HeardKind.DIGIT and not self._waiting.acknowledges(str(heard.value)):
            self.dialled(str(heard.value))


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
        self._alone: asyncio.TimerHandle | None = None
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
            return "phone is off hook"
        return "phone is ringing for another call" if self.leg else ""

    def take(self) -> StationLeg:
        """A leg to ring the phone with. Failed when it is in use."""
        if self.leg or self.port.off_hook:
            raise Failed(Cause.BUSY, f"{self.id} is in use")
        self.leg = StationLeg(self)
        self.host.port_changed(self.id)
        return self.leg

    async def show_messages(self, waiting: MessageWaiting) -> bool:
        """Switches the voicemail lamp of an idle phone by data; False when it is in use. PortError from the card."""
        if self.leg or self.port.off_hook:
            return False
        await self.display.show_waiting(self.port, self.audio, waiting)
        return True

    def release(self, leg: StationLeg, cause: Cause) -> None:
        """The leg is done with the phone."""
        if self.leg is not leg:
            return
        self.leg = None
        self.port.stop_ringing()
        self.listen_idle()
        if self.port.off_hook:
            self._leave_alone(cause)
        self.host.port_changed(self.id)

    def _leave_alone(self, cause: Cause) -> None:
        """Nobody is there any more: never silence, but not for ever either."""
        country = self.host.country
        tones = {Cause.BUSY: country.busy, Cause.UNALLOCATED: country.unobtainable}
        self.play(tones.get(cause, country.congestion))
        self._alone = later(TONE_LIMIT_S, self.listen_idle)
        if cause == Cause.NORMAL:
            self._dropping = asyncio.create_task(self.port.drop_battery(country.disconnect_generate_ms))

    def _not_alone(self) -> None:
        if self._alone:
            self._alone.cancel()
            self._alone = None

    def on_port(self, record: PortEventRecord) -> None:
        """Lifting an idle phone begins a call; everything else is the leg's."""
        if self.leg:
            self.leg.on_port(record)
        elif record.event == PortEvent.ON_HOOK:
            self._not_alone()
            self.listen_idle()
        elif record.event == PortEvent.OFF_HOOK:
            self.leg = StationLeg(self)
            self.leg.lifted.set()
            self.audio.hear(Hear.DTMF)
            self._on_lifted(self, self.leg)

    def on_heard(self, heard: Heard) -> None:
        """Digits are the leg's."""
        if self.leg:
            self.leg.on_heard(heard)
