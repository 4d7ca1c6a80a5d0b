# SPDX-License-Identifier: GPL-2.0-or-later
"""Frequencies and levels of sound in memory (16-bit samples at 8 kHz): finer than detectors, for no thread of sound."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.lineaudio._lineaudio import ffi, lib

FRAME_MS = 10
FRAME_SAMPLES = 80


@dataclass(frozen=True, slots=True)
class Frame:
    """10 ms. `sines`: (Hz, dBm0) of the two strongest in the 64 ms around it, each within 0.5 % when it is alone there.

    `dbm0` is the level of the 10 ms; `purity`, 0 to 1, the part of the power around it that is in the sines.
    """

    sines: tuple[tuple[float, float], ...]
    dbm0: float
    purity: float


def analyse(samples: bytes) -> list[Frame]:
    """A frame for each whole 10 ms. MemoryError. A second of sound takes 3 ms of a core."""
    room = len(samples) // 2 // FRAME_SAMPLES
    out = ffi.new("struct la_frame[]", max(room, 1))
    count = lib.la_analyse(ffi.from_buffer("int16_t[]", samples), len(samples) // 2, out, room)
    if count < 0:
        raise MemoryError("no memory to analyse a sound")
    return [_frame(raw) for raw in out[0:count]]


def _frame(raw: object) -> Frame:
    sines = tuple((hz, dbm0) for hz, dbm0 in zip(raw.hz, raw.dbm0, strict=True) if hz)  # type: ignore[attr-defined]
    return Frame(sines, raw.total_dbm0, raw.purity)  # type: ignore[attr-defined]


def peaks(samples: bytes) -> list[tuple[float, float]]:
    """Up to eight sines (Hz, dBm0) in all of the sound (the middle second of a longer one), the strongest first."""
    out = ffi.new("struct la_peak[]", 8)
    count = lib.la_peaks(ffi.from_buffer("int16_t[]", samples), len(samples) // 2, out, 8)
    if count < 0:
        raise MemoryError("no memory to analyse a sound")
    return [(raw.hz, raw.dbm0) for raw in out[0:count]]
