# SPDX-License-Identifier: GPL-2.0-or-later
"""What reports count: narrow rows made of a call's story in the transaction in which the call ends.

One row for each stay in a queue, or one for a call that was in none. They hold no number of anybody, so they stay when
a call is erased. docs/reports.md says what is made of them.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from firmware.records import AgentCall, Cdr, Direction, Disposition, TrailEvent
from firmware.times import iso, milliseconds

MOS_SCALE = 100  # `mos` is a whole number of hundredths


class Outcome(enum.StrEnum):
    """What a stay in a queue came to. Calls past the queues have their disposition instead."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    OVERFLOWED = "overflowed"  # waited too long, the queue was full, nobody was there
    LEFT = "left"  # by a key, for somewhere else
    CALL_BACK = "call_back"  # keeps the place and is called back
    FAILED = "failed"


LEFT_BY = {"overflowed": Outcome.OVERFLOWED, "left_by_key": Outcome.LEFT}
"""Events of the trail by which a caller leaves a queue, and what that makes of the stay."""
TALK_ENDS = frozenset(("transferred", "survey_began", "queued", "ended", "recovered"))
WITHOUT_TRAIL: dict[str, Outcome] = {
    Disposition.ANSWERED: Outcome.ANSWERED,
    Disposition.ABANDONED: Outcome.ABANDONED,
    Disposition.OVERFLOWED: Outcome.OVERFLOWED,
    Disposition.VOICEMAIL: Outcome.OVERFLOWED,
    Disposition.CALL_BACK: Outcome.CALL_BACK,
}
"""What a stay must have come to when only the call's record is left: trails go first when the disk is away for long."""


def key(call: str) -> int:
    """A call's id in 63 bits; facts need no more to be told apart."""
    return int.from_bytes(hashlib.blake2b(call.encode(), digest_size=8).digest(), "big") >> 1


@dataclass(slots=True)
class Fact:
    """Times in milliseconds. `part` counts the rows of a call from 0; only that one has `busy_ms`, how long the whole
    call was, `lead_ms`, how long before `at` it began, and `mos`, how it sounded (None: nobody can say).

    `call` is `key(id)`. `disposition` is the whole call's where that is not this row's outcome.
    """

    at: int
    call: int
    part: int
    direction: str
    disposition: str | None = None
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
    lead_ms: int = 0
    busy_ms: int = 0
    recorded: int = 0
    mos: int | None = None


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


def of(cdr: Cdr, trail: Iterable[TrailEvent]) -> list[Fact]:
    """The rows of a call that has ended."""
    stays: list[_Stay] = []
    ended = milliseconds(cdr.ended_at or cdr.started_at)
    for event in trail:
        at, data = min(ended, milliseconds(event.at)), event.data
        if event.event in TALK_ENDS and stays:
            _ends(stays[-1], at)
        if event.event in ("queued", "moved"):
            _queued(stays, str(data["queue"]), at)
        elif stays:
            _takes(stays[-1], event.event, at, data.get("agent") or cdr.agent)
    facts = [_of_stay(stay, cdr, ended, part) for part, stay in enumerate(stays)] or [_of_call(cdr)]
    began = milliseconds(cdr.started_at)
    facts[0].lead_ms, facts[0].busy_ms = facts[0].at - began, ended - began
    facts[0].recorded = int(bool(cdr.recordings))
    facts[0].mos = score(cdr.mos)
    return facts


def score(mos: float | None) -> int | None:
    """An opinion score as facts have it."""
    return None if mos is None else round(MOS_SCALE * mos)


def _queued(stays: list[_Stay], queue: str, at: int) -> None:
    """Again in the same queue, after an agent who was gone at once, is the same stay; another one ends the first."""
    before = stays[-1] if stays else None
    if before and not before.outcome and before.queue == queue:
        return
    if before and not before.outcome:
        before.outcome, before.left = Outcome.LEFT, at
    stays.append(_Stay(queue, at))


def _row(cdr: Cdr, at: int, part: int, outcome: str) -> Fact:
    disposition = cdr.disposition or Disposition.FAILED
    other = disposition.value if disposition != outcome else None
    return Fact(at, key(cdr.id), part, cdr.direction, other, cdr.line, cdr.trunk, outcome=outcome)


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


def _of_stay(stay: _Stay, cdr: Cdr, ended: int, part: int) -> Fact:
    if not stay.outcome:
        stay.left = ended
        stay.outcome = _unanswered(cdr)
    _ends(stay, ended)
    fact = _row(cdr, stay.at, part, stay.outcome)
    fact.queue, fact.agent, fact.ring_ms, fact.hold_ms = stay.queue, stay.agent, stay.ring, stay.hold
    fact.wait_ms = max(0, stay.left - stay.at)
    fact.talk_ms = max(0, stay.talk_until - stay.left - stay.hold) if stay.talk_until else 0
    return fact


def _unanswered(cdr: Cdr) -> Outcome:
    if cdr.disposition == Disposition.CALL_BACK:
        return Outcome.CALL_BACK
    gone = cdr.disposition == Disposition.ABANDONED or cdr.hangup_by == "caller"
    return Outcome.ABANDONED if gone else Outcome.FAILED


def _of_call(cdr: Cdr) -> Fact:
    fact = _row(cdr, milliseconds(cdr.started_at), 0, cdr.disposition or Disposition.FAILED)
    if cdr.queue and cdr.direction != Direction.OUTBOUND:  # its trail is lost; a call-back is no stay
        fact = _row(cdr, fact.at, 0, WITHOUT_TRAIL.get(fact.outcome, Outcome.FAILED))
        fact.queue = cdr.queue
    fact.agent = cdr.agent
    fact.wait_ms, fact.talk_ms = round(1000 * cdr.wait_s), round(1000 * cdr.talk_s)
    return fact


def write(db: sqlite3.Connection, cdr: Cdr, trail: Iterable[TrailEvent]) -> None:
    """In the transaction in which the call ends. Work after it that is done already is in `agent_calls`."""
    facts = of(cdr, trail)
    for fact in facts:
        if fact.outcome == Outcome.ANSWERED and fact.agent and fact.queue:
            fact.wrap_ms = _worked_after(db, cdr, fact.agent, fact.queue)
    db.executemany(INSERT, [dataclasses.asdict(fact) for fact in facts])


def _worked_after(db: sqlite3.Connection, cdr: Cdr, agent: str, queue: str) -> int:
    sql = "SELECT sum(wrap_s) FROM agent_calls WHERE agent = ? AND at BETWEEN ? AND ? AND call = ? AND queue = ?"
    span = (iso(cdr.started_at), iso(cdr.ended_at or cdr.started_at))
    return round(1000 * (db.execute(sql, (agent, *span, cdr.id, queue)).fetchone()[0] or 0))


def wrapped_up(db: sqlite3.Connection, call: AgentCall) -> None:
    """An agent's work after a call is over; when the call has not ended yet, `write` finds it."""
    row = db.execute("SELECT started_at FROM calls WHERE id = ?", (call.call,)).fetchone()
    if row and call.wrap_s is not None:
        db.execute(
            "UPDATE facts SET wrap_ms = ? WHERE at BETWEEN ? AND ? AND call = ? AND agent = ? AND queue = ?",
            (
                round(1000 * call.wrap_s), row["started_at"], milliseconds(call.at),
                key(call.call), call.agent, call.queue,
            ),
        )  # fmt: skip
