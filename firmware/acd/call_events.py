# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to calls in queues."""

from __future__ import annotations

from firmware.acd.agents import Agent
from firmware.acd.commands import AgentPaused, Command, GaveUp, Overflow, Withdraw
from firmware.acd.configuring import end_offers, free, needs_of
from firmware.acd.events import AgentMode, Answered, CallJoined, CallLeft, NotAnswered, Outcome, PlaceKept
from firmware.acd.floor import DUE, EMPTY, LOOK, READY, RETURN, WAITED, Floor, Former
from firmware.acd.memory import remember
from firmware.acd.places import Place
from firmware.acd.queues import Queue

MISSED = "did not answer"  # the reason of the pause by the ACD


# ---- coming and going ------------------------------------------------------------------------


def joined(floor: Floor, event: CallJoined) -> list[Command]:
    """A call wants an agent."""
    if event.call in floor.calls:
        return []
    queue = floor.queues.get(event.queue)
    why = GaveUp.DELETED if not queue else None if event.callback else refused(queue)
    if why or not queue:
        return [Overflow(event.call, event.queue, why or GaveUp.DELETED)]
    settings, now = queue.settings, floor.now
    priority = settings.priority + event.priority
    former = floor.formers.pop((event.queue, event.caller), None) or Former(
        now - event.waited_s, now - event.waited_s - priority * settings.priority_step_s
    )
    floor.timers.cancel((RETURN, f"{event.queue} {event.caller}"))
    place = Place(
        event.call, event.queue, event.caller, former.joined_at, former.rank, floor.number(), priority,
        event.required, event.preferred, entered_at=now, callback=event.callback, due_at=event.due_at,
    )  # fmt: skip
    needs_of(place, settings)
    floor.enter(place)
    return []


def refused(queue: Queue) -> GaveUp | None:
    """Why no caller may join now."""
    settings = queue.settings
    if settings.max_callers and queue.callers() >= settings.max_callers:
        return GaveUp.FULL
    return None if queue.has(settings.join_while) else GaveUp.EMPTY


def left(floor: Floor, event: CallLeft) -> list[Command]:
    """The caller is gone; one who was cut off may come again."""
    place = floor.calls.get(event.call)
    if not place:
        return []
    if event.dropped and not place.callback:
        floor.queues[place.queue].pace.call_waited(place.waited(floor.now), gave_up=True)
        remember(floor, place.queue, place.caller, Former(place.joined_at, place.rank))
    return take_out(floor, place, "the caller left")


def place_kept(floor: Floor, event: PlaceKept) -> list[Command]:
    """The place goes over to a call-back. Nothing happens to a call that has lost it."""
    place = floor.calls.get(event.call)
    if not place or event.callback in floor.calls:
        return []
    commands = take_out(floor, place, "the caller is called back")
    kept = Place(
        event.callback, place.queue, place.caller, place.joined_at, place.rank, place.number, place.priority,
        place.needs, place.likes, place.required, place.preferred, floor.now, True, event.due_at,
    )  # fmt: skip
    floor.enter(kept)
    return commands


def take_out(floor: Floor, place: Place, reason: str) -> list[Command]:
    """Out of the line; nobody rings for the call."""
    floor.leave(place)
    return end_offers(floor, place, reason)


# ---- how an offer ends -----------------------------------------------------------------------


def answered(floor: Floor, event: Answered) -> list[Command]:
    """The first who takes the call has it; who comes too late is let go."""
    place, agent = floor.calls.get(event.call), floor.agents.get(event.agent)
    if not place or not agent or event.agent not in place.offered_to:
        return [Withdraw(event.call, event.agent, "somebody was faster, or the caller left")]
    del place.offered_to[agent.id]
    commands = take_out(floor, place, "another agent answered")
    queue = floor.queues[place.queue]
    queue.talking += 1
    if not place.callback:
        queue.pace.call_waited(place.waited(floor.now), gave_up=False)
    agent.offered, agent.talking, agent.queue = None, place.call, place.queue
    agent.since = agent.talk_at = floor.now
    agent.misses = 0
    floor.refresh(agent)
    return commands


def not_answered(floor: Floor, event: NotAnswered) -> list[Command]:
    """The agent is left alone for a while; the call seeks another one, or has waited long enough."""
    place, agent = floor.calls.get(event.call), floor.agents.get(event.agent)
    commands: list[Command] = []
    if agent and agent.offered == event.call:
        commands += _missed(floor, agent, event)
        free(floor, agent)
    if place and place.offered_to.pop(event.agent, None) is not None and not place.offered_to:
        commands += nobody_rings(floor, place)
    return commands


def _missed(floor: Floor, agent: Agent, event: NotAnswered) -> list[Command]:
    settings = floor.queues[agent.queue or ""].settings
    delays = {Outcome.NO_ANSWER: settings.no_answer_delay_s, Outcome.REJECTED: settings.reject_delay_s}
    agent.rest_until = floor.now + delays.get(event.outcome, settings.busy_delay_s)
    agent.rest_why = event.outcome
    if event.outcome is not Outcome.NO_ANSWER:
        return []
    agent.misses += 1
    floor.to_keep.add(("agent", agent.id))
    if not settings.max_misses or agent.misses < settings.max_misses:
        return []
    misses, agent.misses = agent.misses, 0
    agent.mode, agent.reason = AgentMode.PAUSED, MISSED
    return [AgentPaused(event.call, agent.id, misses)]


def nobody_rings(floor: Floor, place: Place) -> list[Command]:
    """The call's last offer is over."""
    if place.overdue(floor.queues[place.queue].settings.max_wait_s, floor.now):
        return _give_up(floor, place, GaveUp.MAX_WAIT)
    floor.seek(place)
    return []


def _give_up(floor: Floor, place: Place, why: GaveUp) -> list[Command]:
    floor.queues[place.queue].pace.call_waited(place.waited(floor.now), gave_up=False)
    return [*take_out(floor, place, why.sentence), Overflow(place.call, place.queue, why)]


# ---- what time brings ------------------------------------------------------------------------


def due(floor: Floor) -> list[Command]:
    """Everything that is due by now."""
    commands: list[Command] = []
    for what, id in floor.timers.due(floor.now):
        if what == READY:
            floor.refresh(floor.agents[id])
        elif what == RETURN:
            queue, _, caller = id.partition(" ")
            floor.formers.pop((queue, caller), None)
        elif what == EMPTY:
            commands += _emptied(floor, floor.queues[id])
        else:
            commands += _due_for(floor, what, floor.calls[id])
    return commands


def _due_for(floor: Floor, what: str, place: Place) -> list[Command]:
    queue = floor.queues[place.queue]
    if what == DUE:
        place.due_at = None
        del queue.sleeping[place.call]
        floor.enter(place)
    elif what == LOOK and queue.may_ring(place, floor.now):
        floor.hungry[place.call] = place
    elif what == WAITED and not place.offered_to:
        return _give_up(floor, place, GaveUp.MAX_WAIT)
    return []


def _emptied(floor: Floor, queue: Queue) -> list[Command]:
    """Nobody is there to wait for: those on the line go, unless somebody's phone rings for them."""
    gone = [place for place in queue.seeking if not place.callback]
    return [command for place in gone for command in _give_up(floor, place, GaveUp.EMPTY)]
