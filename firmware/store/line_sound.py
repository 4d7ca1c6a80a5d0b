# SPDX-License-Identifier: GPL-2.0-or-later
"""How the calls of a line or trunk sounded: how many were judged, their mean, those that were bad, the worst one."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass

from firmware.records import POOR_MOS
from firmware.store import facts
from firmware.times import HOUR_MS

POOR = round(facts.MOS_SCALE * POOR_MOS)
OF_HOURS = (
    f"SELECT (at - lead_ms) / {HOUR_MS} AS hour, line, trunk, count(*), sum(mos), sum(mos < {POOR}), min(mos), "  # noqa: S608
    "at - lead_ms, call FROM facts WHERE at >= ? AND at < ? AND part = 0 AND mos IS NOT NULL "
    "AND at - lead_ms >= ? AND at - lead_ms < ? AND (line IS NOT NULL OR trunk IS NOT NULL) GROUP BY 1, 2, 3"
)
BEGUN_AT = "SELECT id FROM calls WHERE started_at = ?"

Group = tuple[int, str | None, str | None]
"""An hour since 1970, and what carried the calls that began in it."""


@dataclass(slots=True)
class Sound:
    """Scores are whole hundredths of a MOS. `worst`: a score, when that call began (ms), and its key in `facts`."""

    judged: int = 0
    score: int = 0
    poor: int = 0
    worst: tuple[int, int, int] | None = None

    def add(self, other: Sound) -> None:
        """Takes in other calls."""
        self.judged, self.score, self.poor = (
            self.judged + other.judged, self.score + other.score, self.poor + other.poor
        )  # fmt: skip
        self.worst = min((worst for worst in (self.worst, other.worst) if worst), default=None)


def of_hours(db: sqlite3.Connection, since: int, until: int, longest_lead_ms: int) -> dict[Group, Sound]:
    """Of the calls that began in [since, until), milliseconds since 1970."""
    cursor = db.cursor()
    cursor.row_factory = None  # tuples
    found: dict[Group, Sound] = defaultdict(Sound)
    for hour, line, trunk, judged, score, poor, *worst in cursor.execute(
        OF_HOURS, (since, until + longest_lead_ms, since, until)
    ):
        found[hour, line, trunk] = Sound(judged, score, poor, (worst[0], worst[1], worst[2]))
    return found


def call_of(db: sqlite3.Connection, sound: Sound) -> str | None:
    """The id of the worst call; None when it is not kept any more."""
    if sound.worst is None:
        return None
    _, began, key = sound.worst
    return next((row["id"] for row in db.execute(BEGUN_AT, (began,)) if facts.key(row["id"]) == key), None)
