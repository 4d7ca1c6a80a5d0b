# SPDX-License-Identifier: GPL-2.0-or-later
"""What an exchange makes of a subscriber's loop: seized, flash, dial pulses, released."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PULSE_MAX_MS = 150  # a longer break is a release, or the beginning of a flash
FLASH_MAX_MS = 1200
DIGIT_GAP_MS = 250


class Loop:
    """Follows the hook of the box. Times in the loop's clock, seconds.

    `closed` is the hook now; `seized` survives pulses; `flashes` are the lengths of flashes in ms; each completed
    rotary digit goes to `on_digit`.
    """

    def __init__(self) -> None:
        self.closed = False
        self.seized = False
        self.flashes: list[int] = []
        self.breaks_ms: list[int] = []  # every break of this call
        self.on_seized: Callable[[], None] = lambda: None
        self.on_released: Callable[[], None] = lambda: None
        self.on_digit: Callable[[str], None] = lambda digit: None
        self._pulses = 0
        self._opened_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def hook(self, off: bool) -> None:
        """The box closed (`off`) or opened the loop."""
        if off == self.closed:
            return
        self.closed = off
        self._stop_timer()
        if off:
            self._close()
        else:
            self._opened_at = _now()
            self._after(PULSE_MAX_MS, self._release)

    def reset(self) -> None:
        """The cable was pulled: the loop is open."""
        self._stop_timer()
        self.closed = False
        if self.seized:
            self._release()

    def _close(self) -> None:
        break_ms = round((_now() - self._opened_at) * 1000)
        if self.seized:
            self.breaks_ms.append(break_ms)
            self._pulses += 1
            self._after(DIGIT_GAP_MS, self._digit)
            return
        if self._opened_at and break_ms <= FLASH_MAX_MS:
            self.flashes.append(break_ms)
        else:
            self.breaks_ms.clear()
        self.seized = True
        self.on_seized()

    def _digit(self) -> None:
        pulses, self._pulses = self._pulses, 0
        self.on_digit(str(pulses % 10) if pulses <= 10 else "?")

    def _release(self) -> None:
        self.seized = False
        self._pulses = 0
        self.on_released()

    def _after(self, ms: int, action: Callable[[], None]) -> None:
        self._timer = asyncio.get_running_loop().call_later(ms / 1000, action)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _now() -> float:
    return asyncio.get_running_loop().time()
