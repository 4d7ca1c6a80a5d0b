# SPDX-License-Identifier: GPL-2.0-or-later
"""When something is due by time alone. Setting and taking cost O(log n), whatever has been."""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Timers(Generic[Key]):
    """At most one time for each key."""

    def __init__(self) -> None:
        self._at: dict[Key, float] = {}
        self._heap: list[tuple[float, int, Key]] = []
        self._count = 0  # keys need not be comparable

    def set(self, key: Key, at: float) -> None:
        """In place of the key's former time."""
        if self._at.get(key) == at:
            return
        self._at[key] = at
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, key))
        if len(self._heap) > 2 * len(self._at) + 64:
            self._compact()

    def cancel(self, key: Key) -> None:
        """Harmless when there is none."""
        self._at.pop(key, None)

    def is_set(self, key: Key) -> bool:
        """Whether a time is to come for the key."""
        return key in self._at

    def next(self) -> float | None:
        """The earliest time, None when nothing is to come."""
        self._forget_stale()
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> Iterator[Key]:
        """Takes out what is due, in order."""
        while (at := self.next()) is not None and at <= now:
            key = heapq.heappop(self._heap)[2]
            del self._at[key]
            yield key

    def _forget_stale(self) -> None:
        while self._heap and self._at.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)

    def _compact(self) -> None:
        self._heap = [(at, n, key) for n, (key, at) in enumerate(self._at.items())]
        self._count = len(self._heap)
        heapq.heapify(self._heap)
