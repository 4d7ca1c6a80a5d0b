# SPDX-License-Identifier: GPL-2.0-or-later
"""A DTMF receiver of the far end's own (Goertzel), with the limits of ITU-T Q.24 where it matters."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hil.g711 import Pcm
from hil.levels import components, dbm0_of_power, power
from hil.signals import DTMF_HIGH, DTMF_KEYS, DTMF_LOW

MIN_DBM0 = -36.0
TWIST_MAX_DB = 10.0
SHARE = 0.7  # of the energy that must be in the two tones
MIN_BLOCKS = 2  # 40 ms; Q.24 wants 40 ms accepted and 24 ms refused


@dataclass(frozen=True, slots=True)
class Digit:
    """A key as it was heard. `at_ms` counts from the beginning of listening."""

    key: str
    at_ms: int
    ms: int
    low_dbm0: float
    high_dbm0: float


class DtmfReceiver:
    """Takes blocks of 20 ms. `digits` grows when a key is recognised; its last entry's `ms` when it ends."""

    def __init__(self) -> None:
        self.digits: list[Digit] = []
        self._blocks = 0
        self._key = ""
        self._run = 0

    @property
    def dialled(self) -> str:
        """All keys so far."""
        return "".join(digit.key for digit in self.digits)

    def feed(self, block: Pcm) -> str | None:
        """Takes a block; returns a key when it has just been recognised."""
        self._blocks += 1
        key, low, high = self._look(block)
        if key != self._key:
            self._key, self._run = key, 0
        self._run += 1
        if not key or self._run < MIN_BLOCKS:
            return None
        began = (self._blocks - self._run) * 20
        if self._run == MIN_BLOCKS:
            self.digits.append(Digit(key, began, self._run * 20, low, high))
            return key
        self.digits[-1] = Digit(key, began, self._run * 20, low, high)
        return None

    def _look(self, block: Pcm) -> tuple[str, float, float]:
        """The key in this block ("" when none) and the levels of its tones."""
        total = power(block)
        if dbm0_of_power(total) < MIN_DBM0:
            return "", 0.0, 0.0
        lows = components(block, DTMF_LOW)
        highs = components(block, DTMF_HIGH)
        low, high = max(lows), max(highs)
        if low + high < SHARE * total or min(low, high) <= 0 or abs(10 * math.log10(low / high)) > TWIST_MAX_DB:
            return "", 0.0, 0.0
        key = DTMF_KEYS[lows.index(low)][highs.index(high)]
        return key, dbm0_of_power(low), dbm0_of_power(high)
