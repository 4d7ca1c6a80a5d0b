# SPDX-License-Identifier: GPL-2.0-or-later
"""A codec whose crystal differs from the bridge's, in memory: no block slips, and a tone stays clean."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest

from drivers.lineaudio.codec import Trial, codec_memory
from hil.g711 import decode, encode, pcm

SECONDS, LAST, HZ, PEAK = 120, 30, 1004, 10000
CLEAN_DB = 34.0  # G.711 itself leaves 37 dB (measured: 37.2)


@pytest.fixture
def clock() -> Iterator[int]:
    fd = os.eventfd(0, os.EFD_NONBLOCK)
    yield fd
    os.close(fd)


def sine(rate: float, seconds: float) -> np.ndarray:
    return np.round(PEAK * np.sin(2 * np.pi * HZ / rate * np.arange(int(rate * seconds)))).astype(np.int16)


def clean_db(samples: np.ndarray, rate: float) -> float:
    """How far all else is below a tone of about HZ, at its worst in pieces of 50 ms of the last LAST seconds."""
    long = int(rate / 20)
    at = 2 * np.pi * HZ / rate * np.arange(long)
    waves = np.column_stack([np.sin(at), np.cos(at), at * np.sin(at), at * np.cos(at)])  # a little off its frequency
    worst = np.inf
    for begin in range(len(samples) - int(LAST * rate), len(samples) - 2 * long, long):
        piece = samples[begin : begin + long].astype(float)
        rest = piece - waves @ np.linalg.lstsq(waves, piece, rcond=None)[0]
        worst = min(worst, 10 * np.log10(np.mean(piece**2) / np.mean(rest**2)))
    return float(worst)


def trial(rate: int, ppm: float) -> Trial:
    said = encode(pcm(sine(8000, SECONDS + 1).tolist()), "ulaw")
    return codec_memory(sine(rate * (1 + ppm / 1e6), SECONDS).tobytes(), said, rate, ppm)


@pytest.mark.parametrize(("rate", "ppm"), [(8000, 100), (8000, -300), (16000, 200), (44100, -50), (48000, 300)])
def test_a_codec_beside_the_bridges_clock_never_slips(rate: int, ppm: float) -> None:
    tried = trial(rate, ppm)
    assert tried.stats.slips == 0
    assert tried.stats.drift_ppm == pytest.approx(ppm, abs=10)
    assert tried.ticks - len(tried.heard) // 160 <= 3, "all of it came up, but for what waits"
    up = np.array(decode(tried.heard, "ulaw"))
    down = np.frombuffer(tried.played, np.int16)[: -rate // 50]
    assert clean_db(up, 8000) > CLEAN_DB
    assert clean_db(down, rate * (1 + ppm / 1e6)) > CLEAN_DB


def test_the_codec_that_leads_the_bridge_is_left_as_it_is(clock: int) -> None:
    said = encode(pcm(sine(8000, SECONDS + 1).tolist()), "ulaw")
    spoken = decode(said, "ulaw").tobytes()[: SECONDS * 16000]  # what G.711 has codes for
    tried = codec_memory(spoken, said, 8000, 0, clock)
    assert tried.stats.slips == 0
    assert tried.heard == said[: len(tried.heard)]
    assert spoken[:16000] in tried.played
    assert int.from_bytes(os.read(clock, 8), "little") == SECONDS * 100, "each 10 ms was told"
