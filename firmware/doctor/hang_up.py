# SPDX-License-Identifier: GPL-2.0-or-later
"""How a line said that the far end hung up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from drivers.port import PortEvent
from firmware.doctor.signs import Sign, battery_drops, times_of
from firmware.doctor.tones import HeardTone, same_frequencies

ANSWER_SETTLES_MS = 600.0  # a reversal this soon after answering is the exchange's answer
LASTING_MS = 2000.0  # of a dial tone that is not known
DIAL_TONE_BELOW_HZ = 700.0  # no country's is higher
SURE = 3  # repetitions of a cadence
REGULAR = 0.04  # of spread


@dataclass(frozen=True, slots=True)
class HangUpFound:
    """Each sign with its time in ms since the beginning of the sound, None when it did not come.

    `battery_ms`: how long battery was gone. `tone`: busy tone or its like; `dial_tone`: what lasted at the end.
    """

    battery_at: float | None = None
    battery_ms: float | None = None
    polarity_at: float | None = None
    tone: HeardTone | None = None
    dial_tone: HeardTone | None = None

    @property
    def means(self) -> tuple[str, ...]:
        """`battery`, `polarity`, `tone`, `dial_tone` in the order in which they came."""
        return tuple(name for _, name in sorted(self._times()))

    def _times(self) -> list[tuple[float, str]]:
        times = [(self.battery_at, "battery"), (self.polarity_at, "polarity")]
        times += [(self.tone.begin_ms, "tone")] if self.tone else []
        times += [(self.dial_tone.begin_ms, "dial_tone")] if self.dial_tone else []
        return [(at, name) for at, name in times if at is not None]

    def as_json(self) -> dict[str, Any]:
        """What is kept of it."""
        return {
            "means": list(self.means),
            "battery_ms": round(self.battery_ms) if self.battery_ms is not None else None,
            "polarity": self.polarity_at is not None,
            "tone": self.tone.as_json() if self.tone else None,
            "dial_tone": self.dial_tone.as_json() if self.dial_tone else None,
        }


def find(
    signs: Sequence[Sign], heard: Sequence[HeardTone], answered_ms: float, dial_tone: HeardTone | None = None
) -> HangUpFound:
    """The signs after the answer; the last of each kind counts. `dial_tone` is the line's, where it is known."""
    drops = [drop for drop in battery_drops(signs) if drop[0] > answered_ms]
    reversals = [at for at in times_of(signs, PortEvent.POLARITY_REVERSED) if at > answered_ms + ANSWER_SETTLES_MS]
    cadenced = [tone for tone in heard if not tone.lasts and tone.begin_ms > answered_ms and clear(tone)]
    lasting = [tone for tone in heard if tone.begin_ms > answered_ms and _is_dial_tone(tone, dial_tone)]
    at, ms = drops[-1] if drops else (None, None)
    return HangUpFound(
        at, ms, reversals[-1] if reversals else None, cadenced[-1] if cadenced else None,
        lasting[-1] if lasting else None,
    )  # fmt: skip


def _is_dial_tone(tone: HeardTone, known: HeardTone | None) -> bool:
    if not tone.lasts:
        return False
    if known:
        return same_frequencies(tone.frequencies, known.frequencies)
    return tone.end_ms - tone.begin_ms >= LASTING_MS and tone.frequencies[-1] < DIAL_TONE_BELOW_HZ


def clear(tone: HeardTone) -> bool:
    """Whether a cadence was heard often and exactly enough to be no music."""
    return tone.repetitions >= SURE and tone.spread <= REGULAR
