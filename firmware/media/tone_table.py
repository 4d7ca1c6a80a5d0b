# SPDX-License-Identifier: GPL-2.0-or-later
"""From a country profile to what lineaudio makes and recognises."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle

from drivers.lineaudio import SoundStep, ToneStep
from firmware.countries import Country, Step, Tone, ToneName

GRAIN_MS = 10  # a moment of the detector
STEPS_MAX = 12  # so many steps the detector compares
TOLERANCE = 0.2  # of a step's time, at most; busy and congestion have the profile's in milliseconds too
SURE_CYCLES, SURE_MS = 2, 300  # of busy and congestion until they are believed, and what comes in this time after them
STEADY_MS = 350  # of a continuous tone, where nothing else has its frequencies
SEEN_MS = 50  # of the last step: long enough that it is there
JOIN_MS = 50  # a pause that the detector may not notice
PAUSE_MS = 800  # of the last step of ringing: longer than any pause inside it
MODULATION = 0.9  # of a tone that is amplitude-modulated: see Step.modulated_by
HANG_UP = (ToneName.BUSY, ToneName.CONGESTION)
WITH_PAUSE = (ToneName.RINGBACK, ToneName.CALL_WAITING)
LIKE_DIAL = (
    ToneName.DIAL,
    ToneName.STUTTER,
    ToneName.UNOBTAINABLE,
)  # never needed at once: which it is, its place tells
RECOGNISED = (ToneName.BUSY, ToneName.CONGESTION, ToneName.RINGBACK, ToneName.DIAL, ToneName.STUTTER,
              ToneName.UNOBTAINABLE, ToneName.CALL_WAITING)  # fmt: skip


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
    """Steps for `LineAudio.set_tones`, and the name of each tone number."""

    steps: Sequence[ToneStep]
    names: Sequence[ToneName]


def tone_table(country: Country, learnt: Tone | None = None) -> ToneTable:
    """What is recognised on a line of the country, and the line's own busy tone beside it.

    Busy and congestion are told within SURE_MS after their second cycle. A special dial tone that nothing but a
    short gap tells from dial tone is dial tone.
    """
    patterns = [(name, _pattern(country.tones[name])) for name in RECOGNISED]
    patterns += [(learnt.name, _pattern(learnt))] if learnt else []
    dial = _pattern(country.dial)
    patterns = [(name, pattern) for name, pattern in patterns if name != ToneName.STUTTER or pattern != dial]
    steps: list[ToneStep] = []
    for number, (name, pattern) in enumerate(patterns):
        others = [(other, its) for other, its in patterns if its != pattern]
        elements = _elements(name, pattern, others, country.busy_tolerance_ms)
        steps += [ToneStep(number, each.frequencies, each.shortest, each.longest) for each in elements]
    return ToneTable(tuple(steps), tuple(name for name, _ in patterns))


Frequencies = tuple[float, ...]  # Hz; () for silence
Pattern = list[tuple[Frequencies, int]]  # frequencies, and for how many ms
Named = list[tuple[ToneName, Pattern]]


@dataclass(frozen=True, slots=True)
class _Element:
    """A step as it is recognised; `longest` 0 is no limit."""

    frequencies: Frequencies
    shortest: int
    longest: int


def _pattern(tone: Tone) -> Pattern:
    """What is repeated; or the opening, where a tone is only known by it."""
    known_by_opening = tone.name in (ToneName.STUTTER, ToneName.UNOBTAINABLE) and tone.opening
    steps: Pattern = []
    for step in _joined(tone.opening if known_by_opening else tone.repeated):
        sines = _frequencies(step)
        if steps and steps[-1][0] == sines:
            steps[-1] = sines, steps[-1][1] + step.ms
        elif steps or sines:
            steps.append((sines, step.ms))
    return steps if len(steps) > 1 else [(sines, 0) for sines, _ in steps]


def _joined(steps: Sequence[Step]) -> list[Step]:
    """Without the short pauses, which are not always noticed."""
    return [step for step in steps if step.frequencies or step.ms > JOIN_MS]


def _frequencies(step: Step) -> Frequencies:
    by = step.modulated_by
    if by and len(step.frequencies) == 1:
        (carrier,) = step.frequencies
        return (carrier, carrier - by, carrier + by)
    return tuple(sorted(step.frequencies))


def _elements(name: ToneName, pattern: Pattern, others: Named, tolerance_ms: int) -> list[_Element]:
    if len(pattern) == 1:
        return _continuous(name, pattern, others)
    if all(frequencies for frequencies, _ in pattern[:3]):
        return _information(pattern)
    return _cadenced(name, pattern, [steps for _, steps in others], tolerance_ms)


def _continuous(name: ToneName, pattern: Pattern, others: Named) -> list[_Element]:
    """Steady for longer than any burst of another tone with the same frequencies."""
    frequencies = pattern[0][0]
    rivals = [steps for other, steps in others if name not in LIKE_DIAL or other not in LIKE_DIAL]
    bursts = [ms for steps in rivals for sounding, ms in steps if sounding and set(sounding) <= set(frequencies)]
    return [_Element(frequencies, int(max([STEADY_MS, *(ms * (1 + TOLERANCE) for ms in bursts)])), 0)]


def _information(pattern: Pattern) -> list[_Element]:
    """Special information tones follow each other without a pause (ITU-T E.180: 330 +-70 ms each)."""
    sounding = [_element(frequencies, ms, ms) for frequencies, ms in pattern if frequencies]
    return _seen(sounding, SEEN_MS)


def _cadenced(name: ToneName, pattern: Pattern, others: list[Pattern], tolerance_ms: int) -> list[_Element]:
    """As many steps as it takes, and more when they are also a part of another tone."""
    elements = _fewest(name, pattern, tolerance_ms)
    while any(_is_part(elements, other) for other in others) and len(elements) < STEPS_MAX:
        whole = (pattern * STEPS_MAX)[: len(elements) + 1]
        tolerance = tolerance_ms if name in HANG_UP else max(ms for _, ms in pattern)
        elements = _seen([_element(frequencies, ms, tolerance) for frequencies, ms in whole], SEEN_MS)
    return elements


def _fewest(name: ToneName, pattern: Pattern, tolerance_ms: int) -> list[_Element]:
    if name in HANG_UP:
        return _until_sure(pattern, tolerance_ms)
    count = 5 if name == ToneName.STUTTER else len(pattern) + (name not in WITH_PAUSE)
    steps = (pattern * STEPS_MAX)[: min(count, STEPS_MAX)]
    if name in (ToneName.DIAL, ToneName.STUTTER):
        return _seen([_of_dial_tone(frequencies, ms) for frequencies, ms in steps], SEEN_MS)
    return _seen(
        [_element(frequencies, ms, ms) for frequencies, ms in steps], PAUSE_MS if name in WITH_PAUSE else SEEN_MS
    )


def _until_sure(pattern: Pattern, tolerance_ms: int) -> list[_Element]:
    """Two cycles, and whatever of the next ones fits into the time that is left."""
    left = SURE_CYCLES * sum(ms for _, ms in pattern) + SURE_MS
    elements: list[_Element] = []
    for frequencies, ms in cycle(pattern):
        elements.append(_element(frequencies, ms, tolerance_ms))
        if ms > left - SEEN_MS or len(elements) == STEPS_MAX:
            break
        left -= ms
    return _seen(elements, left)


def _element(frequencies: Frequencies, ms: int, tolerance_ms: int) -> _Element:
    tolerance = min(tolerance_ms, int(ms * TOLERANCE))
    return _Element(frequencies, ms - tolerance - GRAIN_MS, ms + tolerance + GRAIN_MS)


def _of_dial_tone(frequencies: Frequencies, ms: int) -> _Element:
    """Some are interrupted for so short that not every gap is noticed."""
    usual = _element(frequencies, ms, ms)
    return replace(usual, longest=0) if frequencies else replace(usual, shortest=min(usual.shortest, 3 * GRAIN_MS))


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
        each.frequencies == frequencies and each.shortest <= ms <= (each.longest or ms)
        for each, (frequencies, ms) in zip(elements, steps, strict=True)
    ]
    last, (frequencies, ms) = elements[-1], steps[-1]
    return all(fit[:-1]) and last.frequencies == frequencies and last.shortest <= ms
