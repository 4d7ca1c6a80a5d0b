# SPDX-License-Identifier: GPL-2.0-or-later
"""A simulated FXO port: the box is the telephone, the far end plays the telephone exchange."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from drivers.port import Battery, FxoPort, PortError, PortEvent, PortEventRecord, no_battery
from drivers.simulated.port import SimulatedPort
from drivers.simulated.socket_pair import Message, SocketPair

_ALLOWED: dict[str, tuple[object, ...]] = {"battery": tuple(str(b) for b in Battery), "ring": (True, False)}


class SimulatedFxo(SimulatedPort, FxoPort):
    """Battery is normal from the moment an exchange connects until it says otherwise, and none without one."""

    def __init__(self, id: str, directory: Path) -> None:
        super().__init__(id)
        self._battery = Battery.NONE
        self._ring_voltage = False
        self._ringing = False
        self._off_hook = False
        self._sockets = SocketPair(id, directory, self, _ALLOWED)

    def close(self) -> None:
        """Goes on hook and stops listening."""
        self.release()
        self._sockets.close()

    @property
    def battery(self) -> Battery:
        """Battery on the line now."""
        return self._battery

    @property
    def off_hook(self) -> bool:
        """True from `seize` to `release`, through flashes and pulses; an unplugged line is released."""
        return self._off_hook

    def seize(self) -> None:
        """Goes off hook. PortError without battery."""
        if self._battery is Battery.NONE:
            raise PortError(no_battery(self.id))
        if not self._off_hook:
            self._off_hook = True
            self._loop(closed=True)
            self._look_at_ring()  # the exchange trips the ring when the loop closes

    def release(self) -> None:
        """Goes on hook. Harmless when already there."""
        if self._off_hook:
            self._off_hook = False
            self._loop(closed=False)
            self._look_at_ring()

    async def flash(self, ms: int) -> None:
        """Opens the loop for `ms` milliseconds. PortError when the line is not seized."""
        await self._break_loop(ms / 1000, asyncio.get_running_loop().time())

    async def dial_pulse(self, digits: str, break_ms: int, make_ms: int, gap_ms: int) -> None:
        """Dials "0" to "9" by breaking the loop. PortError when not seized, or at another character."""
        if not digits.isascii() or not digits.isdigit():
            raise PortError(f'{self.id} cannot dial "{digits}" by pulses: only the digits 0 to 9 exist there.')
        at = asyncio.get_running_loop().time()
        for digit in digits:
            for _ in range(int(digit) or 10):
                await self._break_loop(break_ms / 1000, at)
                at += (break_ms + make_ms) / 1000
                await _until(at)
            at += gap_ms / 1000
            await _until(at)

    async def _break_loop(self, seconds: float, since: float) -> None:
        if not self._off_hook:
            raise PortError(f"{self.id} is on hook: seize the line before flashing or dialling.")
        self._loop(closed=False)
        try:
            await _until(since + seconds)
        finally:
            if self._off_hook:
                self._loop(closed=True)

    def _loop(self, *, closed: bool) -> None:
        self._sockets.send({"hook": "off" if closed else "on"})

    def plugged_in(self) -> None:
        """An exchange connected: there is battery."""
        self._emit(PortEvent.PLUGGED)
        self._set_battery(Battery.NORMAL)

    def pulled_out(self) -> None:
        """The exchange is gone: no ring, no battery, and nothing to hold."""
        self._off_hook = False
        self._ring_voltage = False
        self._look_at_ring()
        self._set_battery(Battery.NONE)
        self._emit(PortEvent.UNPLUGGED)

    def said(self, message: Message) -> None:
        """Battery or ring voltage changed."""
        if "battery" in message:
            self._set_battery(Battery(str(message["battery"])))
        if "ring" in message:
            self._ring_voltage = message["ring"] is True
            self._look_at_ring()

    def _look_at_ring(self) -> None:
        """Ring voltage is seen only while the loop is open."""
        ringing = self._ring_voltage and not self._off_hook
        if ringing != self._ringing:
            self._ringing = ringing
            self._emit(PortEvent.RING_BEGAN if ringing else PortEvent.RING_ENDED)

    def _set_battery(self, battery: Battery) -> None:
        before, self._battery = self._battery, battery
        if battery is before:
            return
        if battery is Battery.NONE:
            self._emit(PortEvent.BATTERY_LOST)
        elif before is Battery.NONE:
            self._emit(PortEvent.BATTERY_RESTORED)
        else:
            self._emit(PortEvent.POLARITY_REVERSED)

    def _emit(self, event: PortEvent) -> None:
        self.on_event(PortEventRecord(event, time.monotonic()))


async def _until(at: float) -> None:
    """Sleeps until loop time `at`, so that a train of pulses does not drift."""
    await asyncio.sleep(at - asyncio.get_running_loop().time())
