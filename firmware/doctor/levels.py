# SPDX-License-Identifier: GPL-2.0-or-later
"""How loud a line is, and how quiet it can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from statistics import fmean, median

from drivers.lineaudio import Frame, analyse, peaks

SPEECH_LEAST_DBM0 = -50.0
SPEECH_RANGE_DB = 16.0  # below its loud parts: the margin of ITU-T P.56
EVEN_BELOW_DBM0, EVEN_DB = -35.0, 8.0  # noise
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


def quietest_dbm0(sound: bytes) -> float | None:
    """The level between the words of a call; None of no sound."""
    found = sorted(frame.dbm0 for frame in analyse(sound))
    return round(found[len(found) // 10], 1) if found else None


def _loud(frames: Sequence[Frame]) -> list[float]:
    """Levels while somebody speaks; [] when it is as quiet, or as even, as a line on which nobody does."""
    levels = sorted(frame.dbm0 for frame in frames)
    if not levels:
        return []
    quiet, loud = levels[len(levels) // 10], levels[len(levels) * 19 // 20]
    if loud < SPEECH_LEAST_DBM0 or (loud < EVEN_BELOW_DBM0 and loud - quiet < EVEN_DB):
        return []
    return [dbm0 for dbm0 in levels if dbm0 > loud - SPEECH_RANGE_DB]
