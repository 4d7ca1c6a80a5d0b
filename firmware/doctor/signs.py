# SPDX-License-Identifier: GPL-2.0-or-later
"""What the wire itself told while sound was collected: ring voltage, battery, polarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from drivers.port import PortEvent


@dataclass(frozen=True, slots=True)
class Sign:
    """An event of the port, in milliseconds since the beginning of the sound it belongs to."""

    event: PortEvent
    at_ms: float


def times_of(signs: Sequence[Sign], *events: PortEvent) -> list[float]:
    """When these events were."""
    return [sign.at_ms for sign in signs if sign.event in events]


def ring_cadence_ms(signs: Sequence[Sign]) -> tuple[int, ...]:
    """On and off times of the ringing from its first to its second beginning; () when it rang only once.

    Two bursts with a short pause between them are one ring: what follows the longest pause is the second.
    """
    edges = [sign for sign in signs if sign.event in (PortEvent.RING_BEGAN, PortEvent.RING_ENDED)]
    if edges and edges[0].event == PortEvent.RING_ENDED:
        edges = edges[1:]
    times = [round(b.at_ms - a.at_ms) for a, b in pairwise(edges)]
    pauses = times[1::2]
    if not pauses:
        return ()
    longest = next(place for place, ms in enumerate(pauses) if ms > 0.9 * max(pauses))
    return tuple(times[: 2 * longest + 2])


def battery_drops(signs: Sequence[Sign]) -> list[tuple[float, float | None]]:
    """Beginning and length of each time without battery; None: it did not come back."""
    drops: list[tuple[float, float | None]] = []
    for sign in signs:
        if sign.event == PortEvent.BATTERY_LOST:
            drops.append((sign.at_ms, None))
        elif sign.event == PortEvent.BATTERY_RESTORED and drops and drops[-1][1] is None:
            drops[-1] = (drops[-1][0], sign.at_ms - drops[-1][0])
    return drops
