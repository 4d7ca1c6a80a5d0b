# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the lifeline relay is to be: on the card, or on the line. Pure; times in seconds of a monotonic clock."""

from __future__ import annotations

import enum
import logging
from dataclasses import dataclass

log = logging.getLogger(__name__)

QUIET_S = 2.0  # both sides on hook for so long before the phone goes back to the card
MOVE_S = 0.5  # a relay that has not moved by then is stuck


class Place(enum.StrEnum):
    """Where the phone is, as far as it is the service's will."""

    CARD = "card"
    LINE = "line"
    DRILL = "drill"  # on the line for a moment, to see that it works


@dataclass(frozen=True, slots=True)
class Facts:
    """`card_works`: the core answers, and both ports of the lifeline are without fault. The others: on hook."""

    card_works: bool
    station_idle: bool = True
    line_idle: bool = True
    loop_open: bool = True  # no phone draws current from the line


class Lifeline:
    """Begins where the relay is found."""

    def __init__(self, on_card: bool, now: float) -> None:
        self.place = Place.CARD if on_card else Place.LINE
        self.since = now
        self._busy_at = now
        self._differs_since: float | None = None
        self.stuck = False

    @property
    def energized(self) -> bool:
        """What the coil is to be."""
        return self.place is Place.CARD

    def step(self, facts: Facts, now: float) -> Place:
        """The place from now on. A dead card gives the phone to the line at once."""
        if not (facts.station_idle and facts.line_idle and facts.loop_open):
            self._busy_at = now
        if not facts.card_works:
            self._busy_at = now
            self._go(Place.LINE, "card or core is dead", now)
        elif self.place is Place.DRILL and not facts.loop_open:
            self._go(Place.LINE, "somebody lifted the phone", now)
        elif self.place is Place.LINE and now - self._busy_at >= QUIET_S:
            self._go(Place.CARD, "both sides are on hook", now)
        return self.place

    def begin_drill(self, facts: Facts, now: float) -> bool:
        """False when the phone or the line is in use, or the relay is not on the card."""
        idle = facts.card_works and facts.station_idle and facts.line_idle and facts.loop_open
        if self.place is not Place.CARD or not idle:
            return False
        self._go(Place.DRILL, "drill", now)
        return True

    def end_drill(self, now: float) -> None:
        """From here on the relay goes back by the rule of every return."""
        if self.place is Place.DRILL:
            self._busy_at = now
            self._go(Place.LINE, "drill is over", now)

    def read_back(self, on_card: bool, now: float) -> bool:
        """Where the contacts are; True while they have not been where they should for MOVE_S."""
        if on_card is self.energized:
            self._differs_since, self.stuck = None, False
        else:
            self._differs_since = now if self._differs_since is None else self._differs_since
            self.stuck = now - max(self._differs_since, self.since) >= MOVE_S
        return self.stuck

    def _go(self, place: Place, why: str, now: float) -> None:
        if place is not self.place:
            log.info("lifeline: %s -[%s]> %s", self.place, why, place)
            self.place, self.since = place, now
