# SPDX-License-Identifier: GPL-2.0-or-later
"""What supervisors do with those who wait. Whatever cannot be leaves the caller where he is."""

from __future__ import annotations

from dataclasses import replace

from firmware.acd.agents import Agent
from firmware.acd.call_events import refused, take_out
from firmware.acd.commands import Command, GaveUp, Offer, Withdraw
from firmware.acd.configuring import free, needs_of
from firmware.acd.events import AgentMode, Assigned, Moved, PickedUp, PrioritySet, ToFront
from firmware.acd.floor import Floor
from firmware.acd.places import Place
from firmware.acd.queues import Queue
from firmware.acd.reasons import Considered, Reason

FRONT_S = 0.001  # before who was first
BY_HAND = "a supervisor chose otherwise"


def _place(floor: Floor, call: str) -> Place | None:
    """Of a caller on the line."""
    place = floor.calls.get(call)
    return place if place and not place.callback else None


# ---- another queue -----------------------------------------------------------------------------


def why_not_move(floor: Floor, place: Place, queue: str) -> GaveUp | None:
    """Why the other queue does not take the caller; None when it does, and when he is there."""
    if place.queue == queue:
        return None
    return refused(floor.queues[queue]) if queue in floor.queues else GaveUp.DELETED


def moved(floor: Floor, event: Moved) -> list[Command]:
    """Out of one line and into the other, in one step."""
    place = _place(floor, event.call)
    if not place or place.queue == event.queue or why_not_move(floor, place, event.queue):
        return []
    before, settings, now = floor.queues[place.queue], floor.queues[event.queue].settings, floor.now
    before.pace.call_waited(place.waited(now), gave_up=False)
    commands = take_out(floor, place, "the caller was sent to another queue")
    priority = settings.priority + place.priority - before.settings.priority
    joined_at = place.joined_at if event.keep_wait else now
    there = replace(
        place, queue=event.queue, joined_at=joined_at, rank=joined_at - priority * settings.priority_step_s,
        number=floor.number(), priority=priority, entered_at=now, offered_to={}, only="",
    )  # fmt: skip
    needs_of(there, settings)
    floor.enter(there)
    return commands


# ---- the order of the line ---------------------------------------------------------------------


def priority_set(floor: Floor, event: PrioritySet) -> list[Command]:
    """Each point counts as so much waiting as the queue says."""
    if place := _place(floor, event.call):
        step_s = floor.queues[place.queue].settings.priority_step_s
        rank = place.rank + (place.priority - event.priority) * step_s
        place.priority = event.priority
        _stand(floor, place, rank)
    return []


def to_front(floor: Floor, event: ToFront) -> list[Command]:
    """Before everybody who waits now."""
    place = _place(floor, event.call)
    if place and (first := floor.queues[place.queue].waiting[0]) is not place:
        _stand(floor, place, first.rank - FRONT_S)
    return []


def _stand(floor: Floor, place: Place, rank: float) -> None:
    queue = floor.queues[place.queue]
    queue.waiting.remove(place)
    queue.seeking.remove(place)
    place.rank = rank
    queue.waiting.add(place)
    if not place.offered_to:
        queue.seeking.add(place)
    floor.to_keep.add(("place", place.call))
    floor.looks_different.add(("queue", queue.name))


# ---- one agent, or nobody of them --------------------------------------------------------------


def why_not_assign(floor: Floor, place: Place, agent: Agent) -> str:
    """Why the agent cannot have the call now, as a sentence without its subject; "" when he can."""
    queue = place.queue
    if queue not in agent.settings.queues:
        return "does not serve this queue"
    if queue in agent.logged_out_of:
        return "is logged out of this queue"
    if agent.offered == place.call:
        return ""
    reason = agent.busy(floor.now)
    rests = agent.mode is AgentMode.AVAILABLE and not agent.unreachable and floor.now >= agent.wrap_up_until
    if reason and (agent.talking or agent.offered or not rests):
        return reason.sentence
    return ""


def assigned(floor: Floor, event: Assigned) -> list[Command]:
    """The agent's phone rings, and no other one."""
    place, agent = _place(floor, event.call), floor.agents.get(event.agent)
    if not place or not agent or why_not_assign(floor, place, agent):
        return []
    queue = floor.queues[place.queue]
    commands: list[Command] = []
    for id in [id for id in place.offered_to if id != agent.id]:
        free(floor, floor.agents[id])
        del place.offered_to[id]
        commands.append(Withdraw(place.call, id, BY_HAND))
    place.only = agent.id
    if agent.id not in place.offered_to:
        floor.offered(place, agent)
        commands.append(_offer(floor, queue, place, agent))
    return commands


def _offer(floor: Floor, queue: Queue, place: Place, agent: Agent) -> Offer:
    words = [Considered(id, id == agent.id, _why(id == agent.id)) for id in queue.members]
    return Offer(place.call, queue.name, agent.id, queue.settings.ring_timeout_s, words, place.waited(floor.now))


def _why(chosen: bool) -> Reason:
    return Reason("assigned" if chosen else "assigned_other")


def picked_up(floor: Floor, event: PickedUp) -> list[Command]:
    """The caller waits no more."""
    place = _place(floor, event.call)
    if not place:
        return []
    floor.queues[place.queue].pace.call_waited(place.waited(floor.now), gave_up=False)
    return take_out(floor, place, "somebody else took the caller")
