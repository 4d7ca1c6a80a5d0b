# SPDX-License-Identifier: GPL-2.0-or-later
"""A call's place in a queue, and the line in which those who wait stand."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Place:
    """A call in a queue. `rank` is its time of joining, made earlier by priority and by a wait elsewhere.

    Whoever has the smallest rank is first. Ranks never change while time passes: that is how priorities age.
    """

    call: str
    queue: str
    caller: str
    joined_at: float  # waits since; an old place keeps its time
    rank: float
    number: int  # breaks ties
    priority: int = 0
    needs: Mapping[str, int] = field(default_factory=dict)  # of this call alone
    likes: Mapping[str, int] = field(default_factory=dict)
    required: Mapping[str, int] = field(default_factory=dict)  # with those of the queue
    preferred: Mapping[str, int] = field(default_factory=dict)
    entered_at: float = 0.0  # max_wait counts from here
    callback: bool = False
    due_at: float | None = None  # sleeps until then
    offered_to: dict[str, float] = field(default_factory=dict)  # agent: since when
    only: str = ""  # the agent who was chosen by hand, while the phone rings

    @property
    def order(self) -> tuple[float, int]:
        """Sorts those who wait."""
        return self.rank, self.number

    def overdue(self, max_wait_s: float, now: float) -> bool:
        """Has waited for as long as the queue allows; a call-back never has."""
        return not self.callback and now >= self.entered_at + max_wait_s

    def waited(self, now: float) -> float:
        """Seconds."""
        return max(0.0, now - self.joined_at)


def _order(place: Place) -> tuple[float, int]:
    return place.rank, place.number


class Line:
    """Those who wait, first in line first. Coming, leaving and the position of one cost O(log n)."""

    def __init__(self) -> None:
        self._places: list[Place] = []

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int) -> Place:
        return self._places[index]

    def add(self, place: Place) -> None:
        """Where its rank puts it."""
        insort(self._places, place, key=_order)

    def remove(self, place: Place) -> None:
        """Harmless when it is not there."""
        index = self.index(place)
        if index is not None:
            del self._places[index]

    def index(self, place: Place) -> int | None:
        """How many stand before it; None when it is not there."""
        index = bisect_left(self._places, place.order, key=_order)
        there = index < len(self._places) and self._places[index] is place
        return index if there else None
