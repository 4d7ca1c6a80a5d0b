# SPDX-License-Identifier: GPL-2.0-or-later
"""G.711 in pure Python, from the tables of ITU-T G.711 (as in the software tool library, ITU-T G.191).

PCM here is always `array("h")`: 16 bits, 8 kHz, mono.
"""

from __future__ import annotations

import functools
from array import array
from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

Law = Literal["ulaw", "alaw"]
Pcm: TypeAlias = "array[int]"

BLOCK = 160  # samples, and bytes of G.711, in 20 ms
RATE = 8000
BLOCK_S = BLOCK / RATE


def pcm(samples: Iterable[int] = ()) -> Pcm:
    """Samples as PCM. OverflowError when one is beyond 16 bits."""
    return array("h", samples)


def encode(samples: Iterable[int], law: Law) -> bytes:
    """PCM to G.711."""
    table = _encode_table(law)
    return bytes([table[sample] for sample in samples])


def decode(audio: bytes, law: Law) -> Pcm:
    """G.711 to PCM."""
    table = _decode_table(law)
    return array("h", [table[code] for code in audio])


def transcode(audio: bytes, source: Law, target: Law) -> bytes:
    """G.711 of one law as G.711 of the other."""
    return audio if source == target else audio.translate(_transcode_table(source, target))


def silence(law: Law) -> bytes:
    """A block of silence."""
    return encode([0], law) * BLOCK


def ulaw_compress(sample: int) -> int:
    """One 16-bit sample in mu-law (G.711 table 2a)."""
    magnitude = min((~sample if sample < 0 else sample) // 4 + 33, 0x1FFF)
    segment = magnitude.bit_length() - 5
    code = (8 - segment) << 4 | 0xF - (magnitude >> segment & 0xF)
    return code | 0x80 if sample >= 0 else code


def ulaw_expand(code: int) -> int:
    """One mu-law code as a 16-bit sample."""
    inverted = ~code & 0xFF
    exponent, mantissa = inverted >> 4 & 7, inverted & 0xF
    step = 8 << exponent
    magnitude = (0x80 << exponent) + step * mantissa + step // 2 - 4 * 33
    return magnitude if code & 0x80 else -magnitude


def alaw_compress(sample: int) -> int:
    """One 16-bit sample in A-law (G.711 table 1a)."""
    magnitude = (~sample if sample < 0 else sample) >> 4
    exponent = max(0, magnitude.bit_length() - 4)
    if exponent > 1:
        magnitude >>= exponent - 1
    code = magnitude - 16 + (exponent << 4) if exponent else magnitude
    return (code | 0x80 if sample >= 0 else code) ^ 0x55


def alaw_expand(code: int) -> int:
    """One A-law code as a 16-bit sample."""
    inverted = code ^ 0x55
    exponent, mantissa = inverted >> 4 & 7, inverted & 0xF
    magnitude = ((mantissa + (16 if exponent else 0)) << 4) + 8 << max(0, exponent - 1)
    return magnitude if inverted & 0x80 else -magnitude


_COMPRESS: dict[Law, Callable[[int], int]] = {"ulaw": ulaw_compress, "alaw": alaw_compress}
_EXPAND: dict[Law, Callable[[int], int]] = {"ulaw": ulaw_expand, "alaw": alaw_expand}
_STEP: dict[Law, int] = {"ulaw": 4, "alaw": 16}  # the laws see 14 and 12 of the 16 bits


@functools.cache
def _encode_table(law: Law) -> bytes:
    """Indexed by the sample: a negative index counts from the end, where the negative samples are."""
    step = _STEP[law]
    half = [[_COMPRESS[law](sample)] * step for sample in range(0, 32768, step)]
    other = [[_COMPRESS[law](sample)] * step for sample in range(-32768, 0, step)]
    return bytes(code for codes in (*half, *other) for code in codes)


@functools.cache
def _decode_table(law: Law) -> Pcm:
    return array("h", map(_EXPAND[law], range(256)))


@functools.cache
def _transcode_table(source: Law, target: Law) -> bytes:
    return encode(_decode_table(source), target)
