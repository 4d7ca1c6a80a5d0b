# SPDX-License-Identifier: GPL-2.0-or-later
"""What a report is asked for, and what of the configuration it needs."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from firmware.errors import Invalid
from firmware.reports.clock import SiteClock
from firmware.store.scope import Scope

SERVICE_LEVEL_S = 20.0
SHORT_ABANDON_S = 5.0
"""Where a queue does not say otherwise (`service_level_s`, `short_abandon_s`)."""
LONGEST = timedelta(days=3700)


class Of(enum.StrEnum):
    """What is counted: calls of the whole box, or stays in queues."""

    QUEUES = "queues"
    CALLS = "calls"


class By(enum.StrEnum):
    """What makes a row of a report."""

    QUEUE = "queue"
    AGENT = "agent"
    LINE = "line"
    TRUNK = "trunk"
    DIRECTION = "direction"
    DISPOSITION = "disposition"
    HOUR = "hour"
    WEEKDAY = "weekday"
    DAY = "day"
    MONTH = "month"
    WEEK_HOUR = "week_hour"  # the heat map


FILTERS = ("queue", "agent", "line", "trunk", "direction")


@dataclass(frozen=True, slots=True)
class Choice:
    """A span [since, until) in UTC, what is counted, by what, and which of it."""

    since: datetime
    until: datetime
    of: Of = Of.QUEUES
    by: By = By.QUEUE
    filters: Mapping[str, str] = field(default_factory=dict)
    scope: Scope | None = None  # whoever asks sees no more than that

    def queues(self) -> list[str] | None:
        """Those that are chosen and seen; None: all."""
        chosen = self.filters.get("queue")
        if self.scope is None:
            return [chosen] if chosen else None
        return sorted(queue for queue in self.scope.queues if chosen in (None, queue))


@dataclass(frozen=True, slots=True)
class Office:
    """What reports need of the configuration: the clock, each queue's thresholds in seconds, how many lines."""

    clock: SiteClock
    service_level_s: Mapping[str, float] = field(default_factory=dict)
    short_abandon_s: Mapping[str, float] = field(default_factory=dict)
    lines: int = 0

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Office:
        """From a document that was checked."""
        queues = document.get("queue", [])
        zone = ZoneInfo(document.get("site", {}).get("timezone", "UTC"))
        return cls(
            SiteClock(zone),
            {queue["name"]: queue.get("service_level_s", SERVICE_LEVEL_S) for queue in queues},
            {queue["name"]: queue.get("short_abandon_s", SHORT_ABANDON_S) for queue in queues},
            len(document.get("line", [])),
        )


def read(text: Mapping[str, str], clock: SiteClock, now: datetime, scope: Scope | None = None) -> Choice:
    """A choice from texts, as a query has them. Invalid names the field.

    `since` and `until` are times, or days of the site: `until` is then the last of them. Left out: this month.
    """
    today = clock.day_of(now)
    since = _time(text, "since", clock, 0) or clock.midnight(today.replace(day=1))
    until = _time(text, "until", clock, 1) or clock.midnight(today + timedelta(days=1))
    if not since < until <= since + LONGEST:
        raise Invalid("'until' must be after 'since', and at most ten years.", field="until")
    of = _one_of(Of, text, "of", Of.QUEUES)
    by = _one_of(By, text, "by", By.QUEUE if of == Of.QUEUES else By.DAY)
    return Choice(since, until, of, by, {name: text[name] for name in FILTERS if text.get(name)}, scope)


def _one_of(kind: type[enum.StrEnum], text: Mapping[str, str], name: str, otherwise: Any) -> Any:
    if not text.get(name):
        return otherwise
    try:
        return kind(text[name])
    except ValueError:
        raise Invalid(f"'{name}' must be one of {', '.join(item.value for item in kind)}.", field=name) from None


def _time(text: Mapping[str, str], name: str, clock: SiteClock, plus_days: int) -> datetime | None:
    given = text.get(name, "").replace(" ", "+")  # a + that was not escaped arrives as a space
    if not given:
        return None
    try:
        if len(given) == len("2026-11-22"):
            return clock.midnight(date.fromisoformat(given) + timedelta(days=plus_days))
        at = datetime.fromisoformat(given)
        return (at if at.tzinfo else at.replace(tzinfo=clock.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(f"'{name}' must be a day such as 2026-11-22, or a time.", field=name) from None
