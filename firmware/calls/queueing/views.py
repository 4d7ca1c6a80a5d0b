# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues and agents as the control socket shows them, and as subscribers are told of changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from firmware import acd
from firmware.calls.host import Host
from firmware.calls.queueing.clock import now, wall
from firmware.config import Agent


class Views:
    """`publish` is told what is not as it was shown last."""

    def __init__(self, host: Host, state: acd.AcdState, publish: Callable[[str, dict[str, Any]], None]) -> None:
        self._host, self._acd, self._publish = host, state, publish
        self._shown: dict[tuple[str, str], dict[str, Any]] = {}

    def show(self, queues: Iterable[str], agents: Iterable[str]) -> None:
        """Those that may look different."""
        for name in sorted(queues):
            self._tell("queue", name, self.queue(name))
        for id in sorted(agents):
            if shown := self.agent(id):
                self._tell("agent", id, shown)

    def _tell(self, topic: str, id: str, item: dict[str, Any]) -> None:
        if self._shown.get((topic, id)) != item:
            self._shown[topic, id] = item
            self._publish(topic, item)

    def queues(self) -> list[dict[str, Any]]:
        """Queues of the control socket."""
        return [self.queue(name) for name in self._acd.queues]

    def agents(self) -> list[dict[str, Any]]:
        """Agents of the control socket."""
        return [shown for agent in self._host.config.agents if (shown := self.agent(agent.id))]

    def queue(self, name: str) -> dict[str, Any]:
        """One of them."""
        settings, queue = self._host.config.queue(name), self._acd.queues[name]
        return {
            "name": name,
            "number": settings.number if settings else None,
            "strategy": queue.settings.strategy.value,
            "waiting": len(queue.waiting),
            "talking": queue.talking,
            "longest_wait_since": wall(min(p.joined_at for p in queue.waiting)) if len(queue.waiting) else None,
            "expected_wait_s": _whole(self._acd.expected_wait_of(name)),
            "available": len(queue.free),
            "agents": list(queue.members),
            "callers": [
                self._waiting(place, position, expected_s)
                for position, (place, expected_s) in enumerate(
                    zip(queue.waiting, self._acd.expected_waits(name), strict=True), 1
                )
            ],
        }

    def _waiting(self, place: acd.Place, position: int, expected_s: float | None) -> dict[str, Any]:
        call = self._host.journal.calls.get(place.call)
        return {
            "call": place.call,
            "number": call.caller.number if call else place.caller,
            "name": call.caller.name if call else "",
            "since": wall(place.joined_at),
            "priority": place.priority,
            "callback": place.callback,
            "position": position,
            "expected_wait_s": _whole(expected_s),
            "required": dict(place.required),
            "offered_to": list(place.offered_to),
        }

    def caller(self, call: str) -> dict[str, Any] | None:
        """One who waits, with the queue; None when the call is in no line."""
        place = self._acd.waiting(call)
        shown = self.queue(place.queue)["callers"] if place else []
        return next(({"queue": place.queue, **one} for one in shown if place and one["call"] == call), None)

    def agent(self, id: str) -> dict[str, Any] | None:
        """One of them; None when it is not configured."""
        settings, state = self._host.config.agent(id), self._acd.agents.get(id)
        if not settings or not state:
            return None
        shown = state.state(now())
        return {
            "id": id,
            "name": settings.name,
            "state": shown.value,
            "since": wall(state.since),
            "call": state.talking or state.offered,
            "queues": list(state.settings.queues),
            "logged_out_of": sorted(state.logged_out_of),
            "wrap_up_until": self._wrap_up_until(settings, shown),
            **self._host.agents.as_json(settings),
        }

    def _wrap_up_until(self, agent: Agent, state: acd.AgentState) -> str | None:
        """None when there is none, and while it waits for a disposition code."""
        end = self._host.agents.wrap_ups.end(agent) if state is acd.AgentState.WRAP_UP else None
        return wall(end) if end is not None else None


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
