# SPDX-License-Identifier: GPL-2.0-or-later
"""Tones as the native part takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from drivers.lineaudio._lineaudio import ffi


@dataclass(frozen=True, slots=True)
class SoundStep:
    """A part of a tone to be made: up to four sines, each (Hz, dBm0), or silence, for `ms`, 0 for ever."""

    sines: tuple[tuple[float, float], ...]
    ms: int


@dataclass(frozen=True, slots=True)
class ToneStep:
    """A part of a tone to be recognised: up to three frequencies in Hz at once (none: silence), `min_ms` to `max_ms`.

    `max_ms` 0 is any time. The last part counts as soon as `min_ms` of it were heard.
    """

    tone: int
    frequencies: tuple[float, ...]
    min_ms: int
    max_ms: int


def sound_steps(steps: Sequence[SoundStep]) -> Any:
    """The steps as a C array. IndexError for more than four sines in a step."""
    return ffi.new(
        "struct la_sound_step[]",
        [([hz for hz, _ in step.sines], [dbm0 for _, dbm0 in step.sines], step.ms) for step in steps],
    )


def tone_steps(steps: Sequence[ToneStep]) -> Any:
    """The steps as a C array."""
    return ffi.new("struct la_tone_step[]", [(s.tone, s.frequencies, s.min_ms, s.max_ms) for s in steps])
