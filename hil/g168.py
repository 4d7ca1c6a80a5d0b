# SPDX-License-Identifier: GPL-2.0-or-later
"""Test signals and echo paths of ITU-T G.168, for measuring echo cancellers. Needs numpy.

The tables are in `g168.toml`. Signals are at 8 kHz, levels in dBm0 of their sounding part.
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hil.g711 import RATE, Pcm, pcm
from hil.levels import peak

Signal = NDArray[np.float64]
Party = Literal["single", "double"]

PATHS = range(2, 10)  # D.2 to D.9
TABLE_RATE = 44100
NOISE_LENGTH = 8192  # samples at 44.1 kHz before the pseudo-noise repeats
NOISE_MS = 200
REPEATS = {"single": 16, "double": 14}  # periods of the voiced sound: 48.62 and 72.69 ms
PAUSE_MS = {"single": 101.38, "double": 127.31}
# Figure C.2: power density of the noise, (Hz, dB).
NOISE_SHAPE = (
    (50, -25.8), (100, -12.8), (200, 17.4), (215, 17.8), (500, 12.2), (1000, 7.2), (2850, 0.0), (3600, -2.0),
    (3660, -20.0), (3680, -30.0),
)  # fmt: skip


@functools.cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text())


def echo_path(number: int, loss_db: float, delay_ms: float = 0.0) -> Signal:
    """The impulse response of path D.`number` with an echo return loss of `loss_db`, after a flat delay."""
    path = _tables()["path"][str(number)]
    response = np.asarray(path["m"], dtype=np.float64) * path["k"] * 10 ** (-loss_db / 20)
    return np.concatenate([np.zeros(round(delay_ms * RATE / 1000)), response])


def composite_source(seconds: float, level_dbm0: float, party: Party = "single", seed: int = 1) -> Pcm:
    """The composite source signal of Annex C: voiced sound, noise, a pause, and the same with its sign turned."""
    voiced = np.tile(np.asarray(_tables()["voiced"][party], dtype=np.float64), REPEATS[party])
    noise = _noise(party, seed)
    noise *= np.sqrt(np.mean(voiced**2) / np.mean(noise**2))
    half = np.concatenate([voiced, noise, np.zeros(round(PAUSE_MS[party] * TABLE_RATE / 1000))])
    period = _resampled(np.concatenate([half, -half]))
    sounding = round((len(voiced) + len(noise)) * RATE / TABLE_RATE)
    period *= peak(level_dbm0) / np.sqrt(2) / np.sqrt(np.mean(period[:sounding] ** 2))
    count = round(seconds * RATE)
    signal = np.tile(period, count // len(period) + 1)[:count]
    return pcm(np.clip(np.round(signal), -32000, 32000).astype(int).tolist())


def _noise(party: Party, seed: int) -> Signal:
    random = np.random.default_rng(seed)
    hertz = np.fft.rfftfreq(NOISE_LENGTH, 1 / TABLE_RATE)
    frequencies, levels = zip(*NOISE_SHAPE, strict=True)
    magnitude = np.where((hertz > 0) & (hertz < 3700), 10 ** (np.interp(hertz, frequencies, levels) / 20), 0.0)
    if party == "single":
        spectrum = 1j * magnitude * random.choice([-1.0, 1.0], len(hertz))
    else:
        spectrum = magnitude * np.fft.rfft(random.standard_normal(NOISE_LENGTH))
    noise = np.fft.irfft(spectrum, NOISE_LENGTH)
    return np.tile(noise, 2)[: NOISE_MS * TABLE_RATE // 1000]


def _resampled(signal: Signal) -> Signal:
    """At 8 kHz; the signal is one period of something that repeats."""
    count = round(len(signal) * RATE / TABLE_RATE)
    spectrum = np.fft.rfft(signal)[: count // 2 + 1]
    return np.fft.irfft(spectrum, count) * (count / len(signal))
