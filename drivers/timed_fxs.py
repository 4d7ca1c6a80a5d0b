# SPDX-License-Identifier: GPL-2.0-or-later
"""An FXS port whose cadence, hook and battery drops are timed here, in the asyncio thread, and not by a card.

The loop's time is that of `time.monotonic`.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Sequence

from drivers.hook import HookDecoder
from drivers.port import Battery, FxsPort, HookTiming, PortError, PortEvent, PortEventRecord


class TimedFxs(FxsPort):
    """Begins on hook, with normal battery; nothing rings. Whoever drives it tells each edge of the hook."""

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._hook = HookDecoder(HookTiming(), id)
        self._hook_timer: asyncio.TimerHandle | None = None
        self._battery = Battery.NORMAL
        self._before_drop = Battery.NORMAL
        self._dropping = 0  # unfinished drop_battery calls
        self._ring: asyncio.TimerHandle | None = None
        self._ring_voltage = False

    # ---- what a kind of port makes of it -----------------------------------------------------------

    @abstractmethod
    def put_ring_voltage(self, on: bool) -> None:
        """Ring voltage appears or goes."""

    @abstractmethod
    def put_battery(self, battery: Battery) -> None:
        """Another battery."""

    def hook_level(self) -> bool | None:
        """True while the loop is closed; None where only edges are known. Looked at before anything is decided."""
        return None

    # ---- state -------------------------------------------------------------------------------------

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

    # ---- ringing -----------------------------------------------------------------------------------

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
            self.put_ring_voltage(on)

    # ---- battery -----------------------------------------------------------------------------------

    def set_battery(self, battery: Battery) -> None:
        """Normal, reversed, or none."""
        if battery is not self._battery:
            self.put_battery(battery)
            self._battery = battery

    async def drop_battery(self, ms: int) -> None:
        """Takes battery away for `ms` milliseconds; also a second call meanwhile brings back what was there."""
        if not self._dropping:
            self._before_drop = self._battery
        self._dropping += 1
        try:
            self.set_battery(Battery.NONE)
            await asyncio.sleep(ms / 1000)
        finally:
            self._dropping -= 1
            if not self._dropping and self._battery is Battery.NONE:
                self.set_battery(self._before_drop)

    # ---- the hook ----------------------------------------------------------------------------------

    def hook_moved(self, off: bool, at: float) -> None:
        """The loop closed (`off`) or opened at `at`, in seconds of `time.monotonic`."""
        self._happened(self._hook.hook(off, at))

    def forget_hook(self) -> bool:
        """Nobody is there any more: nothing is under way. Whether the station was off hook; no event tells it."""
        was_off_hook = self._hook.off_hook
        self._hook.reset()
        self._stop_hook_timer()
        return was_off_hook

    def emit(self, event: PortEventRecord) -> None:
        """Tells the owner of the port; a ring is tripped first."""
        if event.event is PortEvent.OFF_HOOK:
            self.stop_ringing()
        self.on_event(event)

    def tell(self, event: PortEvent, detail: str = "") -> None:
        """An event of now."""
        self.emit(PortEventRecord(event, asyncio.get_running_loop().time(), detail=detail))

    def _hook_timer_expired(self) -> None:
        self._hook_timer = None
        now = asyncio.get_running_loop().time()
        level = self.hook_level()
        self._happened(self._hook.expire(now) if level is None else self._hook.hook(level, now))

    def _happened(self, events: list[PortEventRecord]) -> None:
        self._stop_hook_timer()
        if (deadline := self._hook.deadline) is not None:
            self._hook_timer = asyncio.get_running_loop().call_at(deadline, self._hook_timer_expired)
        for event in events:
            self.emit(event)

    def _stop_hook_timer(self) -> None:
        if self._hook_timer is not None:
            self._hook_timer.cancel()
            self._hook_timer = None
