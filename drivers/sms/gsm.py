# SPDX-License-Identifier: GPL-2.0-or-later
"""The GSM 7-bit default alphabet with its extension (3GPP TS 23.038, 6.2.1), the national language tables of its
annex A (Turkish, Spanish, Portuguese), and septets in octets (6.1.2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

ESCAPE = 0x1B
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
    0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€",
}  # fmt: skip
TURKISH, SPANISH, PORTUGUESE = 1, 2, 3  # national language identifiers, 6.2.1.2.4
_LOCKING: Mapping[int, Mapping[int, str]] = {  # what is another than in the default alphabet: A.3.1, A.3.3
    TURKISH: dict(zip((0x04, 0x07, 0x0B, 0x0C, 0x1C, 0x1D, 0x40, 0x60), "€ıĞğŞşİç", strict=True)),
    PORTUGUESE: dict(zip(
        (0x04, 0x06, 0x07, 0x08, 0x09, 0x0B, 0x0C, 0x0E, 0x0F, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A,
         0x1C, 0x1D, 0x1E, 0x24, 0x40, 0x5B, 0x5C, 0x5D, 0x60, 0x7B, 0x7C, 0x7D),
        "êúíóçÔôÁáªÇÀ∞^\\€Ó|ÂâÊºÍÃÕÚ~ãõ`", strict=True,
    )),
}  # fmt: skip
_SINGLE: Mapping[int, Mapping[int, str]] = {  # beside the default extension: A.2.1, A.2.2, A.2.3
    TURKISH: dict(zip((0x47, 0x49, 0x53, 0x63, 0x67, 0x69, 0x73), "ĞİŞçğış", strict=True)),
    SPANISH: dict(zip((0x09, 0x41, 0x49, 0x4F, 0x55, 0x61, 0x69, 0x6F, 0x75), "çÁÍÓÚáíóú", strict=True)),
    PORTUGUESE: dict(zip(
        (0x05, 0x09, 0x0B, 0x0C, 0x0E, 0x0F, 0x12, 0x13, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1F,
         0x41, 0x49, 0x4F, 0x55, 0x5B, 0x5C, 0x61, 0x69, 0x6F, 0x75, 0x7B, 0x7C, 0x7F),
        "êçÔôÁáΦΓΩΠΨΣΘÊÀÍÓÚÃÕÂíóúãõâ", strict=True,
    )),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alphabet:
    """A locking and a single shift table by their languages; 0, and a language without a table, is the default."""

    locking: int = 0
    single: int = 0

    @property
    def basic(self) -> list[str]:
        """The sign of each septet."""
        return _basic(self.locking)

    @property
    def extension(self) -> Mapping[int, str]:
        """The sign of each septet behind an escape."""
        return {**EXTENSION, **_SINGLE.get(self.single, {})}


DEFAULT = Alphabet()
NATIONAL = tuple(
    Alphabet(locking, language)
    for language in (TURKISH, SPANISH, PORTUGUESE)
    for locking in dict.fromkeys((0, language if language in _LOCKING else 0))
)
"""Single shift alone first: it costs less of each message."""


@cache
def _basic(language: int) -> list[str]:
    signs = list(BASIC)
    for code, sign in _LOCKING.get(language, {}).items():
        signs[code] = sign
    return signs


@cache
def _septets(alphabet: Alphabet) -> dict[str, tuple[int, ...]]:
    extended = {sign: (ESCAPE, code) for code, sign in alphabet.extension.items()}
    return extended | {sign: (code,) for code, sign in enumerate(alphabet.basic) if code != ESCAPE}


def septets(text: str, alphabet: Alphabet = DEFAULT) -> list[tuple[int, ...]] | None:
    """Each character's one or two septets; None when the alphabet lacks one of them."""
    known = _septets(alphabet)
    found = [known.get(sign) for sign in text]
    return None if None in found else [codes for codes in found if codes]


def text_of(codes: Iterable[int], alphabet: Alphabet = DEFAULT) -> str:
    """An extension that is not known is shown as the basic character (23.038, 6.2.1.1)."""
    text, escaped, basic, extension = "", False, alphabet.basic, alphabet.extension
    for code in codes:
        if code == ESCAPE and not escaped:
            escaped = True
            continue
        text += extension.get(code, " " if code == ESCAPE else basic[code]) if escaped else basic[code]
        escaped = False
    return text


def packed(codes: Iterable[int], fill: int = 0) -> bytes:
    """Septets in octets, lowest bit first, behind `fill` bits of nothing."""
    bits, length = 0, fill
    for code in codes:
        bits |= code << length
        length += 7
    return bits.to_bytes((length + 7) // 8, "little")


def unpacked(octets: bytes, count: int, fill: int = 0) -> list[int]:
    """`count` septets, as far as they are there."""
    bits = int.from_bytes(octets, "little") >> fill
    there = max(0, (8 * len(octets) - fill) // 7)
    return [bits >> 7 * n & 0x7F for n in range(min(count, there))]
