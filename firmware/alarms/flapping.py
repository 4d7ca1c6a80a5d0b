# SPDX-License-Identifier: GPL-2.0-or-later
"""Alarms that come and go: one alarm that is counted, and told of as seldom as its reader can bear.

The first coming and the first end are told at once. From the second coming on its end is told only once it has stayed
away for as long as HOLD; until then whatever it does is only counted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from firmware.records import Alarm

SOON = timedelta(minutes=15)  # what comes back within it is the same alarm
HOLD = SOON
COUNTS_AS_FLAPPING = 2


def again(before: Alarm, now: Alarm) -> Alarm:
    """The alarm `before` as it comes back, or becomes graver. What somebody knew of stays known while it flaps."""
    flaps = before.count >= COUNTS_AS_FLAPPING and before.severity.weight >= now.severity.weight
    return replace(
        now,
        id=before.id,
        count=before.count + 1,
        acknowledged_at=before.acknowledged_at if flaps else None,
        acknowledged_by=before.acknowledged_by if flaps else None,
    )


def held_until(alarm: Alarm, cleared_at: datetime) -> datetime | None:
    """When the end of an alarm may be told; None: at once."""
    return cleared_at + HOLD if alarm.count >= COUNTS_AS_FLAPPING else None
