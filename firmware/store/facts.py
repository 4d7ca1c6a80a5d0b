# SPDX-License-Identifier: GPL-2.0-or-later
"""What reports count: narrow rows made of a call's story in the transaction in which the call ends.

One row for each stay in a queue, or one for a call that was in none; and one for each agent who was rung in vain.
They hold no number of anybody, so they stay when a call is erased. docs/reports.md says what is made of them.
"""

from __future__ import annotations

import dataclasses
import enum
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from firmware.records import Cdr, Disposition, TrailEvent

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Outcome(enum.StrEnum):
    """What a stay in a queue came to, or ringing an agent. Calls past the queues have their disposition here."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    OVERFLOWED = "overflowed"
    CALLBACK = "callback"
    VOICEMAIL = "voicemail"
    FAILED = "failed"
    MISSED = "missed"


LEFT_BY = {"overflowed": Outcome.OVERFLOWED, "callback_requested": Outcome.CALLBACK, "voicemail": Outcome.VOICEMAIL}
"""Events of the trail by which a caller leaves a queue, and what that makes of the stay."""
TALK_ENDS = frozenset(("transferred", "survey_began", "agent_left", "queued", "ended", "recovered"))


def milliseconds(at: datetime) -> int:
    """Since 1970, as `facts.at` has it."""
    return (at - EPOCH) // MILLISECOND


@dataclass(slots=True)
class Fact:
    """Times in milliseconds. `part` counts the rows of a call from 0; only that one has `busy_ms`, the whole call."""

    at: int
    call: str
    part: int
    direction: str
    disposition: str
    line: str | None = None
    trunk: str | None = None
    queue: str | None = None
    agent: str | None = None
    outcome: str = ""
    wait_ms: int = 0
    ring_ms: int = 0
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_ms: int = 0
    busy_ms: int = 0
    recorded: int = 0


COLUMNS = tuple(item.name for item in dataclasses.fields(Fact))
INSERT = f"INSERT OR REPLACE INTO facts ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + name for name in COLUMNS)})"  # noqa: S608


@dataclass(slots=True)
class _Stay:
    """A call's time in a queue and with its agent, as the trail tells it."""

    queue: str | None
    at: int
    outcome: str = ""
    agent: str | None = None
    left: int = 0
    offered: dict[str, int] = field(default_factory=dict)
    ring: int = 0
    talk_until: int = 0
    held_since: int = 0
    hold: int = 0
    wrap: int = 0


def of(cdr: Cdr, trail: Iterable[TrailEvent]) -> list[Fact]:
    """The rows of a call that has ended."""
    stays: list[_Stay] = []
    missed: list[Fact] = []
    ended = milliseconds(cdr.ended_at or cdr.started_at)

    def row(stay: _Stay, **known: str | int | None) -> Fact:
        disposition = cdr.disposition or Disposition.FAILED
        return Fact(stay.at, cdr.id, 0, cdr.direction, disposition, cdr.line, cdr.trunk, stay.queue, **known)  # type: ignore[arg-type]

    for event in trail:
        at, data = min(ended, milliseconds(event.at)), event.data
        if event.event in TALK_ENDS and stays:
            _ends(stays[-1], at)
        if event.event == "queued":
            stays.append(_Stay(str(data["queue"]), at))
        elif not stays:
            continue
        elif event.event == "not_answered":
            agent = str(data.get("agent", ""))
            rung = at - stays[-1].offered.pop(agent, at)
            missed.append(row(stays[-1], agent=agent, outcome=Outcome.MISSED, ring_ms=rung))
            missed[-1].at = at - rung
        else:
            _takes(stays[-1], event.event, at, data.get("agent") or cdr.agent)
            if event.event == "wrapped_up":
                stays[-1].wrap += round(1000 * float(data.get("seconds", 0)))
    facts = [_of_stay(row(stay), stay, cdr, ended) for stay in stays] or [_of_call(row(_Stay(None, 0)), cdr)]
    facts[0].busy_ms = ended - milliseconds(cdr.started_at)
    facts[0].recorded = int(bool(cdr.recordings))
    for part, fact in enumerate([*facts, *missed]):
        fact.part = part
    return [*facts, *missed]


def _takes(stay: _Stay, event: str, at: int, agent: str | None) -> None:
    """What an event other than the first makes of a stay."""
    if event == "offered":
        stay.offered[agent or ""] = at
    elif event == "answered" and not stay.outcome:
        stay.outcome, stay.left, stay.agent = Outcome.ANSWERED, at, agent
        stay.ring = at - stay.offered.get(agent or "", at)
    elif event in LEFT_BY and not stay.outcome:
        stay.outcome, stay.left = LEFT_BY[event], at
    elif event == "held" and not stay.held_since:
        stay.held_since = at
    elif event == "resumed" and stay.held_since:
        stay.hold, stay.held_since = stay.hold + at - stay.held_since, 0


def _ends(stay: _Stay, at: int) -> None:
    """The agent's part in it is over, if it is not already."""
    if stay.outcome == Outcome.ANSWERED and not stay.talk_until:
        _takes(stay, "resumed", at, None)
        stay.talk_until = at


def _of_stay(fact: Fact, stay: _Stay, cdr: Cdr, ended: int) -> Fact:
    if not stay.outcome:
        stay.left = ended
        gone = cdr.disposition == Disposition.ABANDONED or cdr.hangup_by == "caller"
        stay.outcome = Outcome.ABANDONED if gone else Outcome.FAILED
    _ends(stay, ended)
    fact.outcome, fact.agent, fact.ring_ms, fact.wrap_ms = stay.outcome, stay.agent, stay.ring, stay.wrap
    fact.wait_ms = max(0, stay.left - stay.at)
    fact.hold_ms = stay.hold
    fact.talk_ms = max(0, stay.talk_until - stay.left - stay.hold) if stay.talk_until else 0
    return fact


def _of_call(fact: Fact, cdr: Cdr) -> Fact:
    fact.at, fact.agent, fact.outcome = milliseconds(cdr.started_at), cdr.agent, fact.disposition
    fact.wait_ms, fact.talk_ms = round(1000 * cdr.wait_s), round(1000 * cdr.talk_s)
    return fact


def write(db: sqlite3.Connection, cdr: Cdr, trail: Iterable[TrailEvent]) -> None:
    """In the transaction in which the call ends."""
    db.executemany(INSERT, [dataclasses.asdict(fact) for fact in of(cdr, trail)])


def wrapped_up(db: sqlite3.Connection, cdr: Cdr, agent: str, seconds: float) -> None:
    """An agent's work after a call that has ended: into the last of its rows of that agent."""
    began, ended = milliseconds(cdr.started_at), milliseconds(cdr.ended_at or cdr.started_at)
    db.execute(
        "UPDATE facts SET wrap_ms = wrap_ms + ? WHERE (at, call, part) = (SELECT at, call, part FROM facts "
        "WHERE at BETWEEN ? AND ? AND call = ? AND agent = ? AND outcome = 'answered' ORDER BY at DESC LIMIT 1)",
        (round(1000 * seconds), began, ended, cdr.id, agent),
    )
