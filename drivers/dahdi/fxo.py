# SPDX-License-Identifier: GPL-2.0-or-later
"""An FXO port of a DAHDI card: the box is the telephone, a line of the telephone company is at the other end.

What the core tells by events and what it does not decides the shape of this: it reports a lost battery only off
hook (on hook the card raises a channel alarm after its own time), and it never reports the battery's return.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable

from drivers.dahdi.base import DahdiPort
from drivers.dahdi.ioctls import Alarm, Event, Hook, Params, RxSig
from drivers.port import Battery, FxoPort, PortError, PortEvent, no_battery

# After going off hook the core is deaf for this time, for the line to settle; its default of 600 ms would hide the
# hang-up of a caller that gave up just then.
SETTLE_MS = 150
LOOK_FIRST_S, LOOK_LAST_S = 0.02, 0.5  # how often a lost battery is looked for: at first, and in the end
READY_WITHIN_S = 1.0  # the core is busy for SETTLE_MS after a change of hook
DONE_SLACK_S = 3.0  # beyond the time that a flash or a number takes


class DahdiFxo(DahdiPort, FxoPort):
    """A line."""

    _off_hook = False
    _ringing = False
    _battery = Battery.NONE
    _look: asyncio.TimerHandle | None = None
    _done: tuple[Event, asyncio.Future[None]] | None = None

    # ---- life --------------------------------------------------------------------------------------

    def on_opened(self, params: Params) -> None:
        """Battery is what the card says; a line that was reversed all the time counts as normal."""
        self._look_at_battery()

    def on_lost(self) -> None:
        """No line any more: as if its wire had been cut."""
        self._off_hook = False
        self._stop_looking()
        self._set_ringing(False)
        self._set_battery(Battery.NONE)

    def apply_settings(self) -> None:
        """Law and gains, and a short time to settle."""
        super().apply_settings()
        if self._channel is not None:
            self._channel.set_times(debouncetime=SETTLE_MS, preflashtime=1)

    # ---- state -------------------------------------------------------------------------------------

    @property
    def plugged(self) -> bool:
        """True while there is battery."""
        return not self.fault and self._battery is not Battery.NONE

    @property
    def battery(self) -> Battery:
        """Battery on the line now."""
        return self._battery

    @property
    def off_hook(self) -> bool:
        """True from `seize` to `release`."""
        return self._off_hook

    # ---- what the box does -------------------------------------------------------------------------

    def seize(self) -> None:
        """Goes off hook. PortError without battery, or when the port is faulty."""
        channel = self.channel
        if self._battery is Battery.NONE:
            raise PortError(no_battery(self.id))
        if self._off_hook:
            return
        with self.doing("go off hook"):
            channel.hook(Hook.OFFHOOK)
        self._off_hook = True
        self._set_ringing(False)
        self.cancel_echo(True)
        self._look_again(SETTLE_MS / 1000 + LOOK_FIRST_S)  # what happened while the core was deaf

    def release(self) -> None:
        """Goes on hook. Harmless when already there."""
        if not self._off_hook:
            return
        self._off_hook = False
        self.cancel_echo(False)
        if self._channel is not None:
            with self.doing("go on hook"):
                self._channel.hook(Hook.ONHOOK)

    async def flash(self, ms: int) -> None:
        """Opens the loop for `ms` milliseconds, timed by the card. PortError when the line is not seized."""
        self._must_be_seized()
        with self.doing("flash"):
            self.channel.set_times(flashtime=ms)
            await self._when_ready(lambda: self.channel.hook(Hook.FLASH))
            await self._until(Event.HOOKCOMPLETE, ms / 1000)

    async def dial_pulse(self, digits: str, break_ms: int, make_ms: int, gap_ms: int) -> None:
        """Dials "0" to "9", timed by the card. PortError when not seized, or at another character."""
        if not digits.isascii() or not digits.isdigit():
            raise PortError(f'{self.id} cannot dial "{digits}" by pulses: only the digits 0 to 9 exist there.')
        self._must_be_seized()
        pulses = sum(int(digit) or 10 for digit in digits)
        takes = (pulses * (break_ms + make_ms) + len(digits) * gap_ms) / 1000
        with self.doing("dial"):
            self.channel.set_times(pulsebreaktime=break_ms, pulsemaketime=make_ms, pulseaftertime=gap_ms)
            self.channel.dial_pulses(digits)
            try:
                await self._until(Event.DIALCOMPLETE, takes)
            except asyncio.CancelledError:
                if self._channel is not None:
                    self._channel.stop_dialling()
                raise

    def _must_be_seized(self) -> None:
        if not self._off_hook:
            raise PortError(f"{self.id} is on hook: seize the line before flashing or dialling.")

    async def _when_ready(self, action: Callable[[], None]) -> None:
        """The core refuses (EBUSY) while the line settles, and has no event for the end of that."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + READY_WITHIN_S
        while True:
            try:
                return action()
            except OSError as error:
                if error.errno != errno.EBUSY or loop.time() > deadline:
                    raise
            await asyncio.sleep(LOOK_FIRST_S)

    async def _until(self, event: Event, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._done = (event, future)
        try:
            await asyncio.wait_for(future, seconds + DONE_SLACK_S)
        except TimeoutError:
            raise PortError(f"{self.id}: the card did not finish in time. Look at dmesg.") from None
        finally:
            self._done = None

    # ---- what the line does ------------------------------------------------------------------------

    def on_channel_event(self, event: int) -> None:
        """Ring, battery, polarity."""
        match event:
            case Event.RINGBEGIN if not self._off_hook:
                self._set_ringing(True)
            case Event.RINGOFFHOOK if not self._off_hook:
                self._set_ringing(True)  # within 2 s of a hang-up the core tells only the end of a ring
                self._set_ringing(False)
            case Event.ONHOOK | Event.ALARM | Event.NOALARM:
                self._look_at_battery()
            case Event.POLARITY if self._battery is not Battery.NONE:
                self._set_battery(Battery.NORMAL if self._battery is Battery.REVERSED else Battery.REVERSED)
            case Event.HOOKCOMPLETE | Event.DIALCOMPLETE:
                self._completed(event)

    def _completed(self, event: int) -> None:
        if self._done and self._done[0] == event and not self._done[1].done():
            self._done[1].set_result(None)

    def _set_ringing(self, ringing: bool) -> None:
        if ringing is not self._ringing:
            self._ringing = ringing
            self.emit(PortEvent.RING_BEGAN if ringing else PortEvent.RING_ENDED)

    # ---- battery -----------------------------------------------------------------------------------

    def _look_at_battery(self, after: float = LOOK_FIRST_S) -> None:
        """Takes over what the card sees; while it sees nothing, looks again, ever more seldom."""
        self._stop_looking()
        if self._channel is None:
            return
        params = self._channel.params()
        dead = params.rxhooksig == RxSig.ONHOOK or bool(params.chan_alarms & Alarm.RED)
        if dead:
            self._set_battery(Battery.NONE)
            self._look_again(min(after * 1.2, LOOK_LAST_S))
        elif self._battery is Battery.NONE:
            self._set_battery(Battery.NORMAL)

    def _look_again(self, seconds: float) -> None:
        self._stop_looking()
        self._look = asyncio.get_running_loop().call_later(seconds, self._look_due, seconds)

    def _look_due(self, seconds: float) -> None:
        try:
            self._look_at_battery(seconds)
        except OSError as error:
            self.lost(f"DAHDI channel {self.number} does not answer ({error.strerror}). Look at dmesg.")

    def _stop_looking(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _set_battery(self, battery: Battery) -> None:
        before, self._battery = self._battery, battery
        if battery is before:
            return
        if battery is Battery.NONE:
            self.emit(PortEvent.BATTERY_LOST)
        elif before is Battery.NONE:
            self.emit(PortEvent.BATTERY_RESTORED)
        else:
            self.emit(PortEvent.POLARITY_REVERSED)
