# SPDX-License-Identifier: GPL-2.0-or-later
"""A simulated FXS port: the box is the exchange, the far end plays the telephone."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from drivers.port import Battery, PortEvent
from drivers.simulated.port import SimulatedPort
from drivers.simulated.socket_pair import Message, SocketPair
from drivers.timed_fxs import TimedFxs

_ALLOWED: dict[str, tuple[object, ...]] = {"hook": ("on", "off")}


class SimulatedFxs(SimulatedPort, TimedFxs):
    """A phone is on hook when it connects."""

    def __init__(self, id: str, directory: Path) -> None:
        super().__init__(id)
        self._sockets = SocketPair(id, directory, self, _ALLOWED)

    def close(self) -> None:
        """Stops ringing and listening."""
        self.stop_ringing()
        self._sockets.close()
        self.forget_hook()

    def put_ring_voltage(self, on: bool) -> None:
        """The phone is told."""
        self._sockets.send({"ring": on})

    def put_battery(self, battery: Battery) -> None:
        """The phone is told."""
        self._sockets.send({"battery": str(battery)})

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

    def plugged_in(self) -> None:
        """A phone connected, on hook."""
        self.forget_hook()
        self.tell(PortEvent.PLUGGED)

    def pulled_out(self) -> None:
        """The phone is gone: no loop current any more."""
        if self.forget_hook():
            self.tell(PortEvent.ON_HOOK)
        self.tell(PortEvent.UNPLUGGED)

    def said(self, message: Message) -> None:
        """The loop was closed or opened."""
        self.hook_moved(message["hook"] == "off", time.monotonic())
