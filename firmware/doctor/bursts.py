# SPDX-License-Identifier: GPL-2.0-or-later
"""Bursts: stretches of sound in which one to three steady sines stand alone. Tones are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from drivers.lineaudio import Frame, analyse, peaks

FRAME_MS = 10
SAMPLES_A_MS = 8
PURE = 0.75  # of a frame's power in its sines; 10 dB over white noise is 0.85, edges of a burst are less
FAINTEST_DBM0 = -48.0
SAME = 0.03  # frequencies so near are one
SAME_DB = 10.0
DIP_FRAMES = 3  # a tone modulated by 15 Hz and more dips for no longer
SHORTEST_FRAMES = 4
TWIST_DB = 12.0  # a sine that much fainter than the strongest is not of the tone
LONGEST_MS = 1000  # of sound that is measured for frequencies
QUIET_FRAMES = (3, 7)  # so far away from a burst begins what is around it


@dataclass(frozen=True, slots=True)
class Burst:
    """From `begin_ms` to `end_ms`. `frequencies` in Hz, ascending, without sides of a modulation; `dbm0` of each.

    `whole`: it begins and ends within the sound.
    """

    begin_ms: float
    end_ms: float
    frequencies: tuple[float, ...]
    dbm0: float
    modulated_by: float = 0.0
    whole: bool = True

    @property
    def ms(self) -> float:
        """Its length."""
        return self.end_ms - self.begin_ms


def bursts(sound: bytes) -> list[Burst]:
    """All bursts of at least 40 ms and -48 dBm0, in order. Edges are within 3 ms in quiet surroundings."""
    frames = analyse(sound)
    found = (_burst(sound, frames, begin, end) for begin, end in _runs(frames))
    return [burst for burst in found if burst]


def _runs(frames: Sequence[Frame]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    at = 0
    while at < len(frames):
        if not _pure(frames[at]):
            at += 1
            continue
        end = _end_of_run(frames, at)
        if end - at >= SHORTEST_FRAMES:
            runs.append((at, end))
        at = end
    return runs


def _pure(frame: Frame) -> bool:
    return frame.purity >= PURE and frame.dbm0 >= FAINTEST_DBM0 and bool(frame.sines)


def _end_of_run(frames: Sequence[Frame], begin: int) -> int:
    """The frame after the last that belongs to the run; short dips are bridged."""
    settled = frames[min(begin + 2, len(frames) - 1)]
    known = [hz for hz, dbm0 in settled.sines if settled.sines[0][1] - dbm0 < TWIST_DB]
    loudest, end, at = frames[begin].dbm0, begin + 1, begin + 1
    while at < len(frames) and at - end <= DIP_FRAMES:
        frame = frames[at]
        if _pure(frame) and frame.dbm0 > loudest - SAME_DB and _of(frame, known):
            end = at + 1
            loudest = max(loudest, frame.dbm0)
        at += 1
    return end


def _of(frame: Frame, known: Sequence[float]) -> bool:
    return any(same(frame.sines[0][0], hz) for hz in known)


def same(a: float, b: float, tolerance: float = SAME) -> bool:
    """Whether two frequencies (or times) are near enough to be one."""
    return abs(a - b) <= tolerance * max(a, b)


def _burst(sound: bytes, frames: Sequence[Frame], begin: int, end: int) -> Burst | None:
    power = [10 ** (frame.dbm0 / 10) for frame in frames]
    inside = fmean(power[begin + 1 : end - 1])
    begin_ms = (begin + 1) * FRAME_MS - FRAME_MS * _share(power, inside, begin, -1)
    end_ms = (end - 1) * FRAME_MS + FRAME_MS * _share(power, inside, end - 1, 1)
    sines = _sines(sound, begin_ms, end_ms)
    if not sines:
        return None
    frequencies, modulated_by = _carrier(sines)
    whole = begin > QUIET_FRAMES[0] and end < len(frames) - QUIET_FRAMES[0]
    return Burst(max(begin_ms, 0), end_ms, frequencies, max(dbm0 for _, dbm0 in sines), modulated_by, whole)


def _share(power: Sequence[float], inside: float, edge: int, step: int) -> float:
    """How many frames of sound there are from the edge outwards, by their power: less than one is a part of it."""
    beyond = [power[at] for k in range(*QUIET_FRAMES) if 0 <= (at := edge + step * k) < len(power)]
    around = min(beyond, default=0.0)
    if inside <= around:
        return 1.0
    near = [power[at] for k in range(QUIET_FRAMES[0]) if 0 <= (at := edge + step * k) < len(power)]
    return sum(min(1.0, max(0.0, (p - around) / (inside - around))) for p in near)


def _sines(sound: bytes, begin_ms: float, end_ms: float) -> list[tuple[float, float]]:
    begin, end = int(begin_ms) + FRAME_MS // 2, int(end_ms) - FRAME_MS // 2
    middle, half = (begin + end) // 2, min(end - begin, LONGEST_MS) // 2
    piece = sound[2 * SAMPLES_A_MS * max(middle - half, 0) : 2 * SAMPLES_A_MS * (middle + half)]
    found = peaks(piece)
    return [(hz, dbm0) for hz, dbm0 in found if found[0][1] - dbm0 < TWIST_DB][:3]


def _carrier(sines: Sequence[tuple[float, float]]) -> tuple[tuple[float, ...], float]:
    """Three sines of which the strongest stands in the middle of two equal ones are one, modulated."""
    ascending = sorted(hz for hz, _ in sines)
    if len(sines) == 3 and ascending[1] == sines[0][0] and abs(sines[1][1] - sines[2][1]) < 3:
        below, above = ascending[1] - ascending[0], ascending[2] - ascending[1]
        if same(below, above, 0.1) and above < 60:
            return (round(ascending[1], 1),), round((below + above) / 2, 1)
    return tuple(round(hz, 1) for hz in ascending), 0.0
