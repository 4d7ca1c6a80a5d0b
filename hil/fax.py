# SPDX-License-Identifier: GPL-2.0-or-later
"""What fax machines say first. Needs numpy."""

from __future__ import annotations

import numpy as np

from hil.g711 import RATE, Pcm, pcm
from hil.levels import peak

REVERSAL_MS = 450  # ITU-T V.25: each 450 +-25 ms


def _tone(hz: float, ms: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.sin(2 * np.pi * hz * np.arange(round(ms * RATE / 1000)) / RATE)


def _pcm(wave: np.ndarray[tuple[int], np.dtype[np.float64]], dbm0: float) -> Pcm:
    return pcm(np.round(wave * peak(dbm0)).astype(int).tolist())


def cng(seconds: float, *, hz: float = 1100, on_ms: float = 500, off_ms: float = 3000, dbm0: float = -11) -> Pcm:
    """A calling machine (ITU-T T.30, 4.3.3.2): 1100 +-38 Hz, 0.5 s on, 3 s off, each +-15 %."""
    cycle = np.concatenate([_tone(hz, on_ms), np.zeros(round(off_ms * RATE / 1000))])
    return _pcm(np.resize(cycle, round(seconds * RATE)), dbm0)


def ced(seconds: float = 3, *, reversals: bool = True, modulated: bool = False, dbm0: float = -12) -> Pcm:
    """An answering machine: 2100 Hz (ITU-T T.30, 4.3.3.3), with phase reversals (V.25), and 15 Hz AM by 20 % (V.8)."""
    wave = _tone(2100, seconds * 1000)
    time_ms = np.arange(len(wave)) * 1000 / RATE
    if reversals:
        wave = wave * np.where(time_ms // REVERSAL_MS % 2, -1, 1)
    if modulated:
        wave = wave * (1 + 0.2 * np.sin(2 * np.pi * 15 * time_ms / 1000)) / 1.2
    return _pcm(wave, dbm0)
