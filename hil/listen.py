# SPDX-License-Identifier: GPL-2.0-or-later
"""What became of a piece of audio on its way: alignment, correlation, gaps and slips. Needs numpy.

Sent and heard audio are PCM (`array("h")`, 8 kHz).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hil.g711 import RATE, Pcm, pcm
from hil.levels import dbm0, peak

Signal = NDArray[np.float64]

WINDOW_MS = 100
GOOD = 0.98  # G.711 alone gives 0.999 for speech at -16 dBm0
SLIP_MOST_MS = 120
QUIET_DBM0 = -45.0


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the sent audio begins in the heard one (samples; negative when its beginning is missing), and how alike
    the two are there (1 is the same but for the level)."""

    offset: int
    correlation: float

    @property
    def offset_ms(self) -> float:
        """The offset in milliseconds."""
        return self.offset * 1000 / RATE


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at `at_ms` of the sent audio: "gap" (silence instead), "slip" (shifted) or "damage"."""

    kind: str
    at_ms: int
    detail: str

    def __str__(self) -> str:
        return f"{self.kind} at {self.at_ms} ms: {self.detail}"


def _signal(audio: Sequence[int] | Signal) -> Signal:
    return np.asarray(audio, dtype=np.float64)


def speech_like(seconds: float, seed: int = 1, level_dbm0: float = -16) -> Pcm:
    """Noise in the band and the rhythm of speech: never the same twice, so that it can be aligned anywhere."""
    count = round(seconds * RATE)
    random = np.random.default_rng(seed)
    spectrum = np.fft.rfft(random.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    # ITU-T P.50's long-term spectrum, roughly: flat to 500 Hz, then 8 dB less each octave, in the telephone band.
    shape = np.where(hertz < 500, 1.0, (500 / np.maximum(hertz, 1)) ** 1.33) * ((hertz > 200) & (hertz < 3400))
    voice = np.fft.irfft(spectrum * shape, count)
    voice *= _syllables(count, random)
    voice *= peak(level_dbm0) / np.sqrt(2) / np.sqrt(np.mean(voice**2))
    return pcm(np.clip(np.round(voice), -32000, 32000).astype(int).tolist())


def _syllables(count: int, random: np.random.Generator) -> Signal:
    """About four syllables a second, of different strength."""
    steps = max(2, count * 8 // RATE)
    strengths = np.where(np.arange(steps) % 2, 0.15, random.uniform(0.6, 1.0, steps))
    return np.interp(np.arange(count), np.linspace(0, count, steps), strengths)


def correlation(one: Sequence[int] | Signal, other: Sequence[int] | Signal) -> float:
    """The normalised correlation of two pieces of the same length (0 when one is silent)."""
    a, b = _signal(one), _signal(other)
    norm = float(np.sqrt(np.dot(a, a) * np.dot(b, b)))
    return float(np.dot(a, b)) / norm if norm else 0.0


def align(sent: Sequence[int], heard: Sequence[int]) -> Alignment:
    """Finds the sent audio in the heard one. The correlation is that of the part where both are."""
    a, b = _signal(sent), _signal(heard)
    size = 1 << (len(a) + len(b)).bit_length()
    product = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)
    best = int(np.argmax(product))
    offset = best if best < len(b) else best - size
    begin, end = max(0, -offset), min(len(a), len(b) - offset)
    if end <= begin:
        return Alignment(offset, 0.0)
    return Alignment(offset, correlation(a[begin:end], b[begin + offset : end + offset]))


def faults(sent: Sequence[int], heard: Sequence[int], window_ms: int = WINDOW_MS) -> list[Fault]:
    """Every gap, slip and damage between the first and the last moment that both have."""
    a, b = _signal(sent), _signal(heard)
    offset = align(sent, heard).offset
    size = window_ms * RATE // 1000
    found: list[Fault] = []
    for begin in range(max(0, -offset), min(len(a), len(b) - offset) - size + 1, size):
        window = a[begin : begin + size]
        if dbm0(window.tolist()) < QUIET_DBM0:
            continue
        there = b[begin + offset : begin + offset + size]
        if len(there) == size and correlation(window, there) >= GOOD:
            continue
        fault, offset = _explained(window, b, begin, offset)
        found.append(fault)
    return found


def _explained(window: Signal, heard: Signal, begin: int, offset: int) -> tuple[Fault, int]:
    """What is wrong with a window, and the offset from there on."""
    at_ms = begin * 1000 // RATE
    reach = SLIP_MOST_MS * RATE // 1000
    start = max(0, begin + offset - reach)
    nearby = heard[start : begin + offset + reach + len(window)]
    if len(nearby) > len(window):
        place = int(np.argmax(np.correlate(nearby, window, "valid")))
        if correlation(window, nearby[place : place + len(window)]) >= GOOD:
            moved = start + place - begin - offset
            return Fault("slip", at_ms, f"{moved:+d} samples"), offset + moved
    there = heard[begin + offset : begin + offset + len(window)]
    blocks = [there[n : n + 40] for n in range(0, len(there), 40)]
    silent = sum(5 for block in blocks if dbm0(block.tolist()) < QUIET_DBM0)
    alike = correlation(window[: len(there)], there)
    if silent >= 5:
        return Fault("gap", at_ms, f"{silent} ms of silence, correlation {alike:.2f}"), offset
    return Fault("damage", at_ms, f"correlation {alike:.2f}"), offset


def tone_level_dbm0(audio: Sequence[int], frequency: float) -> float:
    """The level of the component at `frequency`, with a Hann window against its neighbours."""
    signal = _signal(audio)
    window = np.hanning(len(signal))
    angle = 2j * np.pi * frequency / RATE * np.arange(len(signal))
    amplitude = 2 * abs(np.sum(signal * window * np.exp(-angle))) / np.sum(window)
    return float(20 * np.log10(max(amplitude, 1e-3) / peak(0)))
