# SPDX-License-Identifier: GPL-2.0-or-later
"""Timers with names: starting one again replaces it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Timers:
    """In the asyncio thread. Whoever owns them stops them in the end."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.TimerHandle] = {}

    def start(self, name: str, seconds: float, action: Callable[[], None]) -> None:
        """Calls `action` after so long, unless stopped or started again."""
        self.stop(name)
        self._running[name] = asyncio.get_running_loop().call_later(seconds, self._due, name, action)

    def stop(self, *names: str) -> None:
        """Harmless when they do not run."""
        for name in names:
            if name in self._running:
                self._running.pop(name).cancel()

    def stop_all(self) -> None:
        """None of them will act."""
        self.stop(*list(self._running))

    def runs(self, name: str) -> bool:
        """Whether it was started and has not acted."""
        return name in self._running

    def _due(self, name: str, action: Callable[[], None]) -> None:
        del self._running[name]
        action()
