# SPDX-License-Identifier: GPL-2.0-or-later
"""The expected wait of those who stand in line now: `estimate.py` with what the floor knows."""

from __future__ import annotations

from firmware.acd.estimate import expected_wait_s, expected_waits_s
from firmware.acd.floor import Floor
from firmware.acd.queues import Queue


def expected(floor: Floor, queue: Queue, ahead: int) -> float | None:
    """Seconds for a caller with `ahead` others before in this queue; 0 when an agent is free; None: nobody serves."""
    if ahead < len(queue.free):
        return 0.0
    return expected_wait_s(ahead, serving(floor, queue), queue.pace.handle_s, queue.pace.give_up_per_s)


def expected_of_all(floor: Floor, queue: Queue) -> list[float | None]:
    """The same for each who stands in line: one walk along it."""
    count, free = len(queue.waiting), len(queue.free)
    waits = expected_waits_s(count, serving(floor, queue), queue.pace.handle_s, queue.pace.give_up_per_s)
    return [0.0 if ahead < free else wait for ahead, wait in enumerate(waits)]


def serving(floor: Floor, queue: Queue) -> float:
    """How many agents work for a queue. One with several counts as the share that it has of all who wait in them."""
    total = 0.0
    for agent in queue.members.values():
        if agent.working(queue.name):
            others = sum(len(floor.queues[name].waiting) for name in agent.settings.queues if agent.logged_in(name))
            total += len(queue.waiting) / others if others else 1.0
    return total
