# SPDX-License-Identifier: GPL-2.0-or-later
"""The trail of queues and agents in the form of Asterisk's queue_log, for tools that read that one.

`epoch|call|queue|agent|EVENT|parameters…`, one event a line, in the order of time: docs/reference/events.md has the
mapping. Positions are those that the trail knows; where it knows none, 1.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from firmware.records import AgentChange, Cdr, Change, TrailEvent

NONE = "NONE"
Line = tuple[datetime, str]
EMPTY = frozenset(("empty",))  # codes of `overflowed` that are EXITEMPTY


def _line(at: datetime, call: str, queue: str, agent: str, event: str, *parameters: object) -> Line:
    cells = [str(int(at.timestamp())), call, queue, agent, event, *map(str, parameters)]
    return at, "|".join(cell.replace("|", "/").replace("\n", " ") for cell in cells)


@dataclass(slots=True)
class _Stay:
    """A caller in a queue, and then with an agent."""

    queue: str
    since: datetime
    position: int = 1
    offered: dict[str, datetime] = field(default_factory=dict)
    answered: datetime | None = None
    agent: str = NONE
    consulted: bool = False

    def waited(self, until: datetime) -> int:
        return int((until - self.since).total_seconds())

    def leaves(self, at: datetime) -> tuple[int, int, int]:
        """position, original position, waited"""
        return self.position, self.position, self.waited(at)

    def talked(self, at: datetime) -> tuple[int, int, int]:
        """held, talked, original position"""
        answered = self.answered or at
        return self.waited(answered), int((at - answered).total_seconds()), self.position


def of_call(cdr: Cdr, trail: Iterable[TrailEvent]) -> list[Line]:
    """The lines of one call; none for a call that was in no queue."""
    lines: list[Line] = []
    stay: _Stay | None = None
    for event in trail:
        if event.event == "queued" and not (stay and not stay.answered and stay.queue == event.data["queue"]):
            stay = _Stay(str(event.data["queue"]), event.at, int(event.data.get("position") or 1))
            lines.append(_line(event.at, cdr.id, stay.queue, NONE, "ENTERQUEUE", "", cdr.from_number, stay.position))
        elif event.event == "moved" and stay:
            lines.append(_line(event.at, cdr.id, stay.queue, NONE, "EXITWITHKEY", "", *stay.leaves(event.at)))
            since = stay.since if event.data.get("kept_wait") else event.at
            stay = _Stay(str(event.data["queue"]), since)
            lines.append(_line(event.at, cdr.id, stay.queue, NONE, "ENTERQUEUE", "", cdr.from_number, stay.position))
        elif stay:
            said, over = _in_queue(cdr, stay, event)
            lines += said
            stay = None if over else stay
    return lines


def _in_queue(cdr: Cdr, stay: _Stay, event: TrailEvent) -> tuple[list[Line], bool]:
    """What an event says, and whether the stay is over."""
    at, data = event.at, event.data
    agent = str(data.get("agent") or NONE)

    def line(who: str, name: str, *parameters: object) -> Line:
        return _line(at, cdr.id, stay.queue, who, name, *parameters)

    match event.event:
        case "offered":
            stay.offered[agent] = at
        case "not_answered" | "withdrawn":
            rung_ms = int((at - stay.offered.pop(agent, at)).total_seconds() * 1000)
            name = "RINGNOANSWER" if event.event == "not_answered" else "RINGCANCELED"
            return [line(agent, name, rung_ms)], False
        case "answered" if not stay.answered:
            stay.answered, stay.agent = at, agent if agent != NONE else cdr.agent or NONE
            rung = int((at - stay.offered.get(stay.agent, at)).total_seconds())
            return [line(stay.agent, "CONNECT", stay.waited(at), cdr.id, rung)], False
        case "consulted":
            stay.consulted = True
        case "overflowed" if not stay.answered:
            name = "EXITEMPTY" if data.get("code") in EMPTY else "EXITWITHTIMEOUT"
            return [line(NONE, name, *stay.leaves(at))], True
        case "left_by_key" if not stay.answered:
            return [line(NONE, "EXITWITHKEY", data.get("digit", ""), *stay.leaves(at))], True
        case "transferred" if stay.answered:
            held, talked, position = stay.talked(at)
            to = data.get("to", "")
            if stay.consulted:
                return [line(stay.agent, "ATTENDEDTRANSFER", "BRIDGE", to, held, talked, position)], True
            return [line(stay.agent, "BLINDTRANSFER", to, "tipring", held, talked, position)], True
        case "ended":
            return [_ended(cdr, stay, at, str(data.get("by", "")))], True
    return [], False


def _ended(cdr: Cdr, stay: _Stay, at: datetime, by: str) -> Line:
    if stay.answered:
        name = "COMPLETECALLER" if by == "caller" else "COMPLETEAGENT"
        return _line(at, cdr.id, stay.queue, stay.agent, name, *stay.talked(at))
    return _line(at, cdr.id, stay.queue, NONE, "ABANDON", *stay.leaves(at))


def of_change(change: AgentChange) -> list[Line]:
    """The lines of what an agent did."""

    def lines(queues: Iterable[str], event: str, *parameters: object) -> list[Line]:
        return [_line(change.at, NONE, queue, change.agent, event, *parameters) for queue in queues]

    match change.change:
        case Change.LOGGED_IN:
            return lines(change.queues or (NONE,), "ADDMEMBER")
        case Change.LOGGED_OUT:
            return lines(change.queues or (NONE,), "REMOVEMEMBER")
        case Change.JOINED:
            return lines((change.queue or NONE,), "ADDMEMBER")
        case Change.LEFT:
            return lines((change.queue or NONE,), "REMOVEMEMBER")
        case Change.PAUSED:
            return lines((NONE,), "PAUSEALL", change.reason)
        case Change.READY:
            return lines((NONE,), "UNPAUSEALL")
    return []


def merged(calls: Iterable[tuple[Cdr, Sequence[TrailEvent]]], changes: Iterable[AgentChange]) -> Iterator[str]:
    """All lines in the order of time. Calls come in the order in which they began, changes in theirs."""
    waiting: list[tuple[datetime, int, str]] = []
    count = 0
    everything = heapq.merge(
        ((cdr.started_at, 0, (cdr, trail)) for cdr, trail in calls),
        ((change.at, 1, change) for change in changes),
        key=lambda item: item[:2],
    )
    for at, _, item in everything:
        while waiting and waiting[0][0] < at:  # nothing that comes can be earlier
            yield heapq.heappop(waiting)[2]
        for line in _lines(item):
            heapq.heappush(waiting, (line[0], count, line[1]))
            count += 1
    while waiting:
        yield heapq.heappop(waiting)[2]


def _lines(item: Any) -> list[Line]:
    return of_change(item) if isinstance(item, AgentChange) else of_call(*item)
