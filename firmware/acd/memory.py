# SPDX-License-Identifier: GPL-2.0-or-later
"""What outlives a restart: agents' choices and counts of today, places, and whose turn it is. JSON values only.

Names that end in `_at` are times on the clock; whoever stores them knows what time of day that was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from firmware.acd.agents import Agent
from firmware.acd.commands import Command, Kept
from firmware.acd.estimate import Pace
from firmware.acd.events import AgentMode, Restored
from firmware.acd.floor import RETURN, Floor, Former
from firmware.acd.places import Place
from firmware.acd.queues import Queue

Memory = Mapping[str, Any]


def kept(floor: Floor) -> list[Kept]:
    """What changed since it was asked last."""
    changed, floor.to_keep = sorted(floor.to_keep), set()
    return [Kept(kind, id, _data(floor, kind, id)) for kind, id in changed]


def _data(floor: Floor, kind: str, id: str) -> Memory | None:
    match kind:
        case "agent":
            agent = floor.agents.get(id)
            return _of_agent(agent) if agent and not agent.gone else None
        case "queue":
            queue = floor.queues.get(id)
            return {"last_asked": queue.last_asked, "pace": asdict(queue.pace)} if queue else None
    place = floor.calls.get(id)
    return _of_place(place) if place else None


def _of_agent(agent: Agent) -> Memory:
    return {
        "mode": agent.mode.value, "reason": agent.reason, "since_at": agent.since, "idle_since_at": agent.idle_since,
        "misses": agent.misses, "calls": agent.calls, "talk_s": agent.talk_s,
        "logged_out_of": sorted(agent.logged_out_of),
    }  # fmt: skip


def _of_place(place: Place) -> Memory:
    return {
        "queue": place.queue, "caller": place.caller, "joined_at": place.joined_at, "rank_at": place.rank,
        "priority": place.priority, "needs": dict(place.needs), "likes": dict(place.likes),
        "callback": place.callback, "due_at": place.due_at,
    }  # fmt: skip


def restore(floor: Floor, event: Restored) -> list[Command]:
    """Waits for the configuration that names whom it belongs to."""
    floor.memory = dict(event.kept)
    return []


def recall_agent(agent: Agent, data: Memory, now: float) -> None:
    """The agent goes on as it was. A clock that was set back in between makes nobody idle since tomorrow."""
    agent.mode, agent.reason = AgentMode(data["mode"]), data["reason"]
    agent.since, agent.idle_since = min(now, data["since_at"]), min(now, data["idle_since_at"])
    agent.misses, agent.calls, agent.talk_s = data["misses"], data["calls"], data["talk_s"]
    agent.logged_out_of = set(data["logged_out_of"])


def recall_queue(queue: Queue, data: Memory) -> None:
    """Whose turn it is, and how long a call takes."""
    queue.last_asked, queue.pace = data["last_asked"], Pace(**data["pace"])


def recall_place(floor: Floor, call: str, data: Memory) -> Place | None:
    """A call-back waits on. A caller is no longer on the line: None, and the place waits for the next call."""
    joined_at, rank = min(floor.now, data["joined_at"]), data["rank_at"] - max(0.0, data["joined_at"] - floor.now)
    if not data["callback"]:
        remember(floor, data["queue"], data["caller"], Former(joined_at, rank))
        return None
    return Place(
        call, data["queue"], data["caller"], joined_at, rank, floor.number(), data["priority"], data["needs"],
        data["likes"], entered_at=floor.now, callback=True, due_at=data["due_at"],
    )  # fmt: skip


def remember(floor: Floor, queue: str, caller: str, former: Former) -> None:
    """Keeps the place of a caller who was cut off, as long as the queue says."""
    limit = floor.queues[queue].settings.return_s
    if caller and limit:
        floor.formers[queue, caller] = former
        floor.timers.set((RETURN, f"{queue} {caller}"), floor.now + limit)
