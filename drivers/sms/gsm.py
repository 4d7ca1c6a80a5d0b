# SPDX-License-Identifier: GPL-2.0-or-later
"""The GSM 7-bit default alphabet with its extension (3GPP TS 23.038, 6.2.1), and septets in octets (6.1.2.1)."""

from __future__ import annotations

from collections.abc import Iterable

ESCAPE = 0x1B
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
    0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€",
}  # fmt: skip
_SEPTETS = {sign: (code,) for code, sign in enumerate(BASIC) if code != ESCAPE} | {
    sign: (ESCAPE, code) for code, sign in EXTENSION.items()
}


def septets(text: str) -> list[tuple[int, ...]] | None:
    """Each character's one or two septets; None when the alphabet lacks one of them."""
    found = [_SEPTETS.get(sign) for sign in text]
    return None if None in found else [codes for codes in found if codes]


def text_of(codes: Iterable[int]) -> str:
    """An extension that is not known is shown as the basic character (23.038, 6.2.1.1)."""
    text, escaped = "", False
    for code in codes:
        if code == ESCAPE and not escaped:
            escaped = True
            continue
        text += EXTENSION.get(code, " " if code == ESCAPE else BASIC[code]) if escaped else BASIC[code]
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
