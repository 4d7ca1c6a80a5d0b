# SPDX-License-Identifier: GPL-2.0-or-later
"""From a country profile to what lineaudio makes and recognises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drivers.lineaudio import SoundStep, ToneStep
from firmware.countries import Country, Step, Tone, ToneName

TOLERANCE = 0.25  # of a cadence's times; exchanges are not exact, and a detector's block is 16 ms
SEEN_MS = 60  # of a last silence: long enough that it is one
STEADY_MS = 350  # of dial tone, where nothing else has its frequencies
RECOGNISED = (ToneName.BUSY, ToneName.CONGESTION, ToneName.RINGBACK, ToneName.DIAL)


def sound(tone: Tone) -> list[SoundStep]:
    """A tone as steps to play in a loop; an opening is left to `opening`."""
    return [_sound_step(step, tone.level_dbm0) for step in tone.repeated or tone.steps]


def opening(tone: Tone) -> list[SoundStep]:
    """What comes once, before the loop."""
    return [_sound_step(step, tone.level_dbm0) for step in tone.opening]


def _sound_step(step: Step, level: float) -> SoundStep:
    f1, f2, *_ = (*step.frequencies, 0, 0)
    return SoundStep(f1, f2, level, step.ms)


@dataclass(frozen=True, slots=True)
class ToneTable:
    """Steps for `lineaudio.set_tones`, and the name of each tone number."""

    steps: Sequence[ToneStep]
    names: Sequence[ToneName]


def tone_table(country: Country) -> ToneTable:
    """What is recognised on a line of the country: busy and congestion after two cycles, ringing, dial tone."""
    steps: list[ToneStep] = []
    names: list[ToneName] = []
    for name in RECOGNISED:
        tone = country.tones[name]
        elements = _continuous(tone, country) if tone.cadence_ms == (0,) else _cadenced(tone, name)
        steps += [ToneStep(len(names), *element) for element in elements]
        names.append(name)
    return ToneTable(steps, names)


Element = tuple[int, int, int, int]


def _pair(step: Step) -> tuple[int, int]:
    f1, f2, *_ = (*step.frequencies, 0, 0)
    return f1, f2


def _continuous(tone: Tone, country: Country) -> list[Element]:
    """Steady for longer than any burst of another tone with the same frequencies."""
    f1, f2 = _pair(next(step for step in tone.repeated if step.frequencies))
    bursts = [
        step.ms
        for other in country.tones.values()
        for step in other.repeated
        if other is not tone and step.frequencies and set(step.frequencies) <= {f1, f2} and step.ms
    ]
    return [(f1, f2, int(max([STEADY_MS, *(b * (1 + TOLERANCE) for b in bursts if b <= 2500)])), 0)]


def _cadenced(tone: Tone, name: ToneName) -> list[Element]:
    steps = list(tone.repeated)
    if name != ToneName.RINGBACK and len(steps) <= 4:
        steps = steps * 2
    elements = [(*_pair(step), int(step.ms * (1 - TOLERANCE)), int(step.ms * (1 + TOLERANCE)) + 32) for step in steps]
    f1, f2, shortest, longest = elements[-1]
    if not steps[-1].frequencies:
        shortest = SEEN_MS if name != ToneName.RINGBACK else max(SEEN_MS, min(shortest, 800))
    return [*elements[:-1], (f1, f2, shortest, longest)]
