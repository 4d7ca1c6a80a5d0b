# SPDX-License-Identifier: GPL-2.0-or-later
"""Brings calls and agents together: after each event, only those whom it may have concerned are looked at.

What holds after each match: no call seeks an agent while one who fits it is free.
"""

from __future__ import annotations

from collections.abc import Iterable

from firmware.acd.agents import Agent
from firmware.acd.commands import Offer
from firmware.acd.fitting import changes_at, fits, open_to_all, unfit
from firmware.acd.floor import LOOK, Floor
from firmware.acd.places import Place
from firmware.acd.queues import Queue
from firmware.acd.reasons import Considered, Reason
from firmware.acd.strategies import Look, facts, ranked


def match(floor: Floor) -> list[Offer]:
    """Every offer that can be made now: freed agents choose calls, then calls choose agents."""
    offers: list[Offer] = []
    for agent in sorted(floor.freed.values(), key=lambda agent: agent.idle_since):
        while agent.free_in and (place := _most_urgent(floor, agent)):
            offers += _offer(floor, place)
    for place in sorted(floor.hungry.values(), key=lambda place: place.order):
        offers += _offer(floor, place)
    floor.freed, floor.hungry = {}, {}
    return offers


# ---- an agent chooses ------------------------------------------------------------------------


def _most_urgent(floor: Floor, agent: Agent) -> Place | None:
    """Of the calls that the agent may take: who has waited longest, each queue by the agent's weight for it.

    A call that rings everywhere rings here as well once nobody else waits.
    """
    queues = [floor.queues[name] for name in agent.free_in]
    first = [place for queue in queues if (place := _first(queue, queue.seeking, agent, floor.now))]
    if not first:
        ringing = [queue for queue in queues if queue.rings_all]
        first = [p for queue in ringing if (p := _first(queue, queue.rings_for(agent, floor.now), agent, floor.now))]
    if len(first) < 2:
        return first[0] if first else None
    weights = agent.settings.queues
    return max(first, key=lambda place: (weights[place.queue].weight * (floor.now - place.rank), -place.number))


def _first(queue: Queue, places: Iterable[Place], agent: Agent, now: float) -> Place | None:
    return next((place for place in places if fits(queue, place, agent, now)), None)


# ---- a call chooses --------------------------------------------------------------------------


def _offer(floor: Floor, place: Place) -> list[Offer]:
    """Offers the call to whom the strategy of its queue chooses among those who are free."""
    queue, now = floor.queues[place.queue], floor.now
    free = list(queue.free.values())
    if not open_to_all(queue, place):
        free = [agent for agent in free if fits(queue, place, agent, now)]
    if not free or queue.rings_all:
        _look_again(floor, queue, place)
    if not free:
        return []
    look = Look(queue, place, now, floor.lot.random)
    standing = ranked(free, look)
    chosen = _chosen(queue, standing)
    considered = _words(look, standing, {agent.id for agent in chosen})
    for agent in chosen:
        floor.offered(place, agent)
    queue.last_asked = chosen[-1].id
    floor.to_keep.add(("queue", queue.name))
    limit, waited = queue.settings.ring_timeout_s, place.waited(now)
    return [Offer(place.call, queue.name, a.id, limit, considered, waited, place.callback) for a in chosen]


def _look_again(floor: Floor, queue: Queue, place: Place) -> None:
    at = changes_at(queue, place, floor.now)
    if at is not None:
        floor.timers.set((LOOK, place.call), at)


def _chosen(queue: Queue, standing: list[Agent]) -> list[Agent]:
    """The first; or all of the tiers that are open, the lowest that has any when tiers have no delay."""
    if not queue.rings_all:
        return standing[:1]
    if queue.settings.tier_delay_s:
        return standing
    lowest = queue.tier(standing[0])
    return [agent for agent in standing if queue.tier(agent) == lowest]


def _words(look: Look, standing: list[Agent], chosen: set[str]) -> list[Considered]:
    """On everybody: those who could be asked in their order, then the others as they are configured."""
    queue, place, now = look.queue, look.place, look.now
    first = queue.settings.strategy.value
    words = [
        Considered(a.id, a.id in chosen, Reason(first if a.id in chosen else f"{first}_later", facts(a, look)))
        for a in standing
    ]
    there = {agent.id for agent in standing}
    return words + [
        Considered(id, False, _why(queue, place, agent, now)) for id, agent in queue.members.items() if id not in there
    ]


def _why(queue: Queue, place: Place, agent: Agent, now: float) -> Reason:
    if agent.id in place.offered_to:
        return Reason("offered_this")
    if reason := agent.busy(now):
        return reason
    if queue.name in agent.logged_out_of:
        return Reason("logged_out_queue")
    return unfit(queue, place, agent, now) or Reason("offered")
