# SPDX-License-Identifier: GPL-2.0-or-later
"""Whose exchange it is, by its tones, its ringing and its caller ID."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from firmware.countries import Country, ToneName
from firmware.doctor.tones import HeardTone, matches, same_frequencies

RING_TOLERANCE, RING_TOLERANCE_MS = 0.15, 150  # cards debounce ring voltage by up to 130 ms
FULL = {"dial_tone": 3.0, "hangup_tone": 3.0, "ringing": 3.0, "caller_id": 2.0}  # what each sign is worth
AGAINST = 0.5  # of it is lost when the sign speaks against the country
HANG_UP_TONES = (ToneName.BUSY, ToneName.CONGESTION, ToneName.UNOBTAINABLE)


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of an exchange; None, "" and () are unknown."""

    dial_tone: HeardTone | None = None
    hangup_tone: HeardTone | None = None
    ring_cadence_ms: tuple[int, ...] = ()
    caller_id: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """`agrees` and `disagrees` name the signs; `score` is 1 when everything that is known agrees."""

    code: str
    name: str
    score: float
    agrees: tuple[str, ...]
    disagrees: tuple[str, ...]


def guess(clues: Clues, countries: Iterable[Country]) -> list[Guess]:
    """The countries that fit, best first; those that are as good as each other stand together. [] without clues."""
    found = [_judged(country, clues) for country in countries]
    return sorted((g for g in found if g.score > 0), key=lambda g: (-g.score, g.code))


def _judged(country: Country, clues: Clues) -> Guess:
    verdicts = {
        "dial_tone": _dial_tone(country, clues.dial_tone),
        "hangup_tone": _hangup_tone(country, clues.hangup_tone),
        "ringing": _ringing(country, clues.ring_cadence_ms),
        "caller_id": country.caller_id == clues.caller_id if clues.caller_id else None,
    }
    known = sum(FULL[sign] for sign, fits in verdicts.items() if fits is not None)
    sum_ = sum(FULL[sign] * (1 if fits else -AGAINST) for sign, fits in verdicts.items() if fits is not None)
    return Guess(
        country.code, country.name, round(max(sum_, 0) / known, 2) if known else 0.0,
        tuple(sign for sign, fits in verdicts.items() if fits),
        tuple(sign for sign, fits in verdicts.items() if fits is False),
    )  # fmt: skip


def _dial_tone(country: Country, tone: HeardTone | None) -> bool | None:
    if not tone:
        return None
    return matches(tone, country.dial) or (
        tone.lasts and country.dial.cadence_ms == (0,) and _alike(tone.frequencies, country.dial.frequencies)
    )


def _alike(heard: Sequence[float], known: Iterable[float]) -> bool:
    return same_frequencies(heard, sorted(known), 0.02)


def _hangup_tone(country: Country, tone: HeardTone | None) -> bool | None:
    return any(matches(tone, country.tones[name]) for name in HANG_UP_TONES) if tone else None


def _ringing(country: Country, cadence: tuple[int, ...]) -> bool | None:
    """The last pause may have been cut by the answer: it was not, when there is a cadence."""
    if not cadence:
        return None
    known = country.ring_cadence_ms
    return len(known) == len(cadence) and all(
        abs(a - b) <= max(RING_TOLERANCE_MS, RING_TOLERANCE * b) for a, b in zip(cadence, known, strict=True)
    )
