# SPDX-License-Identifier: GPL-2.0-or-later
"""Names in the letters of a telephone's display."""

from __future__ import annotations

import re
from typing import Literal

from anyascii import anyascii

Charset = Literal["ascii", "latin1"]

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


def for_display(name: str, charset: Charset) -> str:
    """The name in ASCII (GR-30-CORE), or in ISO 8859-1, which ETSI EN 300 659-3 allows; Chinese names in pinyin."""
    name = _HAN.sub(lambda han: f" {_pinyin(han[0])} ", name)
    kept = "".join(c if charset == "latin1" and c.isprintable() and ord(c) < 256 else anyascii(c) for c in name)
    return " ".join("".join(c for c in kept if c.isprintable()).split()).replace("( ", "(").replace(" )", ")")


def _pinyin(han: str) -> str:
    """王小明 is Wang Xiaoming: the family name, then the given one."""
    syllables = [anyascii(character) for character in han]
    if len(syllables) not in (2, 3):
        return " ".join(syllables)
    return f"{syllables[0]} {''.join(syllables[1:]).capitalize()}"
