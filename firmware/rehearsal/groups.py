# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that would have gone elsewhere, put together by what they have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from firmware.config.hours import DAY_MIN
from firmware.rehearsal.past import Bundle
from firmware.rehearsal.words import sentence
from firmware.routing.outward import Attempt
from firmware.routing.simulate import Answer

OUTSIDE = "external:"


@dataclass(frozen=True, slots=True)
class Way:
    """Where a call goes: a target, "" when nowhere; outside by these attempts."""

    target: str
    attempts: tuple[Attempt, ...] = ()

    @classmethod
    def of(cls, answer: Answer) -> Way:
        """Reasons of a refusal do not count."""
        return cls(answer.target, answer.ways) if answer.ends == "answered" else cls("")

    @property
    def kind(self) -> tuple[str, tuple[str, ...]]:
        """Without the number outside, which is another one in each call."""
        target = OUTSIDE if self.target.startswith(OUTSIDE) and self.attempts else self.target
        return target, tuple(dict.fromkeys(attempt.trunk for attempt in self.attempts))


@dataclass(frozen=True, slots=True)
class Kind:
    """`how`: "inbound", "dialled", "overflow", or a turn's. `origin`: the line, trunk, queue, menu or extension."""

    how: str
    origin: str
    number: str
    before: tuple[str, tuple[str, ...]]
    after: tuple[str, tuple[str, ...]]


@dataclass(slots=True)
class Group:
    """The days of the week (Monday is 0) and the minutes of the day on which such calls came; who dialled, and what."""

    kind: Kind
    calls: int = 0
    days: set[int] = field(default_factory=set)
    minutes: tuple[int, int] = (DAY_MIN, 0)
    callers: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    newest: list[int] = field(default_factory=list)

    def add(self, bundle: Bundle) -> None:
        """Calls that are of this kind."""
        self.calls += bundle.calls
        self.newest.append(bundle.newest)
        self.callers.add(bundle.caller)
        self.numbers.add(bundle.number)

    def within(self, begin: datetime, end: datetime) -> None:
        """They came in this part of a day of the site, too."""
        self.days.add(begin.weekday())
        last = (end.hour * 60 + end.minute) or DAY_MIN
        self.minutes = min(self.minutes[0], begin.hour * 60 + begin.minute), max(self.minutes[1], last)

    def as_json(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """For the control socket."""
        told: dict[str, Any] = {"how": self.kind.how, "calls": self.calls, "examples": examples}
        if self.kind.how == "dialled":
            told |= {"origin": _only(self.callers), "number": _only(self.numbers)}
        else:
            told |= {"origin": self.kind.origin, "number": self.kind.number}
        for name, (target, trunks) in (("before", self.kind.before), ("after", self.kind.after)):
            told[name] = {"target": target, "trunks": list(trunks)}
        if self.days:
            told |= {"days": sorted(self.days), "minutes": list(self.minutes)}
        return {"message": sentence(told)} | told


def _only(values: set[str]) -> str:
    """The one that all have; "" when they differ."""
    return next(iter(values)) if len(values) == 1 else ""
