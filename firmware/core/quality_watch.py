# SPDX-License-Identifier: GPL-2.0-or-later
"""A trunk or a line whose calls sound bad, one after the other, is an alarm."""

from __future__ import annotations

from collections import defaultdict, deque

from firmware.calls.journal import QUALITY, Journal
from firmware.calls.leg import Leg
from firmware.calls.quality import Quality
from firmware.records import Cdr, Severity

LAST, TOO_MANY, FEW = 5, 3, 1  # of so many calls so many are poor; over when so few are
TEXTS = {
    "trunk": "Calls over the trunk {name} sound bad: {why}. See what else uses the internet connection, then call the "
    "provider.",
    "line": "Calls over the line {name} sound bad: {why}. Look at its cable, and test the line.",
}


class QualityWatch:
    """Is told of each party that leaves its call."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._last: dict[str, deque[bool]] = defaultdict(lambda: deque(maxlen=LAST))

    def heard(self, cdr: Cdr, leg: Leg, quality: Quality) -> None:
        """Raises the alarm of what carried it, or clears it. Phones of the house are not judged."""
        kind, name = _carrier(cdr, leg)
        if not name:
            return
        last = self._last[f"{kind}:{name}"]
        last.append(quality.poor)
        if sum(last) >= TOO_MANY:
            text = TEXTS[kind].format(name=name, why=_why(quality))
            self._journal.raise_alarm(f"{QUALITY}{kind}:{name}", Severity.WARNING, text)
        elif sum(last) <= FEW:
            self._journal.clear_alarm(f"{QUALITY}{kind}:{name}")


def _carrier(cdr: Cdr, leg: Leg) -> tuple[str, str]:
    if leg.number:
        return "", ""
    if leg.kind == "sip":
        return "trunk", cdr.trunk or ""
    return "line", leg.name if leg.name == cdr.line else ""


def _why(quality: Quality) -> str:
    if quality.clipped_percent > quality.loss_percent:
        return "they are too loud and clipped"
    if quality.echo_db is not None and quality.loss_percent < 1:
        return "their echo is not cancelled"
    return "packets are lost or late"
