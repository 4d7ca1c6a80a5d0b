# SPDX-License-Identifier: GPL-2.0-or-later
"""Orders of supervisors to callers who wait: checked, carried out by the ACD, and named in the call's trail."""

from __future__ import annotations

import asyncio
from typing import Protocol

from firmware import acd
from firmware.calls.call import Call
from firmware.calls.host import Host
from firmware.calls.leg import Failed
from firmware.calls.numbers import extension_of
from firmware.calls.queueing.stay import Stay
from firmware.calls.ringing import ring_extension, why_not
from firmware.errors import Conflict, Invalid, NotFound

RING_S = 30.0
MOST = 100  # points of priority, either way


class Floor(Protocol):
    """What this needs of `Queues`."""

    state: acd.AcdState

    def handle(self, event: acd.Event) -> None:
        """Tells the ACD."""

    def stay_of(self, call: str) -> Stay | None:
        """Of a caller who waits."""


class ByHand:
    """`by` is who orders. NotFound for a call that is over; Conflict, whose sentence says why, where it cannot be."""

    def __init__(self, host: Host, floor: Floor) -> None:
        self._host, self._floor = host, floor

    def move(self, id: str, queue: str, keep_wait: bool, by: str) -> None:
        """To another queue."""
        call, was = self._waiting(id)
        if not self._host.config.queue(queue):
            raise NotFound(f"There is no queue {queue}.", code="no_such_queue", field="queue")
        if queue == was.queue:
            raise Conflict(f"The caller waits in {queue} already.", code="in_this_queue", field="queue")
        if why := self._floor.state.why_not_move(id, queue):
            raise Conflict(f"{queue} takes no more callers: {why.sentence}.", code=f"queue_{why}", field="queue")
        call.note("moved", queue=queue, was=was.queue, kept_wait=keep_wait, by=by)
        call.sent_to(queue, keep_wait=keep_wait)
        self._floor.handle(acd.Moved(id, queue, keep_wait))

    def prioritise(self, id: str, priority: int, by: str) -> None:
        """More or fewer points."""
        call, place = self._waiting(id)
        if not -MOST <= priority <= MOST:
            raise Invalid(f"'priority' must be from -{MOST} to {MOST}.", field="priority")
        if priority != place.priority:
            call.note("prioritised", priority=priority, was=place.priority, by=by)
            self._floor.handle(acd.PrioritySet(id, priority))

    def front(self, id: str, by: str) -> None:
        """First in line."""
        call, _ = self._waiting(id)
        if self._floor.state.position(id) != 1:
            call.note("put_first", by=by)
            self._floor.handle(acd.ToFront(id))

    def assign(self, id: str, agent: str, by: str) -> None:
        """An agent of the queue is rung, out of turn; the caller keeps the place until somebody answers."""
        call, _ = self._waiting(id)
        known = self._host.agents.agent(agent)
        if why := self._floor.state.why_not_assign(id, agent):
            raise Conflict(f"{known.name or agent} {why}.", code="agent_not_free", field="agent")
        call.note("assigned", agent=agent, by=by)
        self._floor.handle(acd.Assigned(id, agent))

    def pick(self, id: str, number: str, by: str) -> None:
        """An extension is rung beside the agents, who may be faster; whoever answers has the caller."""
        call, _ = self._waiting(id)
        stay = self._floor.stay_of(id)
        try:
            extension = extension_of(self._host, number)
        except Failed as failed:
            raise NotFound(f"{failed}.", code="no_such_extension", field="extension") from None
        if why := why_not(self._host, extension):
            raise Conflict(f"{number} {why}.", code="not_reachable", field="extension")
        if not stay or stay.picking:
            raise Conflict("A phone is being rung for this caller.", code="being_picked", field="id")
        call.note("picked", extension=number, by=by)
        stay.pick(number, asyncio.create_task(ring_extension(self._host, extension, call.caller, RING_S)))

    def _waiting(self, id: str) -> tuple[Call, acd.Place]:
        """What is due has happened."""
        self._floor.handle(acd.Tick())
        call, place = self._host.journal.calls.get(id), self._floor.state.waiting(id)
        if place and place.callback:
            raise Conflict("Nobody is on the line: this is a call-back.", code="is_call_back", field="id")
        if not call:
            raise NotFound(f"There is no call {id} now.", code="no_such_call", field="id")
        if not place:
            raise Conflict("This caller waits in no queue now.", code="not_waiting", field="id")
        return call, place
