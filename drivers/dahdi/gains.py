# SPDX-License-Identifier: GPL-2.0-or-later
"""Gain tables: which G.711 code a code becomes when its sample is made louder or softer by so many dB."""

from __future__ import annotations

from bisect import bisect_left

from drivers.dahdi.ioctls import Law

SIGN = 0x80  # set in the codes of positive samples


def _mu_law(code: int) -> int:
    """ITU-T G.711 table 2, as 14-bit samples times 4."""
    code = ~code & 0xFF
    sample = (((code & 0x0F) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return -sample if code & 0x80 else sample


def _a_law(code: int) -> int:
    """ITU-T G.711 table 1, as 13-bit samples times 8."""
    code ^= 0x55
    segment, sample = code >> 4 & 7, ((code & 0x0F) << 4) + 8
    if segment:
        sample = sample + 0x100 << segment - 1
    return sample if code & 0x80 else -sample


def gain_table(law: Law, db: float) -> bytes:
    """256 codes for a gain of `db`; 0 dB is the identity, and nothing wraps around."""
    if not db:
        return bytes(range(256))
    expand = _a_law if law is Law.ALAW else _mu_law
    factor = 10 ** (db / 20)
    levels = sorted((expand(code), code) for code in range(SIGN, 256))
    positive = bytes(_nearest(levels, expand(code) * factor) for code in range(SIGN, 256))
    return bytes(code - SIGN for code in positive) + positive


def _nearest(levels: list[tuple[int, int]], sample: float) -> int:
    at = bisect_left(levels, (sample, -1))
    return min(levels[max(at - 1, 0) : at + 1], key=lambda level: abs(level[0] - sample))[1]
