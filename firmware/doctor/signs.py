# SPDX-License-Identifier: GPL-2.0-or-later
"""What the wire itself told while sound was collected: ring voltage, battery, polarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from drivers.port import PortEvent

PAUSE_MS = 1000  # between rings; shorter ones are inside a ring
SAME, SAME_MS = 0.15, 150  # cards debounce ring voltage by up to 130 ms
RING_PULSE_MS = (150, 360)  # 200 to 300
SHORT_RING_MS, SHORT_RING_OFF_MS = 500, 150  # of Japan: NTT, "Number Display"
ASKED_WITHIN_MS = 2500


@dataclass(frozen=True, slots=True)
class Sign:
    """An event of the port, in milliseconds since the beginning of the sound it belongs to."""

    event: PortEvent
    at_ms: float


def times_of(signs: Sequence[Sign], *events: PortEvent) -> list[float]:
    """When these events were."""
    return [sign.at_ms for sign in signs if sign.event in events]


Burst = tuple[float, float]  # beginning and end of ring voltage


def ring_bursts(signs: Sequence[Sign]) -> list[Burst]:
    """Every burst of ring voltage that has ended."""
    bursts: list[Burst] = []
    began: float | None = None
    for sign in signs:
        if sign.event == PortEvent.RING_BEGAN:
            began = sign.at_ms
        elif sign.event == PortEvent.RING_ENDED and began is not None:
            bursts.append((began, sign.at_ms))
            began = None
    return bursts


def rings(signs: Sequence[Sign]) -> list[list[Burst]]:
    """The bursts, those of one ring together: between rings there is a second of silence at least."""
    found: list[list[Burst]] = []
    for burst in ring_bursts(signs):
        if found and burst[0] - found[-1][-1][1] < PAUSE_MS:
            found[-1].append(burst)
        else:
            found.append([burst])
    return found


def ring_cadence_ms(signs: Sequence[Sign]) -> tuple[int, ...]:
    """On and off times, by the last two rings; () until two have come that are alike.

    What comes before the real ring to announce caller ID (a short pulse, short rings) is like no ring after it.
    """
    last = rings(signs)[-2:]
    if len(last) < 2 or not _alike(*last):
        return ()
    before, ring = last
    times = [round(end - begin) for begin, end in ring]
    pauses = [round(b[0] - a[1]) for a, b in pairwise(ring)] + [round(ring[0][0] - before[-1][1])]
    return tuple(ms for pair in zip(times, pauses, strict=True) for ms in pair)


def _alike(a: Sequence[Burst], b: Sequence[Burst]) -> bool:
    lengths = [(x[1] - x[0], y[1] - y[0]) for x, y in zip(a, b, strict=False)]
    return len(a) == len(b) and all(abs(x - y) <= max(SAME_MS, SAME * max(x, y)) for x, y in lengths)


def ring_pulse(signs: Sequence[Sign]) -> float | None:
    """When a pulse of ring voltage that announces caller ID ended (RP-AS: EN 300 659-1, 6.1.2), if one came."""
    bursts = ring_bursts(signs)
    longest = max((end - begin for begin, end in bursts[1:]), default=0.0)
    if bursts and RING_PULSE_MS[0] <= bursts[0][1] - bursts[0][0] <= min(RING_PULSE_MS[1], longest / 1.3):
        return bursts[0][1]
    return None


def asks_for_an_answer(signs: Sequence[Sign]) -> bool:
    """Whether the exchange wants the line answered for caller ID, as in Japan: reversed polarity, then short rings."""
    bursts = ring_bursts(signs)
    reversals = times_of(signs, PortEvent.POLARITY_REVERSED)
    if len(bursts) < 2 or not any(-ASKED_WITHIN_MS < at - bursts[0][0] < 0 for at in reversals):
        return False
    times = [bursts[0][1] - bursts[0][0], bursts[1][0] - bursts[0][1], bursts[1][1] - bursts[1][0]]
    return all(abs(ms - SHORT_RING_MS) <= SHORT_RING_OFF_MS for ms in times)


def battery_drops(signs: Sequence[Sign]) -> list[tuple[float, float | None]]:
    """Beginning and length of each time without battery; None: it did not come back."""
    drops: list[tuple[float, float | None]] = []
    for sign in signs:
        if sign.event == PortEvent.BATTERY_LOST:
            drops.append((sign.at_ms, None))
        elif sign.event == PortEvent.BATTERY_RESTORED and drops and drops[-1][1] is None:
            drops[-1] = (drops[-1][0], sign.at_ms - drops[-1][0])
    return drops
