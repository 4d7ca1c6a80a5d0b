# SPDX-License-Identifier: GPL-2.0-or-later
"""Which keys that people press while they talk must not be kept. Pure: times are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Mode = Literal["runs", "always", "card_entry", "never"]
GAP_S = 5.0  # between two keys of one number; people read cards in groups of four
AFTER_S = 30.0  # a card number is followed by its date and code
UNKNOWN = "•"  # stands for a key that is not told


@dataclass(frozen=True, slots=True)
class Press:
    """A key: who pressed it, and when."""

    leg: str
    digit: str
    at: datetime

    def hidden(self) -> Press:
        """The same, not told which."""
        return Press(self.leg, UNKNOWN, self.at)


@dataclass(frozen=True, slots=True)
class Decision:
    """Presses that may be told now, in order; and since when nothing must be heard, None when it may."""

    told: Sequence[Press]
    silent_since: datetime | None = None


@dataclass(slots=True)
class DigitMask:
    """Told of each key; those that may yet become a card number wait here."""

    mode: Mode
    run: int
    card_entry: bool = False
    undecided: list[Press] = field(default_factory=list)
    _hidden_until: float = float("-inf")

    def pressed(self, press: Press) -> Decision:
        """Another key."""
        at = press.at.timestamp()
        if self.card_entry or self.mode == "always" or at < self._hidden_until:
            return Decision([*self.quiet(), press.hidden()], press.at)
        if self.mode != "runs":
            return Decision([press])
        late = self.undecided and at - self.undecided[-1].at.timestamp() > GAP_S
        told = self.quiet() if late else []
        self.undecided.append(press)
        if len(self.undecided) < self.run:
            return Decision(told)
        self._hidden_until = at + AFTER_S
        number = self.quiet()
        return Decision([*told, *(known.hidden() for known in number)], number[0].at)

    def quiet(self) -> list[Press]:
        """No key for GAP_S, or the end: those that wait were no card number."""
        waited, self.undecided = self.undecided, []
        return waited
