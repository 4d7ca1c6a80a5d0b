# SPDX-License-Identifier: GPL-2.0-or-later
"""An FXS port of a DAHDI card: the box is the exchange, somebody's telephone is at the other end.

The core decodes the hook: breaks up to 200 ms are pulses (80 ms where it was compiled for short flashes), longer ones
up to `HookTiming.flash_max_ms` a flash, still longer ones a hang-up (dahdi/kernel.h, DAHDI_MAXPULSETIME).
"""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Callable, Sequence

from drivers.dahdi.base import DahdiPort
from drivers.dahdi.channel import Channel
from drivers.dahdi.ioctls import DAHDI_MAX_CADENCE, EVENT_PULSEDIGIT, Event, Hook, Params, Vmwi
from drivers.port import Battery, FxsPort, HookTiming, MessageLamp, PortError, PortEvent

log = logging.getLogger(__name__)

SETTLE_MS = 60  # after a change of battery the core does not read the hook: the loop current needs to come back
DROP_MAX_MS = 500  # dahdi/kernel.h, DAHDI_KEWLTIME: then the core gives battery back by itself
BUSY_S, BUSY_TRIES = 0.05, 24  # the core cannot ring for 800 ms after a battery drop
_VOLTAGES = {MessageLamp.REVERSED: Vmwi.LREV, MessageLamp.DC: Vmwi.HVDC, MessageLamp.NEON: Vmwi.HVAC}


class DahdiFxs(DahdiPort, FxsPort):
    """A station."""

    _off_hook = False
    _battery = Battery.NORMAL
    _cadence: tuple[int, ...] = ()
    _bursts = 0
    _timing: HookTiming | None = None
    _on_gap: Callable[[], None] | None = None
    _busy: asyncio.TimerHandle | None = None

    # ---- life --------------------------------------------------------------------------------------

    def on_opened(self, params: Params) -> None:
        """A station that was lifted while nobody looked is off hook."""
        if self._battery is Battery.REVERSED:
            self.channel.set_polarity(reversed=True)
        if params.rxisoffhook:
            self._lifted()

    def on_lost(self) -> None:
        """Nothing rings, and nobody is there."""
        self.stop_ringing()
        if self._off_hook:
            self._off_hook = False
            self.emit(PortEvent.ON_HOOK)

    def apply_settings(self) -> None:
        """Law and gains, and how the hook is read."""
        super().apply_settings()
        if self._channel is not None:
            self._channel.set_times(debouncetime=SETTLE_MS, rxflashtime=self.hook_timing.flash_max_ms)

    @property
    def hook_timing(self) -> HookTiming:
        """Of this station, or the card's."""
        return self._timing or self._settings.hook_timing

    @hook_timing.setter
    def hook_timing(self, timing: HookTiming) -> None:
        self._timing = timing
        with self.doing("take its settings"):
            self.apply_settings()

    # ---- state -------------------------------------------------------------------------------------

    @property
    def plugged(self) -> bool:
        """True while the port works: a card does not know whether a telephone is there."""
        return not self.fault

    @property
    def off_hook(self) -> bool:
        """True from OFF_HOOK to ON_HOOK, through flashes and pulses."""
        return self._off_hook

    @property
    def ringing(self) -> bool:
        """True from `ring` to `stop_ringing` or the answer, silences included."""
        return bool(self._cadence)

    # ---- ringing -----------------------------------------------------------------------------------

    def ring(self, cadence_ms: Sequence[int], on_gap: Callable[[], None] | None = None) -> None:
        """Rings with alternating on and off times, timed by the card. PortError as `FxsPort.ring` says.

        In each silence the station can be heard and can hear: the moment for caller ID.
        """
        channel = self.channel
        if self._off_hook:
            raise PortError(f"{self.id} cannot ring: the station is off hook.")
        if not cadence_ms or len(cadence_ms) % 2 or min(cadence_ms) <= 0 or len(cadence_ms) > DAHDI_MAX_CADENCE:
            raise PortError(
                f"{self.id} cannot ring with the cadence {list(cadence_ms)}: it takes pairs of on and off ms, "
                f"at most {DAHDI_MAX_CADENCE // 2}."
            )
        self.stop_ringing()
        self._cadence, self._on_gap, self._bursts = tuple(cadence_ms), on_gap, 0
        with self.doing("ring"):
            channel.set_cadence(cadence_ms)
        self._begin_to_ring(BUSY_TRIES)

    def _begin_to_ring(self, tries: int) -> None:
        self._busy = None
        if self._channel is None or not self._cadence:
            return
        try:
            self._channel.hook(Hook.RING)
        except OSError as error:
            if error.errno == errno.EBUSY and tries:
                self._busy = asyncio.get_running_loop().call_later(BUSY_S, self._begin_to_ring, tries - 1)
                return
            self._cadence = ()
            with self.doing("ring"):
                raise

    def stop_ringing(self) -> None:
        """Takes ring voltage off. Harmless when not ringing."""
        if self._busy is not None:
            self._busy.cancel()
            self._busy = None
        if not self._cadence:
            return
        self._cadence, self._on_gap = (), None
        self._try("stop ringing", lambda channel: channel.hook(Hook.RINGOFF))

    def _burst_ended(self) -> None:
        """A silence of the cadence begins."""
        if not self._cadence:
            return
        silences = self._cadence[1::2]
        silence = silences[self._bursts % len(silences)]
        self._bursts += 1
        self.transmit_on_hook(silence)
        if self._on_gap and silence == max(silences):
            notify, self._on_gap = self._on_gap, None
            notify()

    def transmit_on_hook(self, ms: int) -> None:
        """Lets the station hear the box on hook for `ms` milliseconds (caller ID before the ring, message waiting)."""
        self._try("be heard on hook", lambda channel: channel.transmit_on_hook(ms))

    # ---- battery -----------------------------------------------------------------------------------

    def set_battery(self, battery: Battery) -> None:
        """Normal or reversed. PortError for none: a card cannot hold battery back, see `drop_battery`."""
        if battery is Battery.NONE:
            raise PortError(f"{self.id}: this card takes battery away for {DROP_MAX_MS} ms at most, use drop_battery.")
        if battery is not self._battery:
            with self.doing("change polarity"):
                self.channel.set_polarity(reversed=battery is Battery.REVERSED)
            self._battery = battery

    async def drop_battery(self, ms: int) -> None:
        """Takes battery away for `ms` milliseconds, 500 at most; nothing happens while the station is on hook."""
        channel = self.channel
        with self.doing("drop battery"):
            channel.hook(Hook.ONHOOK)  # of kewlstart signalling: battery away, 500 ms
        try:
            await asyncio.sleep(min(ms, DROP_MAX_MS) / 1000)
        finally:
            if self._channel is channel:
                self._try("give battery back", lambda channel: channel.hook(Hook.RINGOFF))
                if self._off_hook:
                    self._try("give battery back", lambda channel: channel.hook(Hook.OFFHOOK))

    def message_waiting(self, on: bool) -> bool:
        """Lights the station's lamp as `lamp` says; False when this card cannot. It cannot be asked what it has."""
        if self.lamp is MessageLamp.NONE:
            return False
        try:
            self.channel.set_message_waiting(_VOLTAGES[self.lamp], int(on))
        except OSError as error:
            if error.errno not in (errno.ENOTTY, errno.ENOSYS, errno.EINVAL):
                raise PortError(f"{self.id} cannot light the lamp: {error.strerror}.") from error
            return False
        return True

    # ---- what the station does ---------------------------------------------------------------------

    def on_channel_event(self, event: int) -> None:
        """Hook, and the ring's progress."""
        if event & EVENT_PULSEDIGIT:
            self._dialled(chr(event & 0xFF))
            return
        match event:
            case Event.RINGOFFHOOK if not self._off_hook:
                self._lifted()
            case Event.ONHOOK if self._off_hook:
                self._put_down()
            case Event.WINKFLASH if self._off_hook:
                self.emit(PortEvent.HOOK_FLASH)
            case Event.RINGEROFF:
                self._burst_ended()

    def _lifted(self) -> None:
        self._off_hook = True
        self.stop_ringing()
        self._try("feed the station", lambda channel: channel.hook(Hook.OFFHOOK))
        self.cancel_echo(True)
        self.emit(PortEvent.OFF_HOOK)

    def _put_down(self) -> None:
        self._off_hook = False
        self.cancel_echo(False)
        self._try("hang up", lambda channel: channel.hook(Hook.ONHOOK))
        self.emit(PortEvent.ON_HOOK)

    def _dialled(self, digit: str) -> None:
        if self._off_hook and digit.isdigit():  # the core makes * and # of 11 and 12 pulses, which no dial sends
            self.emit(PortEvent.PULSE_DIGIT, digit=digit)

    def _try(self, what: str, action: Callable[[Channel], None]) -> None:
        """Where nobody waits for the result: a card that cannot is written down, one that is gone says so itself."""
        if self._channel is None:
            return
        try:
            action(self._channel)
        except OSError as error:
            log.info("%s cannot %s: %s", self.id, what, error.strerror)
