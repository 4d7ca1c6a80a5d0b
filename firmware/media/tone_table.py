# SPDX-License-Identifier: GPL-2.0-or-later
"""From a country profile to what lineaudio makes and recognises."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from drivers.lineaudio import SoundStep, ToneStep
from firmware.countries import BusyDetection, Country, Step, Tone, ToneName

GRAIN_MS = 16  # a block of the detector: 128 samples
RESOLUTION_HZ = 31  # half of what such a block can tell apart; nearer ones are one sound to it
ELEMENTS_MAX = 10  # so many steps the detector remembers
TOLERANCE = 0.25  # of a step's time, at most; busy and congestion have the profile's in milliseconds too
SURE_MS = 2000  # of busy or congestion until it is believed: speech and music come close to the quick ones
STEADY_MS = 350  # of dial tone, where nothing else has its frequencies
SEEN_MS = 60  # of the last step: long enough that it is there
PAUSE_MS = 800  # of the last step of ringing: longer than any pause inside it
MODULATION = 0.9  # of a tone that is amplitude-modulated: see Step.modulated_by
RECOGNISED = (ToneName.BUSY, ToneName.CONGESTION, ToneName.RINGBACK, ToneName.DIAL, ToneName.STUTTER)


def sound(tone: Tone) -> list[SoundStep]:
    """A tone as steps to play in a loop; an opening is left to `opening`."""
    return [_sound_step(step, tone.level_dbm0) for step in tone.repeated or tone.steps]


def opening(tone: Tone) -> list[SoundStep]:
    """What comes once, before the loop."""
    return [_sound_step(step, tone.level_dbm0) for step in tone.opening]


def first_burst(tone: Tone) -> list[SoundStep]:
    """Its sound up to the first silence, at most a second: to be heard once."""
    burst = itertools.takewhile(lambda step: step.frequencies, tone.steps)
    return [replace(_sound_step(step, tone.level_dbm0), ms=min(step.ms or 1000, 1000)) for step in burst]


def _sound_step(step: Step, level: float) -> SoundStep:
    if not step.modulated_by:
        return SoundStep(tuple((hz, level) for hz in step.frequencies), step.ms)
    # carrier x (1 + m sin wt), its peak at that of the level: the carrier and two sides of m/2
    carrier = level - _db(1 + MODULATION)
    side = carrier + _db(MODULATION / 2)
    sines = []
    for hz in step.frequencies:
        sines += [(hz, carrier), (hz - step.modulated_by, side), (hz + step.modulated_by, side)]
    return SoundStep(tuple(sines[:4]), step.ms)


def _db(ratio: float) -> float:
    return 20 * math.log10(ratio)


@dataclass(frozen=True, slots=True)
class ToneTable:
    """Steps for `lineaudio.set_tones`, and the name of each tone number."""

    steps: Sequence[ToneStep]
    names: Sequence[ToneName]


def tone_table(country: Country) -> ToneTable:
    """What is recognised on a line of the country: busy and congestion after the profile's cycles, ringing, dial tone.

    The numbers are those of RECOGNISED; a special dial tone that only begins differently is dial tone.
    """
    near = _inseparable(country)
    patterns = {name: _pattern(country.tones[name], near) for name in RECOGNISED}
    if len(patterns[ToneName.STUTTER]) == 1:
        del patterns[ToneName.STUTTER]
    steps: list[ToneStep] = []
    for number, (name, pattern) in enumerate(patterns.items()):
        others = [other for other in patterns.values() if other != pattern]
        elements = _continuous(pattern, others) if len(pattern) == 1 else _cadenced(name, pattern, others, country)
        steps += [ToneStep(number, *element.pair, element.shortest, element.longest) for element in elements]
    return ToneTable(steps, tuple(patterns))


Pattern = list[tuple[tuple[int, int], int]]  # two frequencies in Hz, ascending, 0 for none; and for how many ms


@dataclass(frozen=True, slots=True)
class _Element:
    """A step as it is recognised; `longest` 0 is no limit."""

    pair: tuple[int, int]
    shortest: int
    longest: int


def _inseparable(country: Country) -> dict[int, int]:
    """Each frequency, and the one that stands for it and those that the detector cannot tell from it."""
    groups: list[list[int]] = []
    for frequency in sorted({hz for name in RECOGNISED for hz in country.tones[name].frequencies}):
        if groups and frequency - groups[-1][-1] < RESOLUTION_HZ:
            groups[-1].append(frequency)
        else:
            groups.append([frequency])
    return {frequency: round(sum(group) / len(group)) for group in groups for frequency in group}


def _pattern(tone: Tone, near: dict[int, int]) -> Pattern:
    steps: Pattern = []
    for step in tone.repeated:
        low, high, *_ = (*sorted({near[frequency] for frequency in step.frequencies}), 0, 0)
        if steps and steps[-1][0] == (low, high):
            steps[-1] = (low, high), steps[-1][1] + step.ms
        else:
            steps.append(((low, high), step.ms))
    return steps


def _continuous(pattern: Pattern, others: list[Pattern]) -> list[_Element]:
    """Steady for longer than any burst of another tone with the same frequencies."""
    pair = pattern[0][0]
    bursts = [ms for other in others for sounding, ms in other if any(sounding) and set(sounding) <= {*pair, 0}]
    return [_Element(pair, int(max([STEADY_MS, *(ms * (1 + TOLERANCE) for ms in bursts)])), 0)]


def _cadenced(name: ToneName, pattern: Pattern, others: list[Pattern], country: Country) -> list[_Element]:
    """As many steps as it takes, and more when they are also a part of another tone."""
    detection = country.busy_detection
    for count in range(min(_steps_needed(name, pattern, detection), ELEMENTS_MAX), ELEMENTS_MAX + 1):
        steps = (pattern * ELEMENTS_MAX)[:count]
        if name in (ToneName.BUSY, ToneName.CONGESTION):
            elements = _seen([_element(pair, ms, detection.tolerance_ms) for pair, ms in steps], SEEN_MS)
        elif name == ToneName.RINGBACK:
            elements = _seen([_element(pair, ms, ms) for pair, ms in steps], PAUSE_MS)
        else:
            elements = _seen([_of_dial_tone(pair, ms) for pair, ms in steps], SEEN_MS)
        if not any(_is_part(elements, other) for other in others):
            break
    return elements


def _steps_needed(name: ToneName, pattern: Pattern, detection: BusyDetection) -> int:
    if name in (ToneName.BUSY, ToneName.CONGESTION):
        return len(pattern) * max(detection.cycles, -(-SURE_MS // sum(ms for _, ms in pattern)))
    return len(pattern) + (name != ToneName.RINGBACK)


def _element(pair: tuple[int, int], ms: int, tolerance_ms: int) -> _Element:
    tolerance = min(tolerance_ms, int(ms * TOLERANCE))
    return _Element(pair, ms - tolerance, ms + tolerance + 2 * GRAIN_MS)


def _of_dial_tone(pair: tuple[int, int], ms: int) -> _Element:
    """Some are interrupted for so short that not every gap is noticed."""
    usual = _element(pair, ms, ms)
    return replace(usual, longest=0) if any(pair) else replace(usual, shortest=min(usual.shortest, 2 * GRAIN_MS - 1))


def _seen(elements: list[_Element], ms: int) -> list[_Element]:
    """`ms` of the last step are enough, so that the tone is known as soon as it is clear."""
    last = elements[-1]
    return [*elements[:-1], replace(last, shortest=min(last.shortest, ms))]


def _is_part(elements: list[_Element], other: Pattern) -> bool:
    """True when all of this is also heard somewhere in another tone, and so proves nothing."""
    steps = other * (len(elements) // len(other) + 2)
    return any(_matches(elements, steps[begin : begin + len(elements)]) for begin in range(len(other)))


def _matches(elements: list[_Element], steps: Pattern) -> bool:
    fit = [
        e.pair == pair and e.shortest <= ms <= (e.longest or ms) for e, (pair, ms) in zip(elements, steps, strict=True)
    ]
    return all(fit[:-1]) and elements[-1].pair == steps[-1][0] and elements[-1].shortest <= steps[-1][1]
