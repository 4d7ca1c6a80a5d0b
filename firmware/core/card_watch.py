# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong with the telephony card, as one alarm."""

from __future__ import annotations

from drivers.port import Card
from firmware.calls.journal import CARD, Journal
from firmware.records import Severity


def trouble(card: Card) -> str:
    """What is wrong with the card or its ports, as a sentence for the installer; "" when nothing is."""
    if card.fault:
        return card.fault
    faults = [f"Port {port.id}: {port.fault}" for port in card.ports if port.fault]
    if not faults:
        return ""
    others = f" Something is wrong with {len(faults) - 1} more ports, too." if len(faults) > 1 else ""
    return faults[0] + others


class CardWatch:
    """Call `look` now and then: what is still wrong at the second look is an alarm, and cleared when it is over."""

    def __init__(self, card: Card, journal: Journal) -> None:
        self._card, self._journal, self._before = card, journal, ""

    def look(self) -> None:
        """A card that only restarts is no alarm."""
        now = trouble(self._card)
        if not now:
            self._journal.clear_alarm(CARD)
        elif self._before:
            self._journal.raise_alarm(CARD, Severity.ERROR, now)
        self._before = now
