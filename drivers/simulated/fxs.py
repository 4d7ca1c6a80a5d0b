# SPDX-License-Identifier: GPL-2.0-or-later
"""A simulated FXS port: the box is the exchange, the far end plays the telephone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from drivers.hook import HookDecoder
from drivers.port import Battery, FxsPort, HookTiming, PortError, PortEvent, PortEventRecord
from drivers.simulated.port import SimulatedPort
from drivers.simulated.socket_pair import Message, SocketPair

_ALLOWED: dict[str, tuple[object, ...]] = {"hook": ("on", "off")}


class SimulatedFxs(SimulatedPort, FxsPort):
    """A phone is on hook when it connects; battery is normal and nothing rings."""

    def __init__(self, id: str, directory: Path) -> None:
        super().__init__(id)
        self._hook = HookDecoder(HookTiming(), id)
        self._hook_timer: asyncio.TimerHandle | None = None
        self._battery = Battery.NORMAL
        self._before_drop = Battery.NORMAL
        self._dropping = 0  # unfinished drop_battery calls
        self._ring: asyncio.TimerHandle | None = None
        self._ring_voltage = False
        self._sockets = SocketPair(id, directory, self, _ALLOWED)

    def close(self) -> None:
        """Stops ringing and listening."""
        self.stop_ringing()
        self._sockets.close()
        self._stop_hook_timer()

    @property
    def off_hook(self) -> bool:
        """True from OFF_HOOK to ON_HOOK, through flashes and pulses."""
        return self._hook.off_hook

    @property
    def ringing(self) -> bool:
        """True from `ring` to `stop_ringing` or the answer, silences included."""
        return self._ring is not None

    @property
    def hook_timing(self) -> HookTiming:
        """How the hook of the station is read; a digit under way is finished with the new times."""
        return self._hook.timing

    @hook_timing.setter
    def hook_timing(self, timing: HookTiming) -> None:
        self._hook.timing = timing

    def ring(self, cadence_ms: Sequence[int], on_gap: Callable[[], None] | None = None) -> None:
        """Rings with alternating on and off times. PortError when off hook or the cadence makes no sense."""
        if self.off_hook:
            raise PortError(f"{self.id} cannot ring: the station is off hook.")
        if not cadence_ms or len(cadence_ms) % 2 or min(cadence_ms) <= 0:
            raise PortError(
                f"{self.id} cannot ring with the cadence {list(cadence_ms)}: it takes pairs of on and off ms."
            )
        self.stop_ringing()
        silences = cadence_ms[1::2]
        gap = silences.index(max(silences)) * 2 + 1
        self._ring_step(tuple(cadence_ms), 0, asyncio.get_running_loop().time(), {gap: on_gap} if on_gap else {})

    def stop_ringing(self) -> None:
        """Takes ring voltage off. Harmless when not ringing."""
        if self._ring is not None:
            self._ring.cancel()
            self._ring = None
        self._set_ring_voltage(False)

    def set_battery(self, battery: Battery) -> None:
        """Normal, reversed, or none."""
        if battery is not self._battery:
            self._battery = battery
            self._sockets.send({"battery": str(battery)})

    async def drop_battery(self, ms: int) -> None:
        """Takes battery away for `ms` milliseconds; also a second call meanwhile brings back what was there."""
        if not self._dropping:
            self._before_drop = self._battery
        self._dropping += 1
        self.set_battery(Battery.NONE)
        try:
            await asyncio.sleep(ms / 1000)
        finally:
            self._dropping -= 1
            if not self._dropping and self._battery is Battery.NONE:
                self.set_battery(self._before_drop)

    def message_waiting(self, on: bool) -> bool:
        """The simulated phone's lamp."""
        self._sockets.send({"lamp": on})
        return True

    async def metering_pulse(self, hz: int, ms: int) -> None:
        """The frequency, and 0 when the pulse is over."""
        self._sockets.send({"metering_hz": hz})
        try:
            await asyncio.sleep(ms / 1000)
        finally:
            self._sockets.send({"metering_hz": 0})

    def _ring_step(self, cadence: tuple[int, ...], step: int, at: float, at_gap: dict[int, Callable[[], None]]) -> None:
        """Step `step` of the cadence begins at loop time `at`."""
        loop = asyncio.get_running_loop()
        ends = at + cadence[step] / 1000
        self._ring = loop.call_at(ends, self._ring_step, cadence, (step + 1) % len(cadence), ends, at_gap)
        self._set_ring_voltage(step % 2 == 0)
        if notify := at_gap.pop(step, None):
            notify()

    def _set_ring_voltage(self, on: bool) -> None:
        if on is not self._ring_voltage:
            self._ring_voltage = on
            self._sockets.send({"ring": on})

    def plugged_in(self) -> None:
        """A phone connected, on hook."""
        self._hook.reset()
        self._emit(PortEventRecord(PortEvent.PLUGGED, time.monotonic()))

    def pulled_out(self) -> None:
        """The phone is gone: no loop current any more."""
        was_off_hook = self._hook.off_hook
        self._hook.reset()
        self._stop_hook_timer()
        now = time.monotonic()
        if was_off_hook:
            self._emit(PortEventRecord(PortEvent.ON_HOOK, now))
        self._emit(PortEventRecord(PortEvent.UNPLUGGED, now))

    def said(self, message: Message) -> None:
        """The loop was closed or opened."""
        self._happened(self._hook.hook(message["hook"] == "off", time.monotonic()))

    def _hook_timer_expired(self) -> None:
        self._hook_timer = None
        self._happened(self._hook.expire(time.monotonic()))

    def _happened(self, events: list[PortEventRecord]) -> None:
        self._stop_hook_timer()
        if (deadline := self._hook.deadline) is not None:  # loop.time is time.monotonic
            self._hook_timer = asyncio.get_running_loop().call_at(deadline, self._hook_timer_expired)
        for event in events:
            self._emit(event)

    def _stop_hook_timer(self) -> None:
        if self._hook_timer is not None:
            self._hook_timer.cancel()
            self._hook_timer = None

    def _emit(self, event: PortEventRecord) -> None:
        if event.event is PortEvent.OFF_HOOK:
            self.stop_ringing()  # ring trip
        self.on_event(event)
