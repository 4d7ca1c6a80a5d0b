# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents log in at phones, take pauses, and say what came of their calls: from a phone, the web, or the API.

Whoever changes something is named in the agent's trail. The ACD has the last word on who gets calls.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from firmware import acd
from firmware.acd import AgentMode, AgentState
from firmware.agents.ledger import Choice
from firmware.calls.agent_figures import AgentFigures
from firmware.calls.agent_seats import Seats
from firmware.calls.agent_watch import BUSY, AgentWatch
from firmware.calls.agent_wrap_up import WrapUps
from firmware.calls.journal import AGENT_PIN
from firmware.calls.pin_guard import PinGuard
from firmware.config import Agent
from firmware.errors import Conflict, Invalid, NotFound
from firmware.records import Change

if TYPE_CHECKING:
    from firmware.calls.host import Host

KEPT_S = 1.0
WRONG_PINS = "Somebody tried wrong PINs for the agent {what}. The log-in is locked for 15 minutes."


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, and how: "phone", "web", "api" or "system"."""

    name: str = "system"
    via: str = "system"


SYSTEM = Actor()


class AgentDesk:
    """Lives in the asyncio thread. `figures` keeps what happened, `watch` follows the ACD."""

    def __init__(self, host: Host, figures: AgentFigures) -> None:
        self._host, self.figures = host, figures
        self.seats, self.wrap_ups = Seats(host), WrapUps(host, figures)
        self.watch = AgentWatch(host, figures, self.seats, self.wrap_ups)
        self.pins = PinGuard(host.journal, AGENT_PIN, WRONG_PINS)

    # ---- who and where ---------------------------------------------------------------------------

    def agent(self, id: str) -> Agent:
        """An agent of the configuration. NotFound."""
        agent = self._host.config.agent(id)
        if not agent:
            raise NotFound(f"There is no agent {id}.", code="no_such_agent", field="id")
        return agent

    def sitting_at(self, extension: str) -> Agent | None:
        """The agent who is logged in there."""
        here = (agent for agent in self._host.config.agents if self.seats.of(agent) == extension)
        return next((agent for agent in here if self.watch.now(agent.id).mode is not AgentMode.LOGGED_OUT), None)

    def why_not(self, agent: Agent, talking: Collection[str]) -> str:
        """Why the agent's phone cannot ring for a caller, "" when it can. `talking`: extensions that are in calls."""
        return self.seats.why_not(agent, talking, busy=self.watch.state(agent) in BUSY)

    async def kept(self) -> None:
        """Until what was chosen outlives the core, before anybody is told so. Not for long: the disk may be away."""
        await self._host.journal.flush(KEPT_S)

    # ---- log in, log out ---------------------------------------------------------------------------

    def log_in(self, id: str, extension: str | None, queue: str | None, actor: Actor) -> None:
        """Takes calls at this phone, or the agent's own: of one queue more, or of all.

        Whoever was logged in there is logged out. NotFound, Invalid, Conflict (`phone_taken`, `agent_busy`).
        """
        agent, now = self.agent(id), self.watch.now(id)
        place = self._place(agent, extension)
        names = self._named(agent, queue)
        out = now.mode is AgentMode.LOGGED_OUT
        queues = names if out or not queue else (*self.watch.queues(agent), *names)
        self._clear(agent, place, actor)
        change = Change.LOGGED_IN if out or not queue else Change.JOINED
        mode = AgentMode.AVAILABLE if out or not queue else now.mode
        self.figures.chose(id, Choice(change, "", queue, place, actor.name, actor.via), queues)
        self.seats.take(agent, place)
        logins = [acd.QueueLogin(id, name, name in queues) for name in agent.queues]
        self.watch.tell(*logins, *([acd.AgentSet(id, mode)] if mode is not now.mode else []))
        self._host.queues.check_phones()

    def _place(self, agent: Agent, extension: str | None) -> str:
        place = extension or self.seats.of(agent)
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
        if self.seats.of(agent) != place and self.watch.state(agent) in BUSY:
            raise Conflict(f"{agent.id} has a call at another phone; end it first.", code="agent_busy")
        other = self.sitting_at(place)
        if not other or other.id == agent.id:
            return
        if self.watch.state(other) in BUSY:
            raise Conflict(f"{other.id} has a call at this phone.", code="phone_taken", field="extension")
        self.log_out(other.id, None, replace(actor, name=agent.id))

    def log_out(self, id: str, queue: str | None, actor: Actor) -> None:
        """Takes no more calls, of one queue or of any. A call that goes on goes on. NotFound, Invalid, Conflict."""
        agent = self.agent(id)
        names = self._named(agent, queue)
        if self.watch.now(id).mode is AgentMode.LOGGED_OUT:
            return
        left = self.watch.queues(agent, without=names)
        if left:
            self.figures.chose(id, Choice(Change.LEFT, "", queue, None, actor.name, actor.via), left)
            self.watch.tell(acd.QueueLogin(id, names[0], False))
            return
        self._need_code(agent, actor)
        self.figures.chose(id, Choice(Change.LOGGED_OUT, "", queue, None, actor.name, actor.via), ())
        logins = [acd.QueueLogin(id, name, True) for name in agent.queues]  # of the next time
        self.watch.tell(acd.AgentSet(id, AgentMode.LOGGED_OUT), *logins)
        self.seats.take(agent, agent.extension)
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
        if self.watch.now(id).mode is AgentMode.LOGGED_OUT:
            place = self._place(agent, None)
            self._clear(agent, place, actor)
            self.seats.take(agent, place)
        self._choose(agent, AgentMode.PAUSED, reason, Choice(Change.PAUSED, reason, by=actor.name, via=actor.via))

    def ready(self, id: str, actor: Actor) -> None:
        """Takes calls, also before wrap-up is over; logs in at the last phone if need be. NotFound, Conflict."""
        agent = self.agent(id)
        if self.watch.now(id).mode is AgentMode.LOGGED_OUT:
            self.log_in(id, None, None, actor)
            return
        self._need_code(agent, actor)
        self._choose(agent, AgentMode.AVAILABLE, "", Choice(Change.READY, by=actor.name, via=actor.via))

    def _choose(self, agent: Agent, mode: AgentMode, reason: str, choice: Choice) -> None:
        now = self.watch.now(agent.id)
        if (now.mode, now.reason) != (mode, reason):
            self.figures.chose(agent.id, choice, self.watch.queues(agent))
        self.watch.tell(acd.AgentSet(agent.id, mode, reason))

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
        if self.watch.state(agent) is not AgentState.WRAP_UP:
            raise Conflict(f"{id} is not in wrap-up.", code="no_wrap_up")
        self.wrap_ups.extend(agent, seconds)

    def _need_code(self, agent: Agent, actor: Actor) -> None:
        self.wrap_ups.need_code(agent, self.watch.state(agent), himself=actor.name == agent.id)

    # ---- as it is shown ------------------------------------------------------------------------------

    def as_json(self, agent: Agent) -> dict[str, Any]:
        """What the control socket says of an agent beside the ACD's part."""
        now, last = self.watch.now(agent.id), self.figures.last_call(agent.id)
        return {
            "number": agent.number,
            "extension": self.seats.of(agent),
            "reason": self.watch.reason(agent),
            "logged_in": [] if now.mode is AgentMode.LOGGED_OUT else list(self.watch.queues(agent)),
            "last_call": self.wrap_ups.as_json(last) if last else None,
        }
