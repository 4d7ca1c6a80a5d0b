# SPDX-License-Identifier: GPL-2.0-or-later
"""Follows what the ACD makes of agents: writes it down, shows it, and tells their phones and wrap-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from firmware import acd
from firmware.acd import AgentMode, AgentState
from firmware.agents.ledger import Choice, Seen
from firmware.calls.agent_figures import AgentFigures
from firmware.calls.agent_seats import Seats
from firmware.calls.agent_wrap_up import WrapUps
from firmware.config import Agent
from firmware.records import Change

if TYPE_CHECKING:
    from firmware.calls.host import Host

MISSES = (acd.Outcome.NO_ANSWER, acd.Outcome.REJECTED)
BUSY = (AgentState.OFFERED, AgentState.ON_CALL)


class AgentWatch:
    """Lives in the asyncio thread. `on_state` is told what agents are."""

    def __init__(self, host: Host, figures: AgentFigures, seats: Seats, wrap_ups: WrapUps) -> None:
        self._host, self._figures, self._seats, self._wrap_ups = host, figures, seats, wrap_ups
        self.on_state: Callable[[Agent, AgentState], None] = lambda agent, state: None
        self._unseen: set[str] | None = None  # who may have changed while the ACD is told several things
        self._busy: set[str] = set()  # with a queue's call

    # ---- what the ACD knows ------------------------------------------------------------------------

    def now(self, id: str) -> acd.Agent:
        """Of an agent."""
        return self._host.queues.state.agents[id]

    def state(self, agent: Agent) -> AgentState:
        """What the agent is now."""
        return self.now(agent.id).state(self._figures.clock().s)

    def reason(self, agent: Agent) -> str:
        """Why the agent is in this state: what was said of a pause, or what is with the phone."""
        now = self.now(agent.id)
        return now.unreachable if self.state(agent) is AgentState.UNAVAILABLE else now.reason

    def queues(self, agent: Agent, without: Iterable[str] = ()) -> tuple[str, ...]:
        """Where the agent is logged in, unless logged out of all."""
        out = {*self.now(agent.id).logged_out_of, *without}
        return tuple(name for name in agent.queues if name not in out)

    # ---- what it is told, and what it does -----------------------------------------------------------

    def tell(self, *events: acd.Event) -> None:
        """All of it is one change: how agents stand in between is nothing to write down."""
        self._unseen = set()
        try:
            for event in events:
                self._host.queues.handle(event)
        finally:
            unseen, self._unseen = self._unseen, None
            self.look(unseen)

    def heard(self, event: acd.Event) -> None:
        """The ACD is told this now."""
        if isinstance(event, acd.NotAnswered) and event.outcome in MISSES and event.agent in self._figures.watched():
            self._figures.missed(event.agent)

    def ordered(self, command: acd.Command) -> None:
        """The ACD wants this; it may have paused an agent itself."""
        agent = self._host.config.agent(command.agent) if isinstance(command, acd.AgentPaused) else None
        if agent:
            self._figures.chose(agent.id, Choice(Change.PAUSED, self.now(agent.id).reason), self.queues(agent))

    def look(self, ids: Iterable[str]) -> None:
        """These agents may be something else now."""
        if self._unseen is not None:
            self._unseen |= set(ids)
            return
        watched = self._figures.watched()
        for agent in filter(None, map(self._host.config.agent, ids)):
            if agent.id in watched:
                self._saw(agent)

    def _saw(self, agent: Agent) -> None:
        now, state = self.now(agent.id), self.state(agent)
        was_busy = agent.id in self._busy
        (self._busy.add if state in BUSY else self._busy.discard)(agent.id)
        self._figures.saw(agent.id, Seen(state, self.reason(agent), now.talking or now.offered, now.queue))
        self._wrap_ups.look(agent, state)
        self.on_state(agent, state)
        if was_busy and state not in BUSY:
            self._host.queues.check_phones(self._seats.of(agent))

    # ---- the configuration ---------------------------------------------------------------------------

    def configure(self) -> None:
        """The ACD has taken it over."""
        agents = self._host.config.agents
        for id in set(self._figures.watched()) - {agent.id for agent in agents}:
            self._figures.end(id)
            self._seats.forget(id)
        for agent in agents:
            (self._serves if agent.id in self._figures.watched() else self._begin)(agent)
        self.look([agent.id for agent in agents])

    def _begin(self, agent: Agent) -> None:
        if not self._seats.of(agent):
            self.tell(acd.AgentSet(agent.id, AgentMode.LOGGED_OUT))
        now = self.now(agent.id)
        queues = () if now.mode is AgentMode.LOGGED_OUT else self.queues(agent)
        self._figures.begin(agent.id, AgentState(now.mode.value), now.reason, queues)

    def _serves(self, agent: Agent) -> None:
        """Other queues may have been given to an agent who is logged in."""
        before, now = self._figures.queues(agent.id), self.queues(agent)
        if before and before != now:
            change = Change.JOINED if set(now) - set(before) else Change.LEFT
            self._figures.chose(agent.id, Choice(change), now)
