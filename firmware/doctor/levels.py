# SPDX-License-Identifier: GPL-2.0-or-later
"""How loud a line is, and how quiet it can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from statistics import fmean, median

from drivers.lineaudio import Frame, analyse, peaks

SPEECH_ABOVE_NOISE_DB = 15.0
SPEECH_LEAST_DBM0 = -50.0
MAINS_HZ = (50.0, 60.0)
HUM_HIGHEST_HZ = 320.0
HUM_LEAST_DBM0 = -60.0


@dataclass(frozen=True, slots=True)
class Noise:
    """Of a line on which nobody speaks. `hum_hz` is 50 or 60 when the mains are in it (0: not), at `hum_dbm0`."""

    dbm0: float
    hum_hz: float = 0.0
    hum_dbm0: float = 0.0


def noise(sound: bytes) -> Noise | None:
    """The noise of a quiet stretch; None of no sound at all."""
    frames = analyse(sound)
    if not frames:
        return None
    level = round(median(frame.dbm0 for frame in frames), 1)
    for hz, dbm0 in peaks(sound):
        mains = next((m for m in MAINS_HZ if hz < HUM_HIGHEST_HZ and abs(hz - m * round(hz / m)) < 1.5), 0.0)
        if mains and dbm0 > HUM_LEAST_DBM0:
            return Noise(level, mains, round(dbm0, 1))
    return Noise(level)


def speech_dbm0(sound: bytes) -> float | None:
    """The level of what was said while it was said; None when nothing was."""
    frames = analyse(sound)
    loud = _loud(frames)
    if len(frames) < 10 or len(loud) < len(frames) / 20:
        return None
    return round(10 * log10(fmean(10 ** (dbm0 / 10) for dbm0 in loud)), 1)


def _loud(frames: Sequence[Frame]) -> list[float]:
    levels = sorted(frame.dbm0 for frame in frames)
    quiet = levels[len(levels) // 10] if levels else 0.0
    return [dbm0 for dbm0 in levels if dbm0 > max(quiet + SPEECH_ABOVE_NOISE_DB, SPEECH_LEAST_DBM0)]
