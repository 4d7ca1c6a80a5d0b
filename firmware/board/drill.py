# SPDX-License-Identifier: GPL-2.0-or-later
"""The drill of the lifeline: when it is due, and how it can end. Pure."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta
from typing import Literal

Every = Literal["week", "month", "never"]
INTERVALS = {"week": timedelta(days=7), "month": timedelta(days=30)}
SLACK = timedelta(hours=12)  # so that it stays in its hour


class Result(enum.StrEnum):
    """How a drill ended."""

    PASSED = "passed"
    IN_USE = "in_use"
    STUCK_ON_CARD = "stuck_on_card"
    STUCK_ON_LINE = "stuck_on_line"
    NO_DIAL_TONE = "no_dial_tone"
    LIFTED = "lifted"
    LINE_TAKEN = "line_taken"
    CORE_GONE = "core_gone"


BAD = frozenset((Result.STUCK_ON_CARD, Result.STUCK_ON_LINE, Result.NO_DIAL_TONE))
"""What an installer has to mend; the others only kept the drill from being one."""


def due(last: datetime | None, now: datetime, every: Every, hour: int) -> bool:
    """Whether it is time, at `now` in the site's time zone, when the last one was at `last`."""
    if every == "never" or now.hour != hour:
        return False
    return last is None or now - last >= INTERVALS[every] - SLACK
