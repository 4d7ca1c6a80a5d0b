# SPDX-License-Identifier: GPL-2.0-or-later
"""Levels in dBm0. A sine that just fills 16 bits is +3.14 dBm0 (ITU-T G.711, A-law; mu-law differs by 0.03 dB)."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from operator import mul
from typing import Any

from hil.numbers import np

OVERLOAD_DBM0 = 3.14
PEAK_0_DBM0 = 32768 / 10 ** (OVERLOAD_DBM0 / 20)
SILENCE_DBM0 = -90.0


def peak(dbm0: float) -> float:
    """The amplitude of a sine of this level."""
    return PEAK_0_DBM0 * 10 ** (dbm0 / 20)


def power(samples: Sequence[int]) -> float:
    """Mean square."""
    return sum(map(mul, samples, samples)) / len(samples) if samples else 0.0


def dbm0_of_power(mean_square: float) -> float:
    """The level of a signal with this mean square."""
    if mean_square <= 0:
        return SILENCE_DBM0
    return max(SILENCE_DBM0, 10 * math.log10(2 * mean_square / PEAK_0_DBM0**2))


def dbm0(samples: Sequence[int]) -> float:
    """The level of a piece of audio."""
    return dbm0_of_power(power(samples))


def components(samples: Sequence[int], frequencies: Sequence[float], rate: int = 8000) -> list[float]:
    """`goertzel` for several frequencies, at once where numpy is installed: tests listen to hours of tones."""
    if np is None or not samples:
        return [goertzel(samples, frequency, rate) for frequency in frequencies]
    waves = _waves(tuple(frequencies), len(samples), rate)
    return (2 * np.abs(waves @ np.asarray(samples, dtype=np.float64)) ** 2 / len(samples) ** 2).tolist()  # type: ignore[no-any-return]


@functools.lru_cache(maxsize=64)
def _waves(frequencies: tuple[float, ...], count: int, rate: int) -> Any:
    return np.exp(-2j * np.pi * np.outer(frequencies, np.arange(count)) / rate)


def goertzel(samples: Sequence[int], frequency: float, rate: int = 8000) -> float:
    """Mean square of the component at `frequency` (Goertzel's algorithm): a sine alone gives its whole power."""
    coefficient = 2 * math.cos(2 * math.pi * frequency / rate)
    s1 = s2 = 0.0
    for sample in samples:
        s1, s2 = sample + coefficient * s1 - s2, s1
    return max(0.0, 2 * (s1 * s1 + s2 * s2 - coefficient * s1 * s2) / len(samples) ** 2)
