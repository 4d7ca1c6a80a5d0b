# SPDX-License-Identifier: GPL-2.0-or-later
"""How a call sounded: packets, echo and clipping of a leg, and what people would have said of it. Pure.

The opinion score is that of the E-model (ITU-T G.107, 06/2015) with its default values: R0 - Is = 93.2, of which packet
loss takes by equation 7-29 with the figures of G.113 Appendix I for G.711 with loss concealment, and delay by the
simplified form of Cole and Rosenbluth (2001). Other codecs are judged as G.711 is: what they add or lack without loss
is not known here, so the score tells networks apart, not codecs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from firmware.records import POOR_MOS

BEST_R = 93.2
ROBUSTNESS = 25.1  # Bpl of G.711 with concealment, random loss
WORST_IE = 95.0
KNEE_MS, PER_MS, BEYOND = 177.3, 0.024, 0.11
PACKET_MS, BRIDGE_MS = 20.0, 40.0  # what waits at both ends in any call of ours
POOR_CLIPPED = 1.0  # percent of the blocks
POOR_ECHO_DB = 20.0  # echo is this much below what was sent, or less
LEAST_PACKETS = 100  # two seconds; less says nothing


def rating(loss: float, delay_ms: float) -> float:
    """R, 0 to 100, of a share of packets lost and a one-way delay."""
    percent = 100 * loss
    impairment = WORST_IE * percent / (percent + ROBUSTNESS)
    delay = PER_MS * delay_ms + BEYOND * max(0.0, delay_ms - KNEE_MS)
    return min(100.0, max(0.0, BEST_R - impairment - delay))


def opinion(r: float) -> float:
    """Mean opinion score, 1 to 4.5, of an R (G.107 Annex B)."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


@dataclass(frozen=True, slots=True)
class Quality:
    """Of one party, as the box hears it. `echo_db`: how far its echo is below what it was sent; None: none found."""

    mos: float
    loss_percent: float = 0.0
    jitter_ms: float = 0.0
    echo_db: float | None = None
    clipped_percent: float = 0.0

    @property
    def poor(self) -> bool:
        """Whether somebody should look after it."""
        echo = self.echo_db is not None and self.echo_db < POOR_ECHO_DB
        return self.mos < POOR_MOS or self.clipped_percent > POOR_CLIPPED or echo

    def as_json(self) -> dict[str, Any]:
        """For the trail and the CDR."""
        return {name: getattr(self, name) for name in self.__slots__}


def of_packets(expected: int, received: int, jitter_ms: float) -> Quality | None:
    """Of a SIP party; None when too few came to say anything."""
    if expected < LEAST_PACKETS:
        return None
    loss = min(1.0, max(0.0, 1 - received / expected))
    # A jitter buffer holds back about twice the mean deviation
    score = opinion(rating(loss, BRIDGE_MS + PACKET_MS + 2 * jitter_ms))
    return Quality(round(score, 2), round(100 * loss, 2), round(jitter_ms, 1))


def of_blocks(received: int, late: int, clipped: int, echo_db: float | None) -> Quality | None:
    """Of a party on a line or a telephone on a port, by its blocks of 20 ms; None when too few came."""
    if received < LEAST_PACKETS:
        return None
    loss = min(1.0, max(0, late) / received)
    score = opinion(rating(loss, BRIDGE_MS))
    clipped_percent = round(100 * max(0, clipped) / received, 2)
    return Quality(round(score, 2), round(100 * loss, 2), 0.0, echo_db and round(echo_db, 1), clipped_percent)


def worst(one: Quality | None, other: Quality) -> Quality:
    """Of two parties, each figure the worse one."""
    if one is None:
        return other
    echoes = [q.echo_db for q in (one, other) if q.echo_db is not None]
    return Quality(
        min(one.mos, other.mos),
        max(one.loss_percent, other.loss_percent),
        max(one.jitter_ms, other.jitter_ms),
        min(echoes) if echoes else None,
        max(one.clipped_percent, other.clipped_percent),
    )
