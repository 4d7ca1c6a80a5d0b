# SPDX-License-Identifier: GPL-2.0-or-later
"""What a browser is in the middle of: each good once, and for a while."""

from __future__ import annotations

import threading
import time
from typing import Generic, TypeVar

from firmware.errors import Invalid

LIFE_S = 300.0
AT_ONCE = 256

Thing = TypeVar("Thing")


class Pending(Generic[Thing]):
    """Keys are secrets of the browsers' cookies. `at_once`: how many there are at most, the newest."""

    def __init__(self, life_s: float = LIFE_S, at_once: int = AT_ONCE) -> None:
        self._life_s, self._at_once = life_s, at_once
        self._things: dict[str, tuple[Thing, float]] = {}
        self._lock = threading.Lock()

    def put(self, whose: str, thing: Thing) -> Thing:
        """One before it is void."""
        with self._lock:
            self._things.pop(whose, None)
            self._things[whose] = (thing, time.monotonic() + self._life_s)
            while len(self._things) > self._at_once:
                del self._things[next(iter(self._things))]
        return thing

    def take(self, whose: str) -> Thing:
        """What was put there, which is void then. Invalid (`too_late`) when there is nothing."""
        with self._lock:
            found = self._things.pop(whose, None)
        if found is None or found[1] < time.monotonic():
            raise Invalid("This took too long. Begin again.", code="too_late")
        return found[0]
