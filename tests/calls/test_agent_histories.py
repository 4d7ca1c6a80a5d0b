# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever agents, supervisors, callers and phones do, in any order: one agent at a phone, one call an agent, nobody is
rung who is not available, and every second of everybody's day is counted once.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import virtual_time
from agents_office import DOCUMENT, Actor, AgentsOffice
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware import acd
from firmware.acd import AgentMode, AgentState
from firmware.errors import TipringError
from firmware.records import AgentCall, AgentChange, OfferOutcome

CAROL = {"id": "carol", "extension": "202", "number": "33", "pin": "4713", "queues": {"sales": 1, "support": 2}}
AGENTS = ("alice", "bob", "carol")
EXTENSIONS = ("201", "202", "203")
QUEUES = ("sales", "support")

agent, extension, queue = st.sampled_from(AGENTS), st.sampled_from(EXTENSIONS), st.sampled_from(QUEUES)
maybe_queue, maybe_extension = st.none() | queue, st.none() | extension
by = st.sampled_from(("himself", "boss"))
STEP = st.one_of(
    st.tuples(st.just("log_in"), agent, maybe_extension, maybe_queue, by),
    st.tuples(st.just("log_out"), agent, maybe_queue, by),
    st.tuples(st.just("pause"), agent, st.sampled_from(("lunch", "training")), by),
    st.tuples(st.just("ready"), agent, by),
    st.tuples(st.just("code"), agent, st.sampled_from(("sale", "no_sale", "solved")), by),
    st.tuples(st.just("extend"), agent),
    st.tuples(st.just("phone"), extension),
    st.tuples(st.just("caller"), queue),
    st.tuples(st.just("answer"), st.booleans()),
    st.tuples(st.just("hang_up"), agent),
    st.tuples(
        st.just("leave"),
    ),
    st.tuples(st.just("wait"), st.sampled_from((0.5, 4.0, 7.0, 30.0))),
)


class Day:
    """A day at the office, told by steps."""

    def __init__(self) -> None:
        self.office = AgentsOffice(agent=[*DOCUMENT["agent"], CAROL])
        self.calls = 0
        self.waiting: list[str] = []

    async def begin(self) -> None:
        self.office.open()

    async def step(self, name: str, *arguments: Any) -> None:
        """What cannot be is refused, and changes nothing that matters."""
        with contextlib.suppress(TipringError):
            await getattr(self, name)(*arguments)
        self.look()

    def _actor(self, id: str, by: str) -> Actor:
        return Actor(id if by == "himself" else by, "phone")

    async def log_in(self, id: str, extension: str | None, queue: str | None, by: str) -> None:
        self.office.agents.log_in(id, extension, queue, self._actor(id, by))

    async def log_out(self, id: str, queue: str | None, by: str) -> None:
        self.office.agents.log_out(id, queue, self._actor(id, by))

    async def pause(self, id: str, reason: str, by: str) -> None:
        self.office.agents.pause(id, reason, self._actor(id, by))

    async def ready(self, id: str, by: str) -> None:
        self.office.agents.ready(id, self._actor(id, by))

    async def code(self, id: str, code: str, by: str) -> None:
        self.office.agents.code(id, code, None, self._actor(id, by))

    async def extend(self, id: str) -> None:
        self.office.agents.extend_wrap_up(id, 20)

    async def phone(self, extension: str) -> None:
        """It comes, or goes away."""
        self.office.away ^= {extension}
        self.office.check_phones(extension)

    async def caller(self, queue: str) -> None:
        self.calls += 1
        self.waiting.append(f"c{self.calls}")
        self.office.calls(self.waiting[-1], queue=queue)

    async def answer(self, takes: bool) -> None:
        """The phone that rings is answered, or not in time."""
        offered = next((one for one in self.office.state.agents.values() if one.offered), None)
        if offered and offered.offered:
            call = offered.offered
            if takes:
                self.waiting.remove(call)
            self.office.handle(acd.Answered(call, offered.id) if takes else acd.NotAnswered(call, offered.id))

    async def hang_up(self, id: str) -> None:
        if call := self.office.state.agents[id].talking:
            self.office.handle(acd.TalkEnded(id, call))
            self.office.check_phones()

    async def leave(self) -> None:
        """The caller who waits longest goes."""
        if self.waiting:
            self.office.handle(acd.CallLeft(self.waiting.pop(0)))

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    # ---- what always holds -------------------------------------------------------------------------

    def look(self) -> None:
        desk, agents = self.office.agents, self.office.config.agents
        seats = [desk.seats.of(one) for one in agents if desk.watch.now(one.id).mode is not AgentMode.LOGGED_OUT]
        assert len(seats) == len(set(seats)), seats
        for one in agents:
            state = desk.watch.state(one)
            if state is AgentState.OFFERED:
                assert desk.watch.now(one.id).mode is AgentMode.AVAILABLE
            if state is AgentState.AVAILABLE:
                assert desk.seats.of(one) not in self.office.away
            last = desk.figures.last_call(one.id)
            if state is AgentState.AVAILABLE and last and last.queue == "sales" and not last.code:
                assert any(change.by == "boss" for change in self.changes(one.id))  # nobody else gets round it

    def changes(self, id: str) -> list[AgentChange]:
        records = self.office.journal.records()
        return [record for record in records if isinstance(record, AgentChange) and record.agent == id]

    def add_up(self) -> None:
        """Records and figures say the same, and nothing is counted twice or lost."""
        now = self.office.clock().s
        figures = {one["id"]: one for one in self.office.agents.figures.today()["agents"]}
        for id in AGENTS:
            ended = sum(change.lasted_s for change in self.changes(id))
            goes_on = sum(r.lasted_s for r in self.office.agents.figures.open(id) if isinstance(r, AgentChange))
            assert abs(ended + goes_on - now) < 0.1
            shown = figures[id]
            assert shown["logged_in_s"] <= now + 0.1
            assert shown["handle_s"] <= shown["ready_s"] + shown["paused_s"] + shown["unavailable_s"] + 0.3
            records = [r for r in self.office.journal.records() if isinstance(r, AgentCall) and r.agent == id]
            concluded = {(record.at, record.call): record for record in records}
            taken = sum(1 for r in concluded.values() if r.outcome is OfferOutcome.ANSWERED)
            assert shown["calls"] == taken


@settings(max_examples=300, deadline=None)
@given(st.lists(STEP, max_size=40))
def test_any_day_adds_up(steps: list[tuple[Any, ...]]) -> None:
    async def told() -> None:
        day = Day()
        await day.begin()
        for name, *arguments in steps:
            await day.step(name, *arguments)
        day.add_up()

    virtual_time.run(told())
