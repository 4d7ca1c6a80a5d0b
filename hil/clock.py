# SPDX-License-Identifier: GPL-2.0-or-later
"""The 20 ms clock of all wires of a process: absolute times, so that it does not drift."""

from __future__ import annotations

import asyncio
import contextlib
import os
import weakref
from collections import deque
from collections.abc import Callable

from hil.g711 import BLOCK_S

# When the process was stopped for longer than this, the missed blocks are dropped instead of sent in one burst.
CATCH_UP_S = 0.5
KEPT = 1500  # ticks


_punctual = False


def be_punctual() -> None:
    """While there is a wire, this thread runs before everything that is not real-time: far ends are measuring
    instruments. Without the right to do so nothing changes; programs that it starts are not like that."""
    global _punctual
    _punctual = True


def _run_before_others(on: bool) -> None:
    if not _punctual:
        return
    policy = os.SCHED_RR | os.SCHED_RESET_ON_FORK if on else os.SCHED_OTHER
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, policy, os.sched_param(1 if on else 0))


class Clock:
    """Calls every subscriber once each 20 ms while there is one."""

    def __init__(self) -> None:
        self.missed = 0  # blocks that were never sent because the process stood still
        self.late_max_s = 0.0  # of any tick so far; set it back to 0 to measure from now on
        self._late: deque[tuple[float, float]] = deque(maxlen=KEPT)  # when a tick was due, and how late it was
        self._subscribers: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._next = 0.0

    def add(self, tick: Callable[[], None]) -> None:
        """Calls `tick` from the next tick on."""
        self._subscribers.append(tick)
        if self._timer is None:
            _run_before_others(True)
            self._next = asyncio.get_running_loop().time()
            self._arm()

    def remove(self, tick: Callable[[], None]) -> None:
        """Stops calling `tick`. Harmless when it is not called."""
        if tick in self._subscribers:
            self._subscribers.remove(tick)
        if not self._subscribers and self._timer is not None:
            self._timer.cancel()
            self._timer = None
            _run_before_others(False)

    def late_since(self, at: float) -> float:
        """How late any tick was that was due since a time of the event loop, in seconds; for the last half minute."""
        return max((late for due, late in self._late if due >= at), default=0.0)

    def catch_up(self) -> None:
        """Does at once what is due: for who sees what came in a stall before the time that it took."""
        loop = asyncio.get_running_loop()
        while self._timer and loop.time() >= self._next:
            self._timer.cancel()
            self._tick()

    def _arm(self) -> None:
        self._next += BLOCK_S
        self._timer = asyncio.get_running_loop().call_at(self._next, self._tick)

    def _tick(self) -> None:
        late = asyncio.get_running_loop().time() - self._next
        self.late_max_s = max(self.late_max_s, late)
        self._late.append((self._next, late))
        if late > CATCH_UP_S:
            blocks = int(late / BLOCK_S)
            self.missed += blocks
            self._next += blocks * BLOCK_S
        self._arm()
        for tick in tuple(self._subscribers):
            tick()


_clocks: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Clock] = weakref.WeakKeyDictionary()


def clock() -> Clock:
    """The clock of the running event loop."""
    return _clocks.setdefault(asyncio.get_running_loop(), Clock())
