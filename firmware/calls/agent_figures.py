# SPDX-License-Identifier: GPL-2.0-or-later
"""What all agents did today: written down as it happens, and added up live."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from firmware import times
from firmware.acd import AgentState
from firmware.agents.ledger import Choice, Ledger, Record, Seen
from firmware.agents.moment import Moment
from firmware.agents.statistics import Day, Figures
from firmware.calls.journal import Journal
from firmware.config import Config
from firmware.records import AgentCall, AgentChange, Change
from firmware.store import agents as store

log = logging.getLogger(__name__)


def moment() -> Moment:
    """Now."""
    return Moment(times.now(), time.monotonic())


class AgentFigures:
    """One ledger an agent, and the figures since midnight at the site. `clock` tells the moment."""

    def __init__(
        self, journal: Journal, config: Callable[[], Config], local_time: Callable[[], datetime],
        clock: Callable[[], Moment] = moment,
    ) -> None:  # fmt: skip
        self._journal, self._config, self._local_time, self.clock = journal, config, local_time, clock
        self._ledgers: dict[str, Ledger] = {}
        self._known: dict[str, AgentChange] = {}
        self._seen_until: datetime | None = None
        self._stand: dict[str, object] = {}  # as it was written last
        self._day = Day(self.midnight())

    def midnight(self) -> datetime:
        """When the day began at the site."""
        return self._local_time().replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)

    def take_over(self, records: Iterable[Record], last: Mapping[str, AgentChange], seen: datetime | None) -> None:
        """What the history has of today, what changed last for each agent, and until when the box watched."""
        self._day.take(records)
        self._known, self._seen_until = dict(last), seen

    # ---- what happens ----------------------------------------------------------------------------

    def begin(self, agent: str, state: AgentState, reason: str, queues: Sequence[str]) -> None:
        """The box watches this agent from now on, who is so: since before a restart, or since just now."""
        now = self.clock()
        last = self._known.pop(agent, None)
        if not last:
            ledger = self._ledgers[agent] = Ledger(agent, now)
            self._write(ledger, ledger.choose(Choice(Change.LOGGED_IN), queues, now) if queues else [])
        else:
            until = min(now.at, max(last.at, self._seen_until or last.at))
            away = Moment(now.at, now.s - (until - last.at).total_seconds())
            ledger = self._ledgers[agent] = Ledger(agent, away, state, reason, tuple(queues))
            self._write(ledger, ledger.choose(Choice(Change.RESTARTED), queues, now))

    def end(self, agent: str) -> None:
        """The agent was taken out of the configuration."""
        ledger = self._ledgers.pop(agent)
        self._write(ledger, ledger.observe(Seen(AgentState.LOGGED_OUT), self.clock()))

    def watched(self) -> list[str]:
        """All who have begun."""
        return list(self._ledgers)

    def queues(self, agent: str) -> tuple[str, ...]:
        """Where the agent is logged in, as far as was told."""
        return self._ledgers[agent].queues

    def chose(self, agent: str, choice: Choice, queues: Sequence[str]) -> None:
        """Somebody chose for the agent, whose queues are these from now on. Tell it before anything follows of it."""
        ledger = self._ledgers[agent]
        self._write(ledger, ledger.choose(choice, queues, self.clock()))

    def saw(self, agent: str, seen: Seen) -> None:
        """What the agent is now."""
        ledger = self._ledgers[agent]
        self._write(ledger, ledger.observe(seen, self.clock()))

    def missed(self, agent: str) -> None:
        """The call that is offered is not taken."""
        self._ledgers[agent].missed()

    def held(self, agent: str, on: bool) -> None:
        """The caller waits for the agent, or no longer."""
        if agent in self._ledgers:
            self._ledgers[agent].hold(on, self.clock())

    def last_call(self, agent: str) -> AgentCall | None:
        """The newest one that the agent took."""
        return self._ledgers[agent].last if agent in self._ledgers else None

    def coded(self, agent: str, code: str, by: str) -> AgentCall:
        """The last call has this code."""
        ledger = self._ledgers[agent]
        goes_on, call = ledger.coded(code), ledger.last
        assert call
        if not goes_on:
            self._day.coded(call, code)
        self._journal.write(store.coded, call, code, by, self.clock().at, self._config().cloud is not None)
        return call

    def _write(self, ledger: Ledger, records: Sequence[Record]) -> None:
        if records:
            self._day.take(records)
            self._journal.write(store.recorded, list(records))
        stands = (ledger.state.value, ledger.reason, ledger.queues, ledger.since.at)
        if self._stand.get(ledger.agent) != stands:
            self._stand[ledger.agent] = stands
            self._journal.write(store.stands, ledger.agent, *stands)

    def look(self) -> None:
        """Time has passed: a day may be over. What was seen until now is kept."""
        if (midnight := self.midnight()) > self._day.began:
            self._day = Day(midnight)
        self._journal.write(store.seen, self.clock().at, essential=False)

    # ---- figures -----------------------------------------------------------------------------------

    def open(self, agent: str) -> list[Record]:
        """What goes on of an agent, as if it ended now."""
        return self._ledgers[agent].open(self.clock())

    def today(self) -> dict[str, Any]:
        """Of each agent, in all and in each queue; of each queue; and when the day began."""
        config = self._config()
        figures = self._day.with_open(record for agent in self._ledgers for record in self.open(agent))
        unpaid = {reason.name for reason in config.pause_reasons if not reason.paid}
        agents, queues = [], {queue.name: Figures() for queue in config.queues}
        for agent in config.agents:
            own = {name: figures(agent.id, name) for name in agent.queues}
            for name, one in own.items():
                queues[name].add(one)
            shown = {name: one.as_json(unpaid) for name, one in own.items()}
            total = figures(agent.id, None).as_json(unpaid)
            agents.append({"id": agent.id, "name": agent.name, **total, "by_queue": shown})
        return {
            "since": times.iso(self._day.began),
            "agents": agents,
            "queues": [{"name": name, **one.as_json(unpaid)} for name, one in queues.items()],
        }
