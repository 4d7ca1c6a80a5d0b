# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents log in at phones, take pauses, and say what came of their calls: from a phone, the web, or the API.

Whoever changes something is named in the agent's trail. The ACD has the last word on who gets calls.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from firmware import acd
from firmware.acd import AgentMode, AgentState
from firmware.agents.ledger import Choice, Seen
from firmware.calls.agent_figures import AgentFigures
from firmware.calls.agent_wrap_up import WrapUps
from firmware.calls.journal import AGENT_PIN
from firmware.calls.pin_locks import PinLocks
from firmware.calls.ringing import gone, why_not
from firmware.config import Agent
from firmware.errors import Conflict, Invalid, NotFound
from firmware.records import Change, Severity
from firmware.store import agents as store

if TYPE_CHECKING:
    from firmware.calls.host import Host

MISSES = (acd.Outcome.NO_ANSWER, acd.Outcome.REJECTED)
BUSY = (AgentState.OFFERED, AgentState.ON_CALL)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, and how: "phone", "web", "api" or "system"."""

    name: str = "system"
    via: str = "system"


SYSTEM = Actor()


class AgentDesk:
    """Lives in the asyncio thread. `figures` keeps what happened; `on_state` is told what agents are."""

    def __init__(self, host: Host, figures: AgentFigures) -> None:
        self._host, self.figures = host, figures
        self._seats: dict[str, str] = {}  # of those who do not sit at their own phone
        self.wrap_ups = WrapUps(host, figures)
        self.on_state: Callable[[Agent, AgentState], None] = lambda agent, state: None
        self._unseen: set[str] | None = None  # who may have changed while the ACD is told several things
        self._busy: set[str] = set()  # with a queue's call
        self._engaged: list[str] = []  # extensions that talk with the box
        self.locks = PinLocks()

    # ---- who and where ---------------------------------------------------------------------------

    def agent(self, id: str) -> Agent:
        """An agent of the configuration. NotFound."""
        agent = self._host.config.agent(id)
        if not agent:
            raise NotFound(f"There is no agent {id}.", code="no_such_agent", field="id")
        return agent

    def seat(self, agent: Agent) -> str | None:
        """The extension where the agent takes calls."""
        return self._seats.get(agent.id, agent.extension)

    def sitting_at(self, extension: str) -> Agent | None:
        """The agent who is logged in there."""
        here = (agent for agent in self._host.config.agents if self.seat(agent) == extension)
        return next((agent for agent in here if self.now(agent.id).mode is not AgentMode.LOGGED_OUT), None)

    def why_not(self, agent: Agent, talking: Collection[str]) -> str:
        """Why the agent's phone cannot ring for a caller, "" when it can. `talking`: extensions that are in calls.

        A SIP phone could take a second call, but an agent has one. While a queue's call is the agent's, the phone only
        has to be there.
        """
        extension = self._host.config.extension(self.seat(agent))
        if not extension:
            return "sits at no phone"
        if self.state(agent) in BUSY:
            return gone(self._host, extension)
        if extension.number in self._engaged:
            return "phone is in use"
        if reason := why_not(self._host, extension):
            return reason
        if extension.number in talking:
            return "is on another call"
        return "phone is ringing for another call" if self._host.ringing.rings(extension.number) else ""

    @contextlib.contextmanager
    def engaged(self, extension: str) -> Iterator[None]:
        """For the time of the block the phone talks with the box."""
        self._engaged.append(extension)
        try:
            yield
        finally:
            self._engaged.remove(extension)
            self._host.queues.check_phones(extension)

    def now(self, id: str) -> acd.Agent:
        """What the ACD knows of an agent."""
        return self._host.queues.state.agents[id]

    def queues(self, agent: Agent, without: Iterable[str] = ()) -> tuple[str, ...]:
        """Where the agent is logged in."""
        out = {*self.now(agent.id).logged_out_of, *without}
        return tuple(name for name in agent.queues if name not in out)

    # ---- log in, log out ---------------------------------------------------------------------------

    def log_in(self, id: str, extension: str | None, queue: str | None, actor: Actor) -> None:
        """Takes calls at this phone, or the agent's own: of one queue more, or of all.

        Whoever was logged in there is logged out. NotFound, Invalid, Conflict (`phone_taken`, `agent_busy`).
        """
        agent, now = self.agent(id), self.now(id)
        place = self._place(agent, extension)
        names = self._named(agent, queue)
        out = now.mode is AgentMode.LOGGED_OUT
        queues = names if out or not queue else (*self.queues(agent), *names)
        self._clear(agent, place, actor)
        change = Change.LOGGED_IN if out or not queue else Change.JOINED
        mode = AgentMode.AVAILABLE if out or not queue else now.mode
        self.figures.chose(id, Choice(change, "", queue, place, actor.name, actor.via), queues)
        self._sit(agent, place)
        logins = [acd.QueueLogin(id, name, name in queues) for name in agent.queues]
        self._tell(*logins, *([acd.AgentSet(id, mode)] if mode is not now.mode else []))
        self._host.queues.check_phones()

    def _place(self, agent: Agent, extension: str | None) -> str:
        place = extension or self.seat(agent)
        if not place:
            message = f"{agent.id} has no phone of his own; say at which extension he logs in."
            raise Invalid(message, code="no_extension", field="extension")
        if not self._host.config.extension(place):
            raise NotFound(f"There is no extension {place}.", code="no_such_extension", field="extension")
        return place

    def _named(self, agent: Agent, queue: str | None) -> tuple[str, ...]:
        if queue is None:
            return tuple(agent.queues)
        if queue not in agent.queues:
            raise Invalid(f"{agent.id} does not serve the queue {queue}.", code="not_in_queue", field="queue")
        return (queue,)

    def _clear(self, agent: Agent, place: str, actor: Actor) -> None:
        """The phone is the agent's alone."""
        if self.seat(agent) != place and self.state(agent) in BUSY:
            raise Conflict(f"{agent.id} has a call at another phone; end it first.", code="agent_busy")
        other = self.sitting_at(place)
        if not other or other.id == agent.id:
            return
        if self.state(other) in BUSY:
            raise Conflict(f"{other.id} has a call at this phone.", code="phone_taken", field="extension")
        self.log_out(other.id, None, replace(actor, name=agent.id))

    def _sit(self, agent: Agent, place: str | None) -> None:
        there = None if place == agent.extension else place
        if there == self._seats.get(agent.id):
            return
        if there:
            self._seats[agent.id] = there
        else:
            del self._seats[agent.id]
        self._host.journal.write(store.sat_down, agent.id, there)

    def log_out(self, id: str, queue: str | None, actor: Actor) -> None:
        """Takes no more calls, of one queue or of any. A call that goes on goes on. NotFound, Invalid, Conflict."""
        agent = self.agent(id)
        names = self._named(agent, queue)
        if self.now(id).mode is AgentMode.LOGGED_OUT:
            return
        left = self.queues(agent, without=names)
        if left:
            self.figures.chose(id, Choice(Change.LEFT, "", queue, None, actor.name, actor.via), left)
            self._tell(acd.QueueLogin(id, names[0], False))
            return
        self._need_code(agent, actor)
        self.figures.chose(id, Choice(Change.LOGGED_OUT, "", queue, None, actor.name, actor.via), ())
        logins = [acd.QueueLogin(id, name, True) for name in agent.queues]  # of the next time
        self._tell(acd.AgentSet(id, AgentMode.LOGGED_OUT), *logins)
        self._sit(agent, agent.extension)
        self._host.queues.check_phones()

    # ---- pauses ------------------------------------------------------------------------------------

    def pause(self, id: str, reason: str, actor: Actor) -> None:
        """Gets no calls until ready again; who is logged out is there on a pause.

        Invalid (`no_such_reason`) unless the reason is one of the list; NotFound, Conflict.
        """
        agent, known = self.agent(id), [reason.name for reason in self._host.config.pause_reasons]
        if known and reason not in known and actor is not SYSTEM:
            message = f'"{reason}" is no reason for a pause here; use one of {", ".join(known)}.'
            raise Invalid(message, code="no_such_reason", field="reason")
        self._need_code(agent, actor)
        if self.now(id).mode is AgentMode.LOGGED_OUT:
            place = self._place(agent, None)
            self._clear(agent, place, actor)
            self._sit(agent, place)
        self._choose(agent, AgentMode.PAUSED, reason, Choice(Change.PAUSED, reason, by=actor.name, via=actor.via))

    def ready(self, id: str, actor: Actor) -> None:
        """Takes calls, also before wrap-up is over; logs in at the last phone if need be. NotFound, Conflict."""
        agent = self.agent(id)
        if self.now(id).mode is AgentMode.LOGGED_OUT:
            self.log_in(id, None, None, actor)
            return
        self._need_code(agent, actor)
        self._choose(agent, AgentMode.AVAILABLE, "", Choice(Change.READY, by=actor.name, via=actor.via))

    def _choose(self, agent: Agent, mode: AgentMode, reason: str, choice: Choice) -> None:
        now = self.now(agent.id)
        if (now.mode, now.reason) != (mode, reason):
            self.figures.chose(agent.id, choice, self.queues(agent))
        self._tell(acd.AgentSet(agent.id, mode, reason))

    def set_state(
        self, id: str, state: str, reason: str, queue: str | None, extension: str | None, actor: Actor
    ) -> None:
        """What the API knows as one: available, paused, logged_out. NotFound, Invalid, Conflict."""
        match state:
            case AgentMode.AVAILABLE if queue or extension:
                self.log_in(id, extension, queue, actor)
            case AgentMode.AVAILABLE:
                self.ready(id, actor)
            case AgentMode.PAUSED:
                self.pause(id, reason, actor)
            case AgentMode.LOGGED_OUT:
                self.log_out(id, queue, actor)
            case _:
                allowed = ", ".join(AgentMode)
                message = f'"{state}" is not a state to choose; use {allowed}.'
                raise Conflict(message, code="bad_agent_state", field="state")

    # ---- codes ---------------------------------------------------------------------------------------

    def code(self, id: str, code: str, call: str | None, actor: Actor) -> None:
        """What came of the agent's present or last call. Invalid (`no_such_disposition`), NotFound."""
        self.wrap_ups.code(self.agent(id), code, call, actor.name)
        self._host.queues.views.show((), [id])

    def codes_of_last(self, agent: Agent) -> tuple[str, ...]:
        """Those that the last call may have."""
        last = self.figures.last_call(agent.id)
        return self.wrap_ups.codes(last) if last else ()

    def extend_wrap_up(self, id: str, seconds: float) -> None:
        """So much more time for the last call. Conflict (`no_wrap_up`) when there is none."""
        agent = self.agent(id)
        if self.state(agent) is not AgentState.WRAP_UP:
            raise Conflict(f"{id} is not in wrap-up.", code="no_wrap_up")
        self.wrap_ups.extend(agent, seconds)

    def _need_code(self, agent: Agent, actor: Actor) -> None:
        self.wrap_ups.need_code(agent, self.state(agent), himself=actor.name == agent.id)

    # ---- PINs --------------------------------------------------------------------------------------

    def locked(self, id: str) -> bool:
        """Whether no PIN is taken for now; the alarm goes when that is over."""
        locked = self.locks.locked(id, asyncio.get_running_loop().time())
        if not locked:
            self._host.journal.clear_alarm(AGENT_PIN + id)
        return locked

    def wrong_pin(self, id: str) -> None:
        """Too many of them lock the log-in for a while."""
        if self.locks.wrong(id, asyncio.get_running_loop().time()):
            text = f"Somebody tried wrong PINs for the agent {id}. The log-in is locked for 15 minutes."
            self._host.journal.raise_alarm(AGENT_PIN + id, Severity.WARNING, text)

    def look_at_pins(self) -> None:
        """Time has passed."""
        for id in self.locks.tried():
            self.locked(id)

    # ---- what the ACD says ---------------------------------------------------------------------------

    def recall(self, seats: dict[str, str]) -> None:
        """Where agents sat before a restart."""
        self._seats = dict(seats)

    def configure(self) -> None:
        """The ACD has taken over a configuration."""
        config = self._host.config
        for id in set(self.figures.watched()) - {agent.id for agent in config.agents}:
            self.figures.end(id)
            self._seats.pop(id, None)
        for agent in config.agents:
            if agent.id not in self.figures.watched():
                self._begin(agent)
            else:
                self._serves(agent)
        self.look([agent.id for agent in config.agents])

    def _begin(self, agent: Agent) -> None:
        if not self.seat(agent):
            self._tell(acd.AgentSet(agent.id, AgentMode.LOGGED_OUT))
        now = self.now(agent.id)
        out = now.mode is AgentMode.LOGGED_OUT
        self.figures.begin(agent.id, AgentState(now.mode.value), now.reason, () if out else self.queues(agent))

    def _serves(self, agent: Agent) -> None:
        """The configuration may have given other queues to an agent who is logged in."""
        before, now = self.figures.queues(agent.id), self.queues(agent)
        if before and before != now:
            change = Change.JOINED if set(now) - set(before) else Change.LEFT
            self.figures.chose(agent.id, Choice(change), now)

    def heard(self, event: acd.Event) -> None:
        """The ACD is told this now."""
        if isinstance(event, acd.NotAnswered) and event.outcome in MISSES and event.agent in self.figures.watched():
            self.figures.missed(event.agent)

    def ordered(self, command: acd.Command) -> None:
        """The ACD wants this; it has paused an agent itself."""
        if isinstance(command, acd.AgentPaused):
            agent = self.agent(command.agent)
            self.figures.chose(agent.id, Choice(Change.PAUSED, self.now(agent.id).reason), self.queues(agent))

    def look(self, ids: Iterable[str]) -> None:
        """These agents may be something else now."""
        if self._unseen is not None:
            self._unseen |= set(ids)
            return
        for id in ids:
            agent = self._host.config.agent(id)
            if not agent or id not in self.figures.watched():
                continue
            now, state, was_busy = self.now(id), self.state(agent), id in self._busy
            (self._busy.add if state in BUSY else self._busy.discard)(id)
            self.figures.saw(id, Seen(state, reason_of(now, state), now.talking or now.offered, now.queue))
            self.wrap_ups.look(agent, state)
            self.on_state(agent, state)
            if was_busy and state not in BUSY:
                self._host.queues.check_phones(self.seat(agent))

    def state(self, agent: Agent) -> AgentState:
        """What the agent is now."""
        return self.now(agent.id).state(self.figures.clock().s)

    def _tell(self, *events: acd.Event) -> None:
        """All of it is one change: how agents stand in between is nothing to write down."""
        self._unseen = set()
        try:
            for event in events:
                self._host.queues.handle(event)
        finally:
            unseen, self._unseen = self._unseen, None
            self.look(unseen)

    # ---- as it is shown ------------------------------------------------------------------------------

    def as_json(self, agent: Agent) -> dict[str, Any]:
        """What the control socket says of an agent beside the ACD's part."""
        now, last = self.now(agent.id), self.figures.last_call(agent.id)
        return {
            "number": agent.number,
            "extension": self.seat(agent),
            "reason": reason_of(now, self.state(agent)),
            "logged_in": [] if now.mode is AgentMode.LOGGED_OUT else list(self.queues(agent)),
            "last_call": self.wrap_ups.as_json(last) if last else None,
        }


def reason_of(now: acd.Agent, state: AgentState) -> str:
    """Why the agent is in this state: what was said of a pause, or what is with the phone."""
    return now.unreachable if state is AgentState.UNAVAILABLE else now.reason
