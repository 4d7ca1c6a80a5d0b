# SPDX-License-Identifier: GPL-2.0-or-later
"""Tones of the telephone company: the cadence that bursts repeat, or a burst that lasts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median
from typing import Any

from firmware.countries import Tone
from firmware.doctor.bursts import Burst, bursts, same

CONTINUOUS_MS = 1500  # a burst that long is a tone by itself
PATTERN_MAX = 4  # bursts in a cadence
REGULAR = 0.10  # of a time, between repetitions: exchanges are exact, speech and music are not
REGULAR_MS = 15.0
SAME_HZ = 0.015
LEVEL_DB = 4.0
LONGEST_PAUSE_MS = 6000.0
REPEATED = 3  # bursts of a simple cadence; each burst of a longer one has to come twice


@dataclass(frozen=True, slots=True)
class HeardTone:
    """`cadence_ms` is on and off times in turn, (0,) when it lasts; `frequencies` are those of its first burst.

    `repetitions`: how often the cadence was heard, whole or begun. `spread`: the mean part by which its times are off.
    """

    frequencies: tuple[float, ...]
    cadence_ms: tuple[int, ...]
    dbm0: float
    begin_ms: float
    end_ms: float
    repetitions: float
    spread: float = 0.0
    modulated_by: float = 0.0

    @property
    def lasts(self) -> bool:
        """Without pauses."""
        return self.cadence_ms == (0,)

    def as_json(self) -> dict[str, Any]:
        """What is kept of it."""
        return {
            "frequencies": list(self.frequencies),
            "cadence_ms": list(self.cadence_ms),
            "dbm0": round(self.dbm0, 1),
            "repetitions": round(self.repetitions, 1),
            "modulated_by": self.modulated_by,
        }

    def __str__(self) -> str:
        return in_words(self.frequencies, self.cadence_ms)


def in_words(frequencies: Sequence[float], cadence_ms: Sequence[int]) -> str:
    """As an installer writes it: 480+620 Hz, 500/500 ms."""
    hz = "+".join(f"{frequency:.0f}" for frequency in frequencies)
    return f"{hz} Hz" + (
        ", without pauses" if tuple(cadence_ms) in ((0,), ()) else f", {'/'.join(map(str, cadence_ms))} ms"
    )


def tones(sound: bytes) -> list[HeardTone]:
    """Every tone in the sound, in the order of their beginnings."""
    return tones_of(bursts(sound))


def tones_of(found: Sequence[Burst]) -> list[HeardTone]:
    """The same of bursts that are known."""
    rest, result = list(found), []
    while best := max(
        _repeating(rest), key=lambda run: (run.count // run.period * run.period, -run.period), default=None
    ):
        result.append(_cadenced(rest[best.at : best.at + best.count], best.period))
        del rest[best.at : best.at + best.count]
    result += [_lasting(burst) for burst in rest if burst.ms >= CONTINUOUS_MS]
    return sorted(result, key=lambda tone: tone.begin_ms)


def _lasting(burst: Burst) -> HeardTone:
    return HeardTone(
        burst.frequencies, (0,), burst.dbm0, burst.begin_ms, burst.end_ms, 1, modulated_by=burst.modulated_by
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """`count` bursts from number `at` on repeat after each `period` of them."""

    at: int
    period: int
    count: int


def _repeating(found: Sequence[Burst]) -> Iterator[_Run]:
    for period in range(1, PATTERN_MAX + 1):
        for at in range(len(found) - 2 * period + 1):
            count = _repeats(found, at, period)
            if count >= max(REPEATED, 2 * period):
                yield _Run(at, period, count)


def _repeats(found: Sequence[Burst], at: int, period: int) -> int:
    """How many bursts there are in the repetition that begins at `at`."""
    count = period
    while at + count < len(found) and _again(found, at, at + count, period):
        count += 1
    return count


def _again(found: Sequence[Burst], at: int, new: int, period: int) -> bool:
    """Whether burst `new` and the pause before it are those of a period ago. The first burst has no pause before it."""
    a, b = found[new - period], found[new]
    return (
        same_frequencies(a.frequencies, b.frequencies)
        and abs(a.dbm0 - b.dbm0) < LEVEL_DB
        and _same_length(a, b)
        and _pause(found, new) < LONGEST_PAUSE_MS
        and (new - period == at or _near(_pause(found, new), _pause(found, new - period)))
    )


def _pause(found: Sequence[Burst], at: int) -> float:
    return found[at].begin_ms - found[at - 1].end_ms


def _same_length(a: Burst, b: Burst) -> bool:
    """A burst that the sound cuts off may be shorter."""
    return _near(a.ms, b.ms) or (not a.whole and a.ms < b.ms) or (not b.whole and b.ms < a.ms)


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= max(REGULAR_MS, REGULAR * max(a, b))


def same_frequencies(a: Sequence[float], b: Sequence[float], tolerance: float = SAME_HZ) -> bool:
    """Whether each has its like."""
    return len(a) == len(b) and all(same(x, y, tolerance) for x, y in zip(sorted(a), sorted(b), strict=True))


def _cadenced(run: Sequence[Burst], period: int) -> HeardTone:
    on = [[b.ms for b in run[place::period] if b.whole] or [run[place].ms] for place in range(period)]
    off = [[b.begin_ms - a.end_ms for a, b in pairwise(run)][place::period] for place in range(period)]
    times = [ms for place in range(period) for ms in (median(on[place]), median(off[place]))]
    spread = fmean(abs(ms - median(group)) / median(group) for group in (*on, *off) for ms in group)
    first = run[0]
    return HeardTone(
        tuple(round(median(hz), 1) for hz in zip(*(b.frequencies for b in run[::period]), strict=True)),
        _longest_pause_last([round(ms) for ms in times]),
        fmean(burst.dbm0 for burst in run),
        first.begin_ms,
        run[-1].end_ms,
        len(run) / period,
        spread,
        first.modulated_by,
    )


def _longest_pause_last(times: list[int]) -> tuple[int, ...]:
    pauses = times[1::2]
    turn = 2 * (pauses.index(max(pauses)) + 1)
    return tuple(times[turn:] + times[:turn])


def matches(tone: HeardTone, known: Tone, tolerance: float = 0.02, cadence: float = 0.1) -> bool:
    """Whether it is this tone of a country: frequencies within `tolerance`, each time within `cadence` (or 15 ms)."""
    steps = known.repeated or known.steps
    sounding = next((step for step in steps if step.frequencies), None)
    if not sounding or not same_frequencies(tone.frequencies, sounding.frequencies, tolerance):
        return False
    wanted = known.cadence_ms
    if len(wanted) != len(tone.cadence_ms):
        return False
    turns = (wanted[k:] + wanted[:k] for k in range(0, len(wanted), 2))
    return any(
        all(abs(a - b) <= max(REGULAR_MS, cadence * b) for a, b in zip(tone.cadence_ms, turn, strict=True))
        for turn in turns
    )
