# SPDX-License-Identifier: GPL-2.0-or-later
"""Dial patterns, read digit by digit while a telephone dials. The semantics are Asterisk's (without the `_`):

X is 0-9, Z is 1-9, N is 2-9, `[1-5]` or `[13-58]` one of those, `.` at the end one or more of anything;
digits, `*`, `#`, `+` stand for themselves. Where several patterns match, the most specific wins: compared
from the left, the one that allows fewer digits at the first place where they differ.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Match = Literal["full", "partial"]

DIGITS = "0123456789*#+ABCD"
_CLASSES = {"X": frozenset("0123456789"), "Z": frozenset("123456789"), "N": frozenset("23456789")}
_ANYTHING = 1000  # rank of "." among the choices a place allows


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern: what each place allows, and whether "." ends it."""

    places: tuple[frozenset[str], ...]
    open_ended: bool

    @property
    def rank(self) -> tuple[int, ...]:
        """Sorts more specific patterns first."""
        return (*(len(place) for place in self.places), *([_ANYTHING] if self.open_ended else []))


def _range(text: str, pattern: str) -> frozenset[str]:
    chosen: set[str] = set()
    at = 0
    while at < len(text):
        first = text[at]
        last = text[at + 2 : at + 3] if text[at + 1 : at + 2] == "-" else first
        if first not in DIGITS or not last or last not in DIGITS or last < first:
            raise ValueError(f'"{pattern}": "[{text}]" is not a range; write it like [1-5] or [13-58]')
        chosen.update(digit for digit in DIGITS if first <= digit <= last and digit.isdigit() == first.isdigit())
        at += 3 if text[at + 1 : at + 2] == "-" else 1
    if not chosen:
        raise ValueError(f'"{pattern}": a range must allow something; write it like [1-5]')
    return frozenset(chosen)


@functools.lru_cache(maxsize=1024)
def parse_pattern(pattern: str) -> Pattern:
    """Reads a pattern. ValueError says what is wrong and what is allowed."""
    places: list[frozenset[str]] = []
    at = 0
    while at < len(pattern):
        symbol = pattern[at].upper()
        if symbol == "." and at == len(pattern) - 1:
            return Pattern(tuple(places), open_ended=True)
        if symbol == "[" and "]" in pattern[at:]:
            end = pattern.index("]", at)
            places.append(_range(pattern[at + 1 : end].upper(), pattern))
            at = end
        elif symbol in _CLASSES or symbol in DIGITS:
            places.append(_CLASSES.get(symbol, frozenset(symbol)))
        else:
            raise ValueError(
                f'"{pattern}": "{pattern[at]}" cannot stand at place {at + 1}; '
                "use digits, *, #, +, X (0-9), Z (1-9), N (2-9), [1-5], and one . at the very end"
            )
        at += 1
    if not places:
        raise ValueError("the pattern is empty; write it like 9. or 0NXXXXXX")
    return Pattern(tuple(places), open_ended=False)


def match(pattern: str, digits: str) -> Match | None:
    """How `digits` stand to the pattern: "full" match, "partial" (more digits are needed), or None (never).

    ValueError when the pattern does not parse (`check` has refused such a configuration).
    """
    parsed = parse_pattern(pattern)
    if any(digit not in place for digit, place in zip(digits, parsed.places, strict=False)):
        return None
    if len(digits) > len(parsed.places):
        return "full" if parsed.open_ended else None
    complete = len(digits) == len(parsed.places) and not parsed.open_ended
    return "full" if complete else "partial"


def takes_more(pattern: str, digits: str) -> bool:
    """True while a further digit can still match: the caller waits for it up to the inter-digit time-out."""
    parsed = parse_pattern(pattern)
    return match(pattern, digits) == "partial" or (parsed.open_ended and match(pattern, digits) == "full")


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a set of patterns says to the digits dialled so far.

    `pattern` is the most specific full match (None: not yet, or never); `more`: a further digit can still match.
    Neither means that nothing in the dial plan begins with these digits.
    """

    pattern: str | None
    more: bool


def lookup(patterns: Iterable[str], digits: str) -> Lookup:
    """Holds the digits against every pattern (extension and queue numbers are patterns of literal digits)."""
    candidates = [pattern for pattern in patterns if match(pattern, digits)]
    full = [pattern for pattern in candidates if match(pattern, digits) == "full"]
    best = min(full, key=lambda pattern: parse_pattern(pattern).rank, default=None)
    return Lookup(best, any(takes_more(pattern, digits) for pattern in candidates))


def to_dial(digits: str, strip: int, prepend: str) -> str:
    """The digits that go out on the trunk: `strip` taken off the front, then `prepend` put there."""
    return prepend + digits[strip:]
