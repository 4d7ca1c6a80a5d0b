# SPDX-License-Identifier: GPL-2.0-or-later
"""Slows down who guesses passwords, and shuts out who goes on."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass

from firmware.errors import Invalid

LIMIT = 8
WINDOW_S = 60.0
ROUNDS = 3  # so often over the limit
LOCKED_S = 900.0
_KNOWN = 4096  # addresses; the oldest are forgotten


@dataclass(frozen=True, slots=True)
class Closed:
    """The door is closed to an address for so many seconds more."""

    address: str
    for_s: float


class Throttle:
    """`limit` failures of an address in `window_s` seconds close the door to it; the third time for 15 minutes."""

    def __init__(self, limit: int = LIMIT, window_s: float = WINDOW_S) -> None:
        self._limit, self._window_s = limit, window_s
        self._failures: dict[str, deque[float]] = {}
        self._locked: dict[str, float] = {}
        self._lock = threading.Lock()

    def check(self, address: str) -> None:
        """Invalid (`too_many_attempts`) while the door is closed for `address`."""
        with self._lock:
            if self._is_closed(address):
                raise Invalid("Too many wrong passwords. Wait a minute, then try again.", code="too_many_attempts")

    def failed(self, address: str) -> bool:
        """Counts a wrong password; True when this one locks the door for long."""
        with self._lock:
            return self._count(address)

    def closed(self) -> list[Closed]:
        """Addresses to which the door is closed now, the longest first."""
        now = time.monotonic()
        with self._lock:
            found = [
                Closed(address, max(self._locked.get(address, 0.0) - now, self._window_left(address, now)))
                for address in {*self._failures, *self._locked}
                if self._is_closed(address)
            ]
        return sorted(found, key=lambda door: door.for_s, reverse=True)

    def open(self, address: str) -> None:
        """Forgets what was counted of an address."""
        with self._lock:
            self._failures.pop(address, None)
            self._locked.pop(address, None)

    def _window_left(self, address: str, now: float) -> float:
        """Until the oldest of the last `limit` failures does not count any more."""
        failures = [*self._failures.get(address, ())][-self._limit :]
        return failures[0] + self._window_s - now if failures else 0.0

    def _is_closed(self, address: str) -> bool:
        if self._locked.get(address, 0.0) > time.monotonic():
            return True
        recent = [at for at in self._failures.get(address, ()) if at > time.monotonic() - self._window_s]
        return len(recent) >= self._limit

    def _count(self, address: str) -> bool:
        failures = self._failures.pop(address, None) or deque(maxlen=self._limit * ROUNDS)
        failures.append(time.monotonic())
        self._failures[address] = failures
        while len(self._failures) > _KNOWN:
            gone = next(iter(self._failures))
            self._failures.pop(gone)
            self._locked.pop(gone, None)
        if len(failures) < failures.maxlen or failures[0] < time.monotonic() - LOCKED_S:  # type: ignore[operator]
            return False
        failures.clear()
        self._locked[address] = time.monotonic() + LOCKED_S
        return True
