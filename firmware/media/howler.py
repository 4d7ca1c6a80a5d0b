# SPDX-License-Identifier: GPL-2.0-or-later
"""The howler as sound: softly at first, so that it deafens nobody who is listening, then as loud as it can be."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.lineaudio import SoundStep
from firmware.countries import Howler


def rising(howler: Howler) -> list[SoundStep]:
    """Once: each level for `rise_s`, but the last."""
    cycle_ms = sum(step.ms for step in howler.steps)
    cycles = max(1, round(howler.rise_s * 1000 / cycle_ms))
    return [step for level in howler.levels_dbm0[:-1] for _ in range(cycles) for step in _cycle(howler, level)]


def loudest(howler: Howler) -> list[SoundStep]:
    """To be repeated after it."""
    return list(_cycle(howler, howler.levels_dbm0[-1]))


def _cycle(howler: Howler, level_dbm0: float) -> Iterator[SoundStep]:
    for step in howler.steps:
        yield SoundStep(tuple((hz, level_dbm0) for hz in step.frequencies), step.ms)
