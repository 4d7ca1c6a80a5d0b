# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lamps of others show of each extension: idle, ringing, or busy."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable, Iterable, Mapping

from firmware.calls.call import Call
from firmware.calls.picking import RingingPhones
from firmware.calls.station import Station
from firmware.config import Extension


class LampState(enum.StrEnum):
    IDLE = "idle"
    RINGING = "ringing"
    BUSY = "busy"


def state_of(
    extension: Extension, calls: Iterable[Call], ringing: RingingPhones, stations: Mapping[str, Station]
) -> LampState:
    """Busy counts more than ringing. Whoever does not want to be disturbed is busy."""
    station = stations.get(extension.port or "")
    talks = any(leg.number == extension.number for call in calls for leg in call.legs)
    if extension.do_not_disturb or talks or (station and station.port.off_hook):
        return LampState.BUSY
    rings = ringing.rings(extension.number) or bool(station and station.leg)
    return LampState.RINGING if rings else LampState.IDLE


class Lamps:
    """Of all extensions. Lives in the asyncio thread; `tell` is called with what is another one."""

    def __init__(self, states: Callable[[], Mapping[str, LampState]], tell: Callable[[str, LampState], None]) -> None:
        self._states, self._tell = states, tell
        self._shown: dict[str, LampState] = {}
        self._due: asyncio.Handle | None = None
        self._changed = asyncio.Event()

    def look(self) -> None:
        """Something happened: looks soon, once for all that happens now."""
        if not self._due:
            self._due = asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._due = None
        states = self._states()
        news = {number: state for number, state in states.items() if self._shown.get(number) != state}
        self._shown = dict(states)
        for number, state in news.items():
            self._tell(number, state)
        if news:
            changed, self._changed = self._changed, asyncio.Event()
            changed.set()

    def state(self, number: str) -> LampState:
        """Of an extension, as it was shown last."""
        return self._shown.get(number, LampState.IDLE)

    async def changed(self) -> None:
        """Waits until one of them is another one."""
        await self._changed.wait()
