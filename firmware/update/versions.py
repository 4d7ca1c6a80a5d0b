# SPDX-License-Identifier: GPL-2.0-or-later
"""Which of two versions is newer, as Debian compares them (deb-version(7)): 1.2~rc1 < 1.2 < 1.2.1 < 1.10. Pure."""

from __future__ import annotations

import re
from itertools import zip_longest

_PARTS = re.compile(r"(\D*)(\d*)")


def newer(version: str, than: str) -> bool:
    """Whether `version` comes after `than`."""
    return _key(version, than) > _key(than, version)


def _key(version: str, other: str) -> list[tuple[list[int], int]]:
    """As many parts as the longer of the two has."""
    both = zip_longest(_split(version), _split(other), fillvalue=("", ""))
    return [(_order(text), int(digits or 0)) for (text, digits), _ in both]


def _split(version: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in _PARTS.finditer(version) if found[0]]


def _order(text: str) -> list[int]:
    """`~` comes before the end, letters before whatever else."""
    return [*(-1 if c == "~" else ord(c) if c.isalpha() else ord(c) + 256 for c in text), 0]
