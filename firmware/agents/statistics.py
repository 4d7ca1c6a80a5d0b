# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of agents over a stretch of time, from their records. docs/agents.md has each one's formula."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from firmware.records import AgentCall, AgentChange, OfferOutcome


@dataclass(slots=True)
class Figures:
    """Seconds and counts. `paused_s` is by reason, `codes` counts calls by disposition code."""

    logged_in_s: float = 0.0
    unavailable_s: float = 0.0
    paused_s: Counter[str] = field(default_factory=Counter)
    ring_s: float = 0.0
    talk_s: float = 0.0
    hold_s: float = 0.0
    wrap_s: float = 0.0
    calls: int = 0
    missed: int = 0
    codes: Counter[str] = field(default_factory=Counter)

    @property
    def handle_s(self) -> float:
        """Busy with callers: talk, hold and wrap-up."""
        return self.talk_s + self.hold_s + self.wrap_s

    @property
    def ready_s(self) -> float:
        """Logged in, neither paused nor without a phone: with callers, or waiting for them."""
        return max(0.0, self.logged_in_s - self.unavailable_s - sum(self.paused_s.values()))

    @property
    def occupancy(self) -> float | None:
        """The share of `ready_s` that was spent with callers; None before there is any."""
        return min(1.0, self.handle_s / self.ready_s) if self.ready_s >= 1 else None

    def take_state(self, state: str, reason: str, seconds: float) -> None:
        """So long in a state."""
        if state == "logged_out":
            return
        self.logged_in_s += seconds
        if state == "unavailable":
            self.unavailable_s += seconds
        elif state == "paused":
            self.paused_s[reason] += seconds  # type: ignore[assignment]  # a Counter adds up floats as well

    def take_call(self, call: AgentCall) -> None:
        """A call that was offered."""
        self.ring_s += call.ring_s
        self.missed += call.outcome == OfferOutcome.MISSED
        if call.outcome != OfferOutcome.ANSWERED:
            return
        self.calls += 1
        self.talk_s += call.talk_s or 0.0
        self.hold_s += call.hold_s
        self.wrap_s += call.wrap_s or 0.0
        if call.code:
            self.codes[call.code] += 1

    def add(self, other: Figures) -> None:
        """Of another agent, or of another stretch."""
        for name in ("logged_in_s", "unavailable_s", "ring_s", "talk_s", "hold_s", "wrap_s", "calls", "missed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.paused_s.update(other.paused_s)
        self.codes.update(other.codes)

    def as_json(self, unpaid: Collection[str]) -> dict[str, Any]:
        """As the API shows them; `unpaid` are the reasons of pauses that are not paid."""
        paused = {reason: round(seconds, 1) for reason, seconds in sorted(self.paused_s.items())}
        seconds = {name: round(getattr(self, name), 1) for name in _SECONDS}
        return {
            **seconds,
            "paused_s": round(sum(self.paused_s.values()), 1),
            "paused_by_reason": paused,
            "unpaid_s": round(sum(seconds for reason, seconds in self.paused_s.items() if reason in unpaid), 1),
            "calls": self.calls,
            "missed": self.missed,
            "average_handle_s": round(self.handle_s / self.calls, 1) if self.calls else None,
            "occupancy": round(self.occupancy, 3) if self.occupancy is not None else None,
            "codes": dict(sorted(self.codes.items())),
        }


_SECONDS = ("logged_in_s", "ready_s", "unavailable_s", "ring_s", "talk_s", "hold_s", "wrap_s", "handle_s")

Key = tuple[str, str | None]  # an agent, and one of his queues or all of them


class Day:
    """Figures of each agent, and of each in each queue, from `began` on. A call counts when it was offered since."""

    def __init__(self, began: datetime) -> None:
        self.began = began
        self._figures: dict[Key, Figures] = {}

    def take(self, records: Iterable[AgentChange | AgentCall]) -> None:
        """Adds what ended; a call that goes on is not counted yet."""
        for record in records:
            if isinstance(record, AgentCall):
                self._take_call(record)
            else:
                self._take_change(record)

    def _take_change(self, change: AgentChange) -> None:
        seconds = min(change.lasted_s, max(0.0, (change.at - self.began).total_seconds()))
        queues: tuple[str | None, ...] = (None, *change.queues)
        for queue in queues if seconds else ():
            self._of(change.agent, queue).take_state(change.was, change.was_reason, seconds)

    def _take_call(self, call: AgentCall) -> None:
        if call.at >= self.began and call.talk_s is not None and call.wrap_s is not None:
            self._of(call.agent, None).take_call(call)
            self._of(call.agent, call.queue).take_call(call)

    def coded(self, call: AgentCall, code: str) -> None:
        """A call that is counted already got its code."""
        for queue in (None, call.queue) if call.at >= self.began else ():
            self._of(call.agent, queue).codes[code] += 1

    def _of(self, agent: str, queue: str | None) -> Figures:
        return self._figures.setdefault((agent, queue), Figures())

    def figures(self, agent: str, queue: str | None) -> Figures:
        """Of an agent, in one queue or in all."""
        return self._figures.get((agent, queue), Figures())

    def with_open(self, open: Iterable[AgentChange | AgentCall]) -> Callable[[str, str | None], Figures]:
        """`figures` until now, with what goes on (`Ledger.open`)."""
        now = Day(self.began)
        now.take(open)

        def figures(agent: str, queue: str | None) -> Figures:
            found = Figures()
            for day in (self, now):
                found.add(day.figures(agent, queue))
            return found

        return figures
