# SPDX-License-Identifier: GPL-2.0-or-later
"""An office with a queue: the real ACD, the real stays of callers, phones that are switches; no time passes in it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from agents_office import Notebook
from ringing_office import Office, Wire

from firmware import acd
from firmware.agents.moment import Moment
from firmware.calls.agent_desk import AgentDesk
from firmware.calls.agent_figures import AgentFigures
from firmware.calls.call import Call, CallState
from firmware.calls.leg import Caller
from firmware.calls.queueing import Found, Queues
from firmware.config import check
from firmware.records import Direction, TrailEvent

MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Diary(Notebook):
    """A journal that remembers the trails of calls."""

    def __init__(self) -> None:
        super().__init__()
        self.trail: list[TrailEvent] = []

    def began(self, call: Call) -> None:
        self.calls[call.id] = call

    def note(self, event: TrailEvent) -> None:
        self.trail.append(event)

    def changed(self, call: Call) -> None: ...

    save = changed


class QueueOffice(Office):
    """Alice, bob and carol at 201 to 203 serve `support`. `queue` are its settings."""

    def __init__(self, answers_s: Mapping[str, float] = {}, **queue: Any) -> None:
        self.later_s = 0.0  # somebody has set the clock
        self.document: dict[str, Any] = {
            "extension": [{"number": f"20{n}", "sip": {}} for n in range(1, 7)],
            "queue": [{"name": "support", "wrap_up_s": 0, **queue}],
            "agent": [
                {"id": id, "extension": f"20{n}", "queues": {"support": 1}}
                for n, id in enumerate(("alice", "bob", "carol"), 1)
            ],
        }
        super().__init__(answers_s=answers_s)
        self.ringing.on_changed = self.phones_changed
        self.config = check(self.document)
        self.journal = Diary()
        host = cast(Any, self)
        self.agents = AgentDesk(
            host, AgentFigures(cast(Any, self.journal), lambda: self.config, self.local_time, self.clock)
        )
        self.published: list[tuple[str, dict[str, Any]]] = []
        self.queues = Queues(host, lambda topic, item: self.published.append((topic, item)))

    def clock(self) -> Moment:
        s = asyncio.get_running_loop().time()
        return Moment(MORNING + timedelta(seconds=s), s)

    def local_time(self) -> datetime:
        return self.clock().at + timedelta(seconds=self.later_s)

    def open(self, **changes: Any) -> None:
        """The configuration is in force."""
        self.document |= changes
        self.config = check(self.document)
        self.queues.configure()
        self.agents.watch.configure()

    def phones_changed(self) -> None:
        """As the box tells it, phone by phone, when lamps change."""
        self.queues.check_phones()

    def caller(self, number: str = "5550100") -> Call:
        """Somebody calls."""
        return Call(cast(Any, self.journal), Direction.INBOUND, Caller(number), "600", CallState.RINGING)

    def waits(self, call: Call) -> asyncio.Task[Found | acd.GaveUp]:
        """In the queue."""
        return asyncio.create_task(self.queues.connect(call, "support"))

    def wire(self, number: str) -> Wire:
        """The one on which this phone rang last."""
        return next(wire for wire in reversed(self.wires) if wire.name == number)

    def is_(self, agent: str) -> str:
        """The agent's state."""
        return self.queues.state.agents[agent].state(asyncio.get_running_loop().time()).value

    def trail(self, event: str) -> list[dict[str, Any]]:
        """What such events said."""
        return [dict(noted.data) for noted in self.journal.trail if noted.event == event]
