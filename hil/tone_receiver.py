# SPDX-License-Identifier: GPL-2.0-or-later
"""Recognises a country's call-progress tones by frequencies and cadence, as a person would: as soon as it is clear.

Each 20 ms block gets a label: silent, a set of frequencies that a tone of the country has, or another sound. Blocks
with the same label make a segment. A tone is heard when the last segments fit it and fit no other tone better.
Gaps shorter than 50 ms may go unheard, so that some special dial tones are taken for dial tone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from firmware.countries import Country, Step, Tone, ToneName
from hil.g711 import Pcm, pcm
from hil.levels import components, dbm0_of_power, power

BLOCK_MS = 20
SILENT_DBM0 = -45.0
SHARE = 0.5  # of the energy that must be in the frequencies; an amplitude-modulated carrier has 0.7
STEADY_BLOCKS = 2  # a label must hold so long before it counts
EDGE = 0.7  # a block with so much less power than its neighbour is only partly filled
CLEAR_MS = 200  # so much of a tone that only one has is enough
REMEMBERED = 24  # segments

Frequencies = frozenset[float]
SILENCE: Frequencies | None = None
OTHER_SOUND: Frequencies = frozenset()


@dataclass(slots=True)
class Segment:
    """Blocks that sound alike. `cut` when listening began in the middle of it."""

    label: Frequencies | None
    ms: int
    cut: bool = False

    def __str__(self) -> str:
        if self.label is SILENCE:
            return f"{self.ms} ms silence"
        return f"{self.ms} ms {'+'.join(map(str, sorted(self.label))) + ' Hz' if self.label else 'other sound'}"


Pattern = Sequence[tuple[Frequencies | None, int]]  # (label, ms); ms 0 is for ever


def _merged(steps: Sequence[Step]) -> list[tuple[Frequencies | None, int]]:
    merged: list[tuple[Frequencies | None, int]] = []
    for step in steps:
        label = frozenset(step.frequencies) or SILENCE
        if merged and merged[-1][0] == label:
            merged[-1] = (label, merged[-1][1] + step.ms)
        else:
            merged.append((label, step.ms))
    return merged


def pattern(tone: Tone) -> tuple[Pattern, Pattern]:
    """What a tone sounds like: its opening, and what repeats."""
    repeated = _merged(tone.repeated)
    return _merged(tone.opening), [(repeated[0][0], 0)] if len(repeated) == 1 else repeated


def _tolerance(ms: int) -> float:
    return max(45.0, 0.12 * ms)


def _fits(segment: Segment, label: Frequencies | None, ms: int, ongoing: bool) -> bool:
    if segment.label != label:
        return False
    if ms == 0:
        return ongoing
    if segment.ms > ms + _tolerance(ms):
        return False
    return ongoing or segment.cut or segment.ms >= ms - _tolerance(ms)


class ToneReceiver:
    """Takes blocks of 20 ms and knows which tone of the country is being heard."""

    def __init__(self, country: Country) -> None:
        self._patterns = {name: pattern(tone) for name, tone in country.tones.items()}
        labels = {label for both in self._patterns.values() for part in both for label, _ in part}
        self._labels = sorted((label for label in labels if label), key=len)
        self._candidates = sorted({frequency for label in self._labels for frequency in label})
        self.reset()

    def reset(self) -> None:
        """Forgets what was heard: a new call."""
        self.segments: list[Segment] = []
        self.level_dbm0 = -90.0
        self._previous, self._current = pcm(), pcm()
        self._pending: Frequencies | None = SILENCE
        self._pending_blocks = 0

    def feed(self, block: Pcm) -> None:
        """Takes a block. Its predecessor is labelled now, because one needs 40 ms to tell 440 from 480 Hz."""
        self.level_dbm0 = dbm0_of_power(power(block))
        if self._current:
            self._labelled(self._label_of_current(block))
        self._previous, self._current = self._current, block

    @property
    def names(self) -> set[ToneName]:
        """The tones that this may be; several only when the country's tones are alike. Empty when it is none."""
        depths = {name: self._depth(name) for name in self._patterns}
        deepest = max(depths.values())
        best = {name for name, depth in depths.items() if depth == deepest}
        if deepest == 0 or len({str(self._patterns[name][1]) for name in best}) > 1:
            return set()
        return best

    @property
    def name(self) -> ToneName | None:
        """The tone that is heard now, or None."""
        return next((name for name in ToneName if name in self.names), None)

    def described(self) -> str:
        """What is and was heard, for an error message."""
        if not self.segments:
            return "nothing at all"
        now = str(self.name or self.segments[-1])
        return f"{now} at {self.level_dbm0:.0f} dBm0, before it: {', '.join(map(str, self.segments[-8:]))}"

    def _label_of_current(self, following: Pcm) -> Frequencies | None:
        if _silent(self._current):
            return SILENCE
        ends = power(following) < EDGE * power(self._current)
        begun = bool(self._previous) and not _silent(self._previous)
        if ends and begun and power(self._current) < EDGE * power(self._previous) and self.segments:
            return self._pending if self._pending_blocks else self.segments[-1].label  # the end of a burst
        before = self._previous if ends and begun else pcm()
        window = before + self._current + (pcm() if ends else following)
        total = power(window)
        powers = components(window, self._candidates)
        found = {hz: level / total for hz, level in zip(self._candidates, powers, strict=True)}
        shares = {label: sum(found[hz] for hz in label) for label in self._labels}
        # A set is not better only because it has more frequencies.
        best = max(self._labels, key=lambda label: shares[label] - 0.05 * len(label))
        return best if shares[best] >= SHARE else OTHER_SOUND

    def _labelled(self, label: Frequencies | None) -> None:
        if not self.segments:
            self.segments.append(Segment(label, BLOCK_MS, cut=label is not SILENCE))
            return
        last = self.segments[-1]
        self._pending_blocks += 1
        if label == last.label:
            last.ms += self._pending_blocks * BLOCK_MS
            self._pending_blocks = 0
        elif self._pending_blocks > 1 and label == self._pending:
            self.segments.append(Segment(label, self._pending_blocks * BLOCK_MS))
            del self.segments[:-REMEMBERED]
            self._pending_blocks = 0
        self._pending = label

    def _depth(self, name: ToneName) -> int:
        """How many of the last segments fit the tone, at best; 0 when they do not, or it is too early to say."""
        opening, repeated = self._patterns[name]
        unrolled = [*opening, *repeated]
        depths = [self._depth_from(unrolled, len(opening), end) for end in range(len(unrolled))]
        return max(depths, default=0)

    def _depth_from(self, unrolled: Pattern, loop: int, end: int) -> int:
        """The same, when the last segment is step `end`; before step `loop` comes the opening or the loop's end."""
        depth, sounding, step = 0, 0, end
        silent_before = bool(self.segments) and self.segments[0].label is SILENCE  # no pause of a tone, however short
        for segment in reversed(self.segments[silent_before:]):
            label, ms = unrolled[step]
            if not _fits(segment, label, ms, ongoing=depth == 0):
                break
            depth += 1
            sounding += segment.ms if segment.label else 0
            if step == 0 and loop:
                break
            step = self._before(unrolled, loop, step, depth)
        return depth if sounding >= CLEAR_MS or (depth > 1 and sounding > 0) else 0

    def _before(self, unrolled: Pattern, loop: int, step: int, depth: int) -> int:
        """The step before `step`. At the loop's beginning the opening is tried if it fits what was heard."""
        if step != loop or not loop:
            return step - 1 if step > loop or (loop and step > 0) else len(unrolled) - 1
        index = len(self.segments) - 1 - depth
        label, ms = unrolled[loop - 1]
        if index >= 0 and _fits(self.segments[index], label, ms, ongoing=False):
            return loop - 1
        return len(unrolled) - 1


def _silent(block: Pcm) -> bool:
    return dbm0_of_power(power(block)) < SILENT_DBM0
