# SPDX-License-Identifier: GPL-2.0-or-later
"""A history.db of a million calls: a year of a busy office, with the trails that its calls would have had.

`python -m hil.benches.history_year STATE [CALLS]` makes one. Rows are made by the functions that the core uses
(`stories.pack`, `facts.of`); only the commits are larger. The same seed makes the same year.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import multiprocessing
import os
import random
import sqlite3
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from firmware.archive import chain
from firmware.records import (
    AgentCall,
    Cdr,
    Direction,
    Disposition,
    LegRecord,
    OfferOutcome,
    Recording,
    RecordingState,
    TrailEvent,
)
from firmware.store import facts, line_hours, migrations, rows, stories
from firmware.store.connect import open_for_writing
from firmware.times import milliseconds, parse

YEAR = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 365
QUEUES = ("support", "sales", "billing", "orders", "returns")
AGENTS = tuple(f"agent{number:02d}" for number in range(1, 41))
PER_QUEUE = 12  # agents
HOURS = (0, 0, 0, 0, 0, 1, 2, 4, 12, 18, 20, 18, 12, 14, 18, 18, 16, 12, 5, 3, 2, 1, 1, 0)  # calls of a day, as weights
RECORDED = 0.5  # of the answered calls of queues
PASSED_OVER = (
    "is on another call", "is paused (lunch)", "is logged out", "is in wrap-up for 7 s more", "phone is off hook"
)  # fmt: skip
Rows = dict[str, list[dict[str, Any]]]


@dataclasses.dataclass(frozen=True)
class Year:
    """When it began, how many days it has, and who works in it."""

    first: datetime = YEAR
    days: int = DAYS
    queues: tuple[str, ...] = QUEUES
    agents: tuple[str, ...] = AGENTS


BUSY = Year()


class _Day:
    """The rows of one day."""

    def __init__(self, day: int, calls: int, year: Year) -> None:
        self._rng = random.Random(day)
        self._calls, self._began, self._year = calls, year.first + timedelta(days=day), year
        self.rows: Rows = {"calls": [], "facts": [], "recordings": [], "agent_calls": []}

    def make(self) -> Rows:
        rng = self._rng
        hours = rng.choices(range(24), HOURS, k=self._calls)
        seconds = sorted(hour * 3600 + rng.random() * 3600 for hour in hours)
        for second in seconds:
            self._call(self._began + timedelta(milliseconds=int(1000 * second)))
        return self.rows

    def _call(self, at: datetime) -> None:
        kind = self._rng.random()
        if kind < 0.6:
            self._queued(at)
        elif kind < 0.85:
            self._plain(at, Direction.OUTBOUND)
        else:
            self._plain(at, Direction.INTERNAL)

    def _id(self, at: datetime) -> str:
        bits = milliseconds(at) << 80 | 0x7 << 76 | self._rng.getrandbits(12) << 64
        return str(uuid.UUID(int=bits | 0b10 << 62 | self._rng.getrandbits(62)))

    def _number(self) -> str:
        return f"+1555{self._rng.randrange(200_000):07d}"  # customers call again

    def _plain(self, at: datetime, direction: Direction) -> None:
        rng, id, number = self._rng, self._id(at), self._number()
        outside = direction == Direction.OUTBOUND
        answered = rng.random() < 0.8
        ring, talk = rng.uniform(2, 25), rng.expovariate(1 / 120) if answered else 0.0
        ended = at + timedelta(seconds=ring + talk)
        cdr = Cdr(
            id, direction, f"2{rng.randrange(100):02d}", f"Extension {rng.randrange(100)}",
            number if outside else f"2{rng.randrange(100):02d}", at, trunk="provider" if outside else None,
            answered_at=at + timedelta(seconds=ring) if answered else None, ended_at=ended,
            wait_s=round(ring, 3), talk_s=round(talk, 3),
            disposition=Disposition.ANSWERED if answered else Disposition.NO_ANSWER,
            hangup_cause=16 if answered else 19, hangup_by="caller",
        )  # fmt: skip
        trail = [self._event(cdr, 0, "dialling", number=number)] if outside else []
        trail += [self._event(cdr, 0.01, "trunk_tried", trunk="provider", number=number)] if outside else []
        trail += [self._event(cdr, ring, "answered")] if answered else []
        self._conclude(cdr, trail, ("sip", cdr.from_number), ("sip", "provider" if outside else cdr.to_number))

    def _queued(self, at: datetime) -> None:
        rng = self._rng
        queue, number = rng.randrange(len(self._year.queues)), self._number()
        cdr = Cdr(
            self._id(at), Direction.INBOUND, number, f"CALLER {int(number[-6:]) % 900}", "5550100", at,
            line=f"fxo{rng.randrange(1, 9)}", queue=self._year.queues[queue],
        )  # fmt: skip
        joined = rng.uniform(5, 9)
        trail = [
            self._event(cdr, 2, "caller_id", number=number, name=cdr.from_name, private=False),
            self._event(cdr, 2.1, "greeting"),
            self._event(cdr, joined, "queued", queue=cdr.queue),
        ]
        wait, patience = rng.expovariate(1 / 18), 5 + rng.expovariate(1 / 90)
        if wait > patience:
            self._left(cdr, trail, joined + patience, Disposition.ABANDONED)
        elif wait > 150:
            trail.append(self._event(cdr, joined + 150, "overflowed", queue=cdr.queue, reason="waited for too long"))
            self._left(cdr, trail, joined + 150.1, Disposition.OVERFLOWED)
        else:
            self._taken(cdr, trail, queue, joined, joined + wait)

    def _left(self, cdr: Cdr, trail: list[TrailEvent], after: float, how: Disposition) -> None:
        ended = cdr.started_at + timedelta(seconds=after)
        done = dataclasses.replace(cdr, ended_at=ended, disposition=how, hangup_cause=16, hangup_by="caller")
        self._conclude(done, trail, ("analog", cdr.line or ""))

    def _taken(self, cdr: Cdr, trail: list[TrailEvent], queue: int, joined: float, offered: float) -> None:
        rng, staff = self._rng, self._year.agents
        several = min(PER_QUEUE, len(staff))
        agents = [staff[(queue * 7 + n) % len(staff)] for n in rng.sample(range(several), several)]
        for missed in agents[: rng.random() < 0.1]:
            self._offer(cdr, trail, missed, agents, offered)
            trail.append(self._event(cdr, offered + 15, "not_answered", agent=missed, reason="nobody answered"))
            self._agent_call(cdr, missed, offered, OfferOutcome.MISSED, 15.0)
            offered += 16
        agent, ring, talk = agents[-1], rng.uniform(1, 9), rng.lognormvariate(5, 0.7)
        self._offer(cdr, trail, agent, agents, offered)
        answered, id = offered + ring, self._id(cdr.started_at)
        trail.append(self._event(cdr, answered, "answered", agent=agent))
        recorded = rng.random() < RECORDED
        trail += [self._event(cdr, answered + 0.01, "recording_began", recording=id)] if recorded else []
        hold = rng.uniform(5, 60) if rng.random() < 0.1 else 0.0
        if hold:
            trail.append(self._event(cdr, answered + 0.2 * talk, "held", by="201"))
            trail.append(self._event(cdr, answered + 0.2 * talk + hold, "resumed"))
        done = dataclasses.replace(
            cdr, agent=agent, answered_at=cdr.started_at + timedelta(seconds=answered),
            ended_at=cdr.started_at + timedelta(seconds=answered + hold + talk), wait_s=round(answered - joined, 3),
            talk_s=round(talk + hold, 3), disposition=Disposition.ANSWERED, hangup_cause=16,
            hangup_by=rng.choice(("caller", "callee")), recordings=(id,) if recorded else (),
        )  # fmt: skip
        if recorded:
            self._recording(done, id, answered, talk + hold)
        self._agent_call(done, agent, offered, OfferOutcome.ANSWERED, ring, talk, hold)
        self._conclude(done, trail, ("analog", cdr.line or ""), ("sip", f"2{staff.index(agent):02d}"))

    def _offer(self, cdr: Cdr, trail: list[TrailEvent], agent: str, agents: list[str], after: float) -> None:
        considered = [{"agent": name, "chosen": False, "reason": self._rng.choice(PASSED_OVER)} for name in agents]
        chosen = {"agent": agent, "chosen": True, "reason": "longest idle"}
        known = [item for item in considered if item["agent"] != agent]
        trail.append(self._event(cdr, after, "offered", agent=agent, considered=[*known, chosen]))

    def _event(self, cdr: Cdr, after: float, event: str, **data: Any) -> TrailEvent:
        return TrailEvent(cdr.id, cdr.started_at + timedelta(milliseconds=int(1000 * after)), event, data)

    def _recording(self, cdr: Cdr, id: str, after: float, seconds: float) -> None:
        at = cdr.started_at + timedelta(milliseconds=int(1000 * after))
        audio = Recording(
            id, cdr.id, f"{at:%Y-%m-%d}/{id}.opus", at, round(seconds, 3), int(3000 * seconds),
            f"{self._rng.getrandbits(256):064x}", RecordingState.READY, archived_at=at,
        )  # fmt: skip
        self.rows["recordings"].append(rows.values(audio))

    def _agent_call(
        self, cdr: Cdr, agent: str, after: float, outcome: OfferOutcome, ring: float, talk: float = 0, hold: float = 0
    ) -> None:
        at = cdr.started_at + timedelta(milliseconds=int(1000 * after))
        wrap = round(self._rng.uniform(2, 15), 3) if talk else 0.0
        seconds = (round(ring, 3), round(talk, 3), round(hold, 3), wrap)
        self.rows["agent_calls"].append(AgentCall(agent, at, cdr.id, cdr.queue or "", outcome, *seconds).as_json())

    def _conclude(self, cdr: Cdr, trail: list[TrailEvent], *parties: tuple[str, str]) -> None:
        cause = cdr.hangup_cause or 16
        ended = cdr.ended_at or cdr.started_at
        told = [*trail, TrailEvent(cdr.id, ended, "ended", {"cause": cause, "by": cdr.hangup_by})]
        began = (cdr.started_at, cdr.answered_at or cdr.started_at)
        legs = [
            LegRecord(self._id(at), cdr.id, kind, name, at, cdr.ended_at, cause)
            for at, (kind, name) in zip(began, parties, strict=False)
        ]
        self.rows["calls"].append(rows.values(cdr) | {"story": stories.pack(told, legs)})
        self.rows["facts"] += [dataclasses.asdict(fact) for fact in facts.of(cdr, told)]


def _chain(db: sqlite3.Connection, recordings: list[dict[str, Any]]) -> None:
    """Each recording as a link of the chain of proof."""
    for row in recordings:
        facts = {name: row[name] for name in ("sha256", "bytes", "call", "started_at", "duration_s", "codec", "key")}
        chain.append(db, chain.STORED, row["id"], parse(row["started_at"]), facts)


def _day(job: tuple[int, int, Year]) -> Rows:
    return _Day(*job).make()


def _insert(db: sqlite3.Connection, table: str, found: list[dict[str, Any]]) -> None:
    if found:
        names, places = ", ".join(found[0]), ", ".join(f":{name}" for name in found[0])
        db.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", found)  # noqa: S608


def _days(calls: int, year: Year) -> Iterator[tuple[int, int, Year]]:
    """How many calls each day has: few at weekends."""
    weights = [5 if (year.first + timedelta(days=day)).weekday() < 5 else 1 for day in range(year.days)]
    left, weight = calls, sum(weights)
    for day, share in enumerate(weights):
        today = round(left * share / weight)
        left, weight = left - today, weight - share
        yield day, today, year


def fill(state: Path, calls: int = 1_000_000, year: Year = BUSY) -> float:
    """Writes the year; how many seconds that took."""
    path, began = state / "history.db", time.monotonic()
    migrations.ensure(path)
    with contextlib.closing(open_for_writing(path)) as db, multiprocessing.Pool(os.cpu_count()) as pool:
        db.execute("PRAGMA synchronous = OFF")
        seq = itertools.count(1)
        for day, found in enumerate(pool.imap(_day, _days(calls, year)), 1):
            db.execute("BEGIN")
            found["calls"] = [call | {"seq": next(seq)} for call in found["calls"]]
            for table, made in found.items():
                _insert(db, table, made)
            _chain(db, found["recordings"])
            line_hours.sum_up(db, milliseconds(year.first + timedelta(days=day)))
            db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return time.monotonic() - began


if __name__ == "__main__":
    print(f"{fill(Path(sys.argv[1]), int((*sys.argv[2:], '1000000')[0])):.0f} s")
