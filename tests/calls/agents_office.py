# SPDX-License-Identifier: GPL-2.0-or-later
"""An office of agents without phones: the real ACD and the real desk, on virtual time; its journal only remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from notebook import Notebook

from firmware import acd
from firmware.agents.moment import Moment
from firmware.calls.agent_desk import Actor, AgentDesk
from firmware.calls.agent_figures import AgentFigures
from firmware.calls.queueing.agents import Agents
from firmware.calls.queueing.settings import configured
from firmware.config import check
from firmware.records import AgentCall, AgentChange

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
ALICE, BOB, BOSS = Actor("alice", "phone"), Actor("bob", "phone"), Actor("boss", "web")

DOCUMENT: dict[str, Any] = {
    "extension": [{"number": number, "sip": {}} for number in ("201", "202", "203")],
    "agent": [
        {"id": "alice", "extension": "201", "number": "31", "pin": "4711", "queues": {"sales": 1, "support": 1}},
        {"id": "bob", "number": "32", "pin": "4712", "queues": {"sales": 1}},
    ],
    "queue": [
        {"name": "sales", "number": "600", "wrap_up_s": 10, "dispositions": ["sale", "no_sale"],
         "disposition_required": True},
        {"name": "support", "number": "601", "wrap_up_s": 10, "dispositions": ["solved"]},
    ],
    "disposition": [{"name": "sale", "key": "1"}, {"name": "no_sale", "key": "2"}, {"name": "solved", "key": "3"}],
    "pause_reason": [{"name": "lunch", "key": "1", "paid": False}, {"name": "training", "key": "2"}],
}  # fmt: skip


class Journal(Notebook):
    """`told` has what would be published."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, Any]] = []

    def announce(self, event: str, data: Any) -> None:
        self.told.append((event, data))

    def records(self) -> list[AgentChange | AgentCall]:
        """What agents did, in order."""
        return [record for name, *args in self.written if name == "recorded" for record in args[0]]


class AgentsOffice:
    """Alice has a place of her own, 201; bob sits wherever he logs in. `away`: extensions whose phone is not there."""

    def __init__(self, **changes: Any) -> None:
        self.config = check(DOCUMENT | changes)
        self.journal, self.away = Journal(), set[str]()
        self.choices = SimpleNamespace(of=lambda extension: extension)
        self.ringing = SimpleNamespace(rings=lambda number: False)
        self.stations: dict[str, Any] = {}
        journal = cast(Any, self.journal)
        self.agents = AgentDesk(
            cast(Any, self), AgentFigures(journal, lambda: self.config, self.local_time, self.clock)
        )
        self.state, self.offers = acd.AcdState(), list[acd.Offer]()
        self.queues = self
        self.views = SimpleNamespace(show=lambda queues, agents: None)

    def clock(self) -> Moment:
        s = asyncio.get_running_loop().time()
        return Moment(NINE + timedelta(seconds=s), s)

    def local_time(self) -> datetime:
        try:
            return self.clock().at
        except RuntimeError:  # before the loop runs
            return NINE

    def phone_reachable(self, extension: Any) -> bool:
        return extension.number not in self.away

    # ---- as `Queues` -----------------------------------------------------------------------------

    def handle(self, event: acd.Event) -> None:
        now = asyncio.get_running_loop().time()
        self.agents.watch.heard(event)
        for command in self.state.handle(event, now):
            self.agents.watch.ordered(command)
            if isinstance(command, acd.Offer):
                self.offers.append(command)
        if (deadline := self.state.deadline(now)) is not None:
            asyncio.get_running_loop().call_at(deadline + 0.001, self.handle, acd.Tick())
        self.agents.watch.look(self.state.take_changes().agents)

    def check_phones(self, extension: str | None = None) -> None:
        Agents(cast(Any, self), self).check_phones(extension)

    def open(self) -> None:
        """The box starts."""
        self.handle(configured(self.config))
        self.agents.watch.configure()
        self.check_phones()

    # ---- what stories ask ------------------------------------------------------------------------

    def is_(self, id: str) -> str:
        """The agent's state."""
        return self.agents.watch.state(self.agents.agent(id)).value

    def calls(self, *calls: str, queue: str) -> None:
        """These join a queue."""
        for call in calls:
            self.handle(acd.CallJoined(call, queue))

    async def talks(self, id: str, call: str, queue: str, seconds: float = 20) -> None:
        """A call joins, the agent answers, talks, and hangs up."""
        self.calls(call, queue=queue)
        assert self.state.agents[id].offered == call
        self.handle(acd.Answered(call, id))
        await asyncio.sleep(seconds)
        self.handle(acd.TalkEnded(id, call))

    def changes(self, id: str) -> Iterable[tuple[str, str, str]]:
        """What changed for an agent, why, and by whom."""
        found = [record for record in self.journal.records() if isinstance(record, AgentChange) and record.agent == id]
        return [(record.change.value, record.reason, record.by) for record in found]
