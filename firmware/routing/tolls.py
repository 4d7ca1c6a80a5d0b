# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits against toll fraud: calls and minutes in the last hour and in the last day, for each kind of call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.config import TollLimits
from firmware.routing.outward import TollKind

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TollCall:
    """A call that counts. It talked from `began` on (None: not yet answered), until `ended` (None: it goes on)."""

    id: str
    kind: TollKind
    number: str
    at: datetime
    began: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What was used in a window of time."""

    calls: int
    minutes: float


def use(calls: Iterable[TollCall], kind: TollKind, now: datetime, window: timedelta, since: datetime | None) -> Use:
    """Of the window that ends now. What was before `since` is forgiven."""
    begin = max(now - window, since) if since else now - window
    of_kind = [call for call in calls if call.kind is kind]
    seconds = sum(_talked_s(call, begin, now) for call in of_kind)
    return Use(sum(begin <= call.at <= now for call in of_kind), seconds / 60)


def _talked_s(call: TollCall, begin: datetime, now: datetime) -> float:
    if call.began is None:
        return 0.0
    return max(0.0, (min(call.ended or now, now) - max(call.began, begin)).total_seconds())


@dataclass(frozen=True, slots=True)
class Passed:
    """A limit that was passed: `what` is "calls" or "minutes", `window` is "hour" or "day"."""

    kind: TollKind
    what: str
    window: str
    limit: int

    def __str__(self) -> str:
        return f"more than {self.limit} {self.what} to {self.kind} numbers within {_WITHIN[self.window]}"


_WITHIN = {"hour": "an hour", "day": "a day"}


def passed(
    limits: TollLimits, calls: Iterable[TollCall], kind: TollKind, now: datetime, since: datetime | None = None,
    more: int = 0,
) -> Passed | None:  # fmt: skip
    """The first limit that is passed, with `more` calls than there are; None when none is."""
    known = list(calls)
    for window, length in (("hour", HOUR), ("day", DAY)):
        used = use(known, kind, now, length, since)
        for what, count in (("calls", used.calls + more), ("minutes", used.minutes)):
            limit: int | None = getattr(limits, f"{what}_per_{window}")
            if limit is not None and count > limit:
                return Passed(kind, what, window, limit)
    return None
