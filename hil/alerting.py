# SPDX-License-Identifier: GPL-2.0-or-later
"""The alerting signal of 2130 and 2750 Hz: how exchanges make it, and how a phone hears it."""

from __future__ import annotations

from collections.abc import Sequence

from hil.g711 import Pcm
from hil.levels import dbm0_of_power, goertzel, power
from hil.signals import quiet, sines

HZ = (2130, 2750)
DT_AS_MS = 100  # on hook (EN 300 659-1, 6.1.2)
CAS_MS = 80  # in a call (GR-30-CORE, 2.5.2; EN 300 659-2)
GAP_MS = 100  # 45 to 500 ms until the data
FAINTEST_DBM0 = -32.0
PIECE = 40  # samples, 5 ms


def signal(ms: float = DT_AS_MS, then_ms: float = GAP_MS, dbm0: float = -16) -> Pcm:
    """The signal and the silence after it."""
    return sines([(hz, dbm0) for hz in HZ], ms) + quiet(then_ms)


class AlertingReceiver:
    """Feed it blocks; the length in ms of an alerting signal that has just ended, or None."""

    def __init__(self) -> None:
        self._pieces = 0

    def feed(self, samples: Sequence[int]) -> int | None:
        """From 70 to 115 ms it is one."""
        found = None
        for at in range(0, len(samples), PIECE):
            if self._sounds(samples[at : at + PIECE]):
                self._pieces += 1
            elif self._pieces:
                ms, self._pieces = self._pieces * 5, 0
                found = ms if 65 <= ms <= 115 else found
        return found

    @staticmethod
    def _sounds(piece: Sequence[int]) -> bool:
        whole = power(piece)
        if dbm0_of_power(whole) < FAINTEST_DBM0:
            return False
        low, high = (goertzel(piece, hz) for hz in HZ)
        return low + high > 0.6 * whole and min(low, high) > 0.15 * whole
