# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether an agent who is free fits a call now, why not, and when time alone may change that."""

from __future__ import annotations

from firmware.acd.agents import Agent
from firmware.acd.places import Place
from firmware.acd.queues import Queue
from firmware.acd.reasons import Reason

MOMENT_S = 1e-6  # a time that is due is not missed for the rounding of a difference


def open_to_all(queue: Queue, place: Place) -> bool:
    """Whether every free agent of the queue fits the call."""
    return not place.required and not queue.settings.tier_delay_s


def fits(queue: Queue, place: Place, agent: Agent, now: float) -> bool:
    """Whether this call is for the agent now. Cheap: an agent who becomes free may look at a thousand calls."""
    return not _lacking(queue, place, agent, now) and _opens_in(queue, place, agent, now) <= MOMENT_S


def unfit(queue: Queue, place: Place, agent: Agent, now: float) -> Reason | None:
    """Why this call is not for the agent yet; None when it is."""
    opens_in = _opens_in(queue, place, agent, now)
    if opens_in > MOMENT_S:
        return Reason("tier_later", {"tier": queue.tier(agent), "seconds": opens_in})
    if skill := _lacking(queue, place, agent, now):
        needed = place.required[skill] - _relaxed(queue, place, now)
        return Reason("skill", {"skill": skill, "level": agent.settings.skills.get(skill, 0), "needed": needed})
    return None


def _opens_in(queue: Queue, place: Place, agent: Agent, now: float) -> float:
    """Seconds until the agent's tier is asked for this call."""
    return queue.opens_after(queue.tier(agent)) - place.waited(now) if queue.settings.tier_delay_s else 0.0


def _lacking(queue: Queue, place: Place, agent: Agent, now: float) -> str:
    """The first skill that is not enough, "" when all are."""
    if not place.required:
        return ""
    relaxed, has = _relaxed(queue, place, now), agent.settings.skills
    return next((skill for skill, level in place.required.items() if has.get(skill, 0) < level - relaxed), "")


def _relaxed(queue: Queue, place: Place, now: float) -> int:
    step = queue.settings.relax_s
    return int((place.waited(now) + MOMENT_S) / step) if step and place.required else 0


def changes_at(queue: Queue, place: Place, now: float) -> float | None:
    """When the next tier is asked, or less is required: the next time at which the call is to be looked at again."""
    waited, times = place.waited(now) + MOMENT_S, []
    delay, relax = queue.settings.tier_delay_s, queue.settings.relax_s
    staffed = sum(1 for count in queue.tiers.values() if count)
    if delay and waited < delay * (staffed - 1):
        times.append((int(waited / delay) + 1) * delay)
    if relax and waited < relax * max(place.required.values(), default=0):
        times.append((int(waited / relax) + 1) * relax)
    return place.joined_at + min(times) if times else None
