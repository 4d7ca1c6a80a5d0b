# SPDX-License-Identifier: GPL-2.0-or-later
"""An FXS port with somebody's telephone: it is lifted to call, and rings to be called."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from drivers.lineaudio import Hear, Heard, LineAudio
from drivers.port import FxsPort, HookTiming, MessageLamp, PortEvent, PortEventRecord
from firmware.calls.analog import AnalogHost, AnalogPort
from firmware.calls.call_waiting import SecondCall
from firmware.calls.caller_display import Display
from firmware.calls.causes import Cause
from firmware.calls.leg import Failed
from firmware.calls.message_waiting import MessageWaiting
from firmware.calls.off_hook import OffHook
from firmware.calls.station_leg import StationLeg
from firmware.config import Extension
from firmware.countries import RingName, Tone

log = logging.getLogger(__name__)

# A break of the loop so long is a hang-up where no flash is expected: longer than any rotary pulse (drivers.hook).
HANG_UP_MS = 200


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
        self.reserved = False  # the phone is on the lifeline: it cannot be rung, and what its port reports is no hand
        self.begins_again = False  # a flash before anybody answered: a fresh dial tone, as every exchange does
        self.off_hook = OffHook(self, self._locked_out)
        self.messages = MessageWaiting(self)
        self.second = SecondCall(self)
        self.diverted = False  # calls do not come as usual: the dial tone says so
        self._dropping: asyncio.Task[None] | None = None  # kept, so that it is not collected
        self.local_time = local_time
        self._on_lifted = on_lifted
        super().__init__(host, port, audio)

    @property
    def state(self) -> Literal["idle", "ringing", "in_use", "no_battery", "fault"]:
        """As the API shows it."""
        if self.port.fault:
            return "fault"
        if self.port.off_hook or self.reserved:
            return "in_use"
        return "ringing" if self.leg else "idle"

    @property
    def why_not(self) -> str:
        """Why it cannot be rung, in a supervisor's words; "" when it can."""
        if self.port.fault:
            return "phone port is faulty"
        if self.reserved:
            return "phone is on the lifeline"
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
        return self.host.config.extension_on(self.id)

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
        self.messages.lit_by(MessageLamp(self.extension.lamp if self.extension else "none"))

    def take(self) -> StationLeg:
        """A leg to ring the phone with. Failed when it is in use."""
        if self.leg or self.port.off_hook or self.reserved:
            raise Failed(Cause.BUSY, f"{self.id} is in use")
        self.messages.busy()
        self.leg = StationLeg(self)
        self.host.port_changed(self.id)
        return self.leg

    def release(self, leg: StationLeg, cause: Cause) -> None:
        """The leg is done with the phone."""
        if self.second.released(leg):
            self.host.port_changed(self.id)
            return
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
        if self.second.on_port(record):
            return
        if self.leg:
            self.leg.on_port(record)
        elif record.event == PortEvent.ON_HOOK:
            self.off_hook.end()
            self.listen_idle()
            self.messages.idle()
        elif record.event in (PortEvent.OFF_HOOK, PortEvent.HOOK_FLASH) and not self.reserved:
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
