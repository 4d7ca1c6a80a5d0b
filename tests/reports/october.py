# SPDX-License-Identifier: GPL-2.0-or-later
"""A month of a small office in Berlin, October 2026, call by call; `figures of a hand` are in the tests that use it.

On Sunday the 25th the clocks go back at 3:00: that day has 25 hours, and half past two comes twice.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from firmware.ids import uuid7
from firmware.records import AgentCall, AgentChange, Cdr, Change, Direction, Disposition, OfferOutcome, TrailEvent
from firmware.store import agents, history

BERLIN = ZoneInfo("Europe/Berlin")
DOCUMENT = {
    "site": {"timezone": "Europe/Berlin"},
    "queue": [
        {"name": "support", "service_level_s": 20, "short_abandon_s": 5},
        {"name": "sales", "service_level_s": 30, "short_abandon_s": 5},
    ],
}
MENU_S = 5  # from the first ring until the caller is in the queue
RING_S = 4  # how long an agent lets it ring


@dataclass(frozen=True)
class Stay:
    """One line of the table below: seconds; `agent` answered, or `left` says how the caller went."""

    queue: str
    wait: float
    agent: str = ""
    talk: float = 0
    hold: float = 0
    wrap: float = 0
    left: str = ""
    missed: str = ""  # an agent who let it ring for 15 s before


def when(text: str, fold: int = 0) -> datetime:
    """Time of the site; `fold=1`: the second of two."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


QUEUED: list[tuple[datetime, str, list[Stay]]] = [
    (when("10-01 09:00:00"), "fxo1", [Stay("support", 10, "alice", talk=100, wrap=10)]),
    (when("10-01 09:05:00"), "fxo1", [Stay("sales", 30, "carol", talk=120, wrap=30)]),
    (when("10-01 09:10:00"), "fxo1", [Stay("support", 20, "bob", talk=200, hold=20, wrap=10)]),
    (when("10-01 09:20:00"), "fxo2", [Stay("support", 21, "alice", talk=60, wrap=5, missed="bob")]),
    (when("10-01 09:35:00"), "fxo2", [Stay("sales", 31, "carol", talk=240, hold=60)]),
    (when("10-01 10:00:00"), "fxo1", [Stay("support", 3, left="abandoned")]),
    (when("10-01 10:05:00"), "fxo2", [Stay("support", 15, left="abandoned")]),
    (when("10-01 10:30:00"), "fxo1", [Stay("support", 40, left="abandoned")]),
    (when("10-02 09:00:00"), "fxo1", [Stay("support", 60, "bob", talk=300, wrap=20)]),
    (when("10-02 10:00:00"), "fxo1", [Stay("sales", 30, left="abandoned")]),
    (when("10-02 10:10:00"), "fxo1", [Stay("sales", 2, left="abandoned")]),
    (when("10-02 23:59:50"), "fxo1", [Stay("support", 30, left="overflowed")]),  # ends on the 3rd
    (when("10-05 09:00:00"), "fxo1", [Stay("support", 12, left="voicemail")]),  # by a key
    (when("10-05 09:30:00"), "fxo2", [Stay("support", 35, left="call_back")]),
    (when("10-06 14:00:00"), "fxo1", [Stay("support", 30, left="overflowed"), Stay("sales", 10, "carol", 90, wrap=15)]),
    (when("10-25 00:30:00"), "fxo1", [Stay("support", 5, "alice", talk=50)]),
    (when("10-25 02:30:00"), "fxo1", [Stay("support", 5, "alice", talk=40)]),
    (when("10-25 02:30:00", fold=1), "fxo1", [Stay("support", 5, "bob", talk=60)]),
    (when("10-25 23:45:00"), "fxo2", [Stay("support", 100, left="abandoned")]),
    (when("10-31 23:59:50"), "fxo1", [Stay("support", 8, left="abandoned")]),
    # not of this month:
    (when("09-30 23:59:50"), "fxo1", [Stay("support", 5, "alice", talk=999)]),
    (when("11-01 00:00:00"), "fxo1", [Stay("support", 5, "alice", talk=999)]),
]
PAST_QUEUES: list[tuple[datetime, Direction, str | None, str | None, Disposition, float, float]] = [
    # when, direction, line, trunk, what it came to, ringing, talk
    (when("10-01 11:00:00"), Direction.OUTBOUND, None, "provider", Disposition.ANSWERED, 10, 60),
    (when("10-01 11:05:00"), Direction.OUTBOUND, None, "provider", Disposition.BUSY, 5, 0),
    (when("10-05 12:00:00"), Direction.INTERNAL, None, None, Disposition.ANSWERED, 5, 30),
    (when("10-05 12:30:00"), Direction.INBOUND, "fxo2", None, Disposition.NO_ANSWER, 25, 0),
]


def write(db: sqlite3.Connection) -> None:
    """All of it, as the core writes it."""
    for at, line, stays in QUEUED:
        _queued(db, at, line, stays)
    for at, direction, line, trunk, disposition, ring, talk in PAST_QUEUES:
        _past_queues(db, Cdr(uuid7(), direction, "201", "", "5550100", at, line, trunk), disposition, ring, talk)
    dave = _dave()
    agents.recorded(db, [*_day_of_alice(), dave])
    agents.stands(db, dave.agent, "available", "", dave.queues, dave.at)


def _queued(db: sqlite3.Connection, at: datetime, line: str, stays: list[Stay]) -> None:
    call = Cdr(uuid7(), Direction.INBOUND, "5551234", "", "600", at - timedelta(seconds=MENU_S), line=line)
    trail: list[TrailEvent] = []
    offers: list[AgentCall] = []
    now = at
    for stay in stays:
        now = _stay(call, trail, offers, stay, now)
    last = stays[-1]
    disposition = Disposition(last.left) if last.left else Disposition.ANSWERED
    by = "system" if last.left in ("overflowed", "voicemail", "call_back") else "caller"
    trail.append(TrailEvent(call.id, now, "ended", {"by": by}))
    history.call_began(db, call)
    history.trail(db, trail)
    agents.recorded(db, offers[:-1])
    answered = now - timedelta(seconds=last.talk + last.hold) if last.agent else None
    ended = {"queue": last.queue, "agent": last.agent or None, "answered_at": answered, "disposition": disposition}
    cdr = Cdr(call.id, call.direction, call.from_number, "", "600", call.started_at, line, ended_at=now, **ended)
    history.call_ended(db, cdr, cloud=False)
    agents.recorded(db, offers[-1:])  # wrap-up ends after the call


def _stay(call: Cdr, trail: list[TrailEvent], offers: list[AgentCall], stay: Stay, at: datetime) -> datetime:
    def note(seconds: float, event: str, **data: object) -> datetime:
        trail.append(TrailEvent(call.id, at + timedelta(seconds=seconds), event, data))
        return trail[-1].at

    def offered(agent: str, seconds: float, outcome: OfferOutcome, ring: float, *times: float) -> None:
        offers.append(
            AgentCall(agent, at + timedelta(seconds=seconds), call.id, stay.queue, outcome, ring, *(times or (0, 0, 0)))
        )

    note(0, "queued", queue=stay.queue)
    if stay.missed:
        note(1, "offered", agent=stay.missed)
        note(16, "not_answered", agent=stay.missed)
        offered(stay.missed, 1, OfferOutcome.MISSED, 15)
    if stay.left == "voicemail":
        note(stay.wait, "left_by_key", digit="1")
    elif stay.left == "overflowed":
        note(stay.wait, "overflowed", queue=stay.queue, reason="waited for as long as the queue allows")
    if stay.left:
        return at + timedelta(seconds=stay.wait)
    note(stay.wait - RING_S, "offered", agent=stay.agent)
    note(stay.wait, "answered", agent=stay.agent)
    if stay.hold:
        note(stay.wait + 10, "held")
        note(stay.wait + 10 + stay.hold, "resumed")
    offered(stay.agent, stay.wait - RING_S, OfferOutcome.ANSWERED, RING_S, stay.talk, stay.hold, stay.wrap)
    return at + timedelta(seconds=stay.wait + stay.talk + stay.hold)


def _past_queues(db: sqlite3.Connection, call: Cdr, disposition: Disposition, ring: float, talk: float) -> None:
    ended = call.started_at + timedelta(seconds=ring + talk)
    known = {"ended_at": ended, "wait_s": ring, "talk_s": talk, "disposition": disposition}
    history.call_ended(db, Cdr(**{name: getattr(call, name) for name in _BEGAN}, **known), cloud=False)


_BEGAN = ("id", "direction", "from_number", "from_name", "to_number", "started_at", "line", "trunk")


def _day_of_alice() -> Iterable[AgentChange]:
    """The first: at work from 8 to 12, with a pause from 10:00 to 10:30."""
    for at, change, reason, was, was_reason, seconds in (
        ("08:00", Change.LOGGED_IN, "", "logged_out", "", 50_000),
        ("10:00", Change.PAUSED, "lunch", "available", "", 7200),
        ("10:30", Change.READY, "", "paused", "lunch", 1800),
        ("12:00", Change.LOGGED_OUT, "", "available", "", 5400),
    ):
        told = {"reason": reason, "was": was, "was_reason": was_reason, "queues": ("support",), "lasted_s": seconds}
        yield AgentChange(uuid7(), "alice", when(f"10-01 {at}"), change, extension="201", **told)


def _dave() -> AgentChange:
    """Has been at work since eight on the 20th of November."""
    at = when("11-20 08:00")
    return AgentChange(uuid7(), "dave", at, Change.LOGGED_IN, extension="204", queues=("support",), lasted_s=3600)
