# SPDX-License-Identifier: GPL-2.0-or-later
"""Promises to call back: kept in the history, due in their turn or at their time, tried again, listed and cancelled.

How one is carried out is `calling_back.py`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from firmware import times
from firmware.config import CallBackRules, Config, Schedule
from firmware.errors import Conflict, NotFound
from firmware.records import CallBack, CallBackState
from firmware.routing.schedules import is_open, next_change

log = logging.getLogger(__name__)

LOOK_S = 30.0  # clocks are set now and then
DEFERRED_S = 120.0
CLOSED = timedelta(days=1)  # then a schedule is looked at again that opens on no day to come
TAKEN_FOR = timedelta(minutes=30)  # then one that an agent took and forgot is in line again


class NotReached(Exception):
    """The customer did not answer, or could not be called; says why. Counts as a try."""


class Deferred(Exception):
    """It could not be tried: nothing was wrong with the customer. Does not count."""


@dataclass(frozen=True, slots=True)
class World:
    """What promises need of the box. `attempt` returns once the customer and an agent have talked; it tells `changed`
    what becomes known. NotReached, Deferred. `by_hand` is the same, with the agent who is named."""

    config: Callable[[], Config]
    save: Callable[[CallBack], None]
    attempt: Callable[[CallBack], Coroutine[Any, Any, None]]
    by_hand: Callable[[CallBack, str], Coroutine[Any, Any, None]]
    local_time: Callable[[datetime], datetime]
    now: Callable[[], datetime] = times.now


class CallBacks:
    """Those that are still to be kept. `configure` when queues may be others."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.open: dict[str, CallBack] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def take_over(self, kept: Iterable[CallBack]) -> None:
        """At the start: what the history knows. One that was being carried out waits again."""
        for item in kept:
            taken = item.state is CallBackState.TAKEN
            self.open[item.id] = item if taken else replace(item, state=CallBackState.WAITING)
            self._start(item.id, self._look_after(item.id))

    def stop(self) -> None:
        """The box stops; all of them are in the history."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    # ---- orders --------------------------------------------------------------------------------

    def promise(self, wanted: CallBack) -> CallBack:
        """A new one, or one in place of that for the same number in the same queue: the older wait counts. Conflict."""
        rules = self._rules(wanted)
        others = [one for one in self.open.values() if one.queue == wanted.queue]
        before = next((one for one in others if one.number == wanted.number), None)
        if before and before.state is CallBackState.CALLING:
            raise Conflict(f"{wanted.number} is being called back now.", code="being_called", field="number")
        if not before and len(others) >= rules.most:
            raise Conflict(f"{len(others)} of {wanted.queue} wait to be called back.", code="too_many_call_backs")
        if before:
            self._end(before, CallBackState.CANCELLED, "asked for again")
            wanted = replace(wanted, since=min(wanted.since, before.since))
        return self._anew(wanted, self._look_after(wanted.id))

    def cancel(self, id: str, by: str) -> CallBack:
        """Nobody is called any more. NotFound; Conflict while people talk."""
        return self._end(self._idle(id), CallBackState.CANCELLED, f"cancelled by {by}")

    def take(self, id: str, agent: str) -> CallBack:
        """This agent will call: nobody else is rung for it within `TAKEN_FOR`. NotFound, Conflict."""
        item = self._free_for(id, agent)
        due = max(item.due_at, self._world.now() + TAKEN_FOR)
        return self._anew(replace(item, state=CallBackState.TAKEN, agent=agent, due_at=due), self._look_after(id))

    def give_back(self, id: str, agent: str) -> CallBack:
        """In line again. NotFound, Conflict."""
        item = self._free_for(id, agent)
        due = item.wanted_at or self._world.now()
        waiting = replace(item, state=CallBackState.WAITING, agent=None, due_at=due)
        return self._anew(waiting, self._look_after(id))

    def call(self, id: str, agent: str) -> CallBack:
        """This agent's phone rings now, then the customer's. NotFound, Conflict."""
        item = replace(self._free_for(id, agent), state=CallBackState.CALLING, agent=agent)
        return self._anew(item, self._call_by_hand(id, agent))

    def done(self, id: str, agent: str) -> CallBack:
        """The agent has talked with the customer some other way. NotFound, Conflict."""
        item = replace(self._free_for(id, agent), agent=agent)
        return self._end(item, CallBackState.KEPT, f"done by {agent}")

    def _idle(self, id: str) -> CallBack:
        item = self.open.get(id)
        if not item:
            raise NotFound(f"There is no call-back {id} to be kept.", code="no_such_call_back", field="id")
        if item.state is CallBackState.CALLING:
            raise Conflict(f"{item.number} is being called back now: end that call.", code="being_called", field="id")
        return item

    def _free_for(self, id: str, agent: str) -> CallBack:
        item = self._idle(id)
        if item.state is CallBackState.TAKEN and item.agent != agent:
            raise Conflict(f"{item.agent} has taken this call-back.", code="call_back_taken", field="id")
        return item

    def _anew(self, item: CallBack, life: Coroutine[Any, Any, None]) -> CallBack:
        """Whoever looked after it until now does so no more."""
        if running := self._tasks.pop(item.id, None):
            running.cancel()
        self._keep(item)
        self._start(item.id, life)
        return item

    def changed(self, id: str, **known: Any) -> CallBack | None:
        """Something became known of one; it as it is now, None when it is no longer to be kept."""
        item = self.open.get(id)
        if item:
            self._keep(replace(item, **known))
        return self.open.get(id)

    def kept(self, id: str, **known: Any) -> None:
        """The customer and an agent talk."""
        if item := self.open.get(id):
            self._end(replace(item, **known), CallBackState.KEPT, "", task=False)

    # ---- life ----------------------------------------------------------------------------------

    def _start(self, id: str, life: Coroutine[Any, Any, None]) -> None:
        task = self._tasks[id] = asyncio.create_task(life)
        task.add_done_callback(lambda done: self._done(id, task))

    def _done(self, id: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(id) is task:
            del self._tasks[id]
        if not task.cancelled() and task.exception():
            log.error("the call-back %s ended in a fault", id, exc_info=task.exception())

    async def _look_after(self, id: str) -> None:
        while item := self.open.get(id):
            await self._due(item)
            if not self._world.config().queue(item.queue):
                self._end(item, CallBackState.FAILED, f"the queue {item.queue} was deleted", task=False)
                return
            self._in_line(id)
            await self._try(id, self._world.attempt(self.open[id]))

    def _in_line(self, id: str) -> None:
        if self.open[id].state is CallBackState.TAKEN:
            self.changed(id, state=CallBackState.WAITING, agent=None)

    async def _call_by_hand(self, id: str, agent: str) -> None:
        await self._try(id, self._world.by_hand(self.open[id], agent))
        await self._look_after(id)

    async def _due(self, item: CallBack) -> None:
        """Until its time has come, and the office is open."""
        while (wait_s := self._until(item)) > 0:  # noqa: ASYNC110 (no event tells that the clock was set)
            await asyncio.sleep(min(wait_s, LOOK_S))

    def _until(self, item: CallBack) -> float:
        now = self._world.now()
        opens = self.opens(item, max(now, item.due_at))
        return max((item.due_at - now).total_seconds(), (opens - now).total_seconds())

    def opens(self, item: CallBack, at: datetime) -> datetime:
        """The first moment from `at` on in which customers of its queue are called."""
        schedule = self._schedule(item)
        local = self._world.local_time(at)
        if not schedule or is_open(schedule, local):
            return at
        opening = next_change(schedule, local)
        return at + (opening - local.replace(tzinfo=None) if opening else CLOSED)

    def closes_s(self, item: CallBack) -> float | None:
        """Seconds until customers of its queue are no longer called, None: not within days."""
        schedule, local = self._schedule(item), self._world.local_time(self._world.now())
        closing = next_change(schedule, local) if schedule else None
        return (closing - local.replace(tzinfo=None)).total_seconds() if closing else None

    async def _try(self, id: str, attempt: Coroutine[Any, Any, None]) -> None:
        rules = self._rules(self.open[id])
        try:
            await attempt
        except Deferred as deferred:
            self._again(id, str(deferred), DEFERRED_S, tries=0)
        except NotReached as missed:
            now = self.open.get(id)
            if now and now.tries + 1 >= rules.tries:
                last = replace(now, tries=now.tries + 1)
                self._end(last, CallBackState.FAILED, str(missed), task=False)
            else:
                self._again(id, str(missed), rules.retry_s, tries=1)
        else:
            self.kept(id)

    def _again(self, id: str, reason: str, wait_s: float, tries: int) -> None:
        if item := self.open.get(id):
            due = self._world.now() + timedelta(seconds=wait_s)
            tries = item.tries + tries
            self.changed(
                id, state=CallBackState.WAITING, reason=reason, due_at=due, tries=tries, agent=None
            )  # fmt: skip

    # ---- helpers -------------------------------------------------------------------------------

    def _rules(self, item: CallBack) -> CallBackRules:
        queue = self._world.config().queue(item.queue)
        return queue.call_back if queue else CallBackRules()

    def _schedule(self, item: CallBack) -> Schedule | None:
        return self._world.config().schedule(self._rules(item).schedule)

    def _keep(self, item: CallBack) -> None:
        self.open[item.id] = item
        self._world.save(item)

    def _end(self, item: CallBack, state: CallBackState, reason: str, *, task: bool = True) -> CallBack:
        """`task`: whoever looks after it is not who ends it."""
        ended = replace(item, state=state, reason=reason or item.reason, ended_at=self._world.now())
        self.open.pop(item.id, None)
        self._world.save(ended)
        if task and (running := self._tasks.pop(item.id, None)):
            running.cancel()
        return ended

    def as_json(self) -> list[dict[str, Any]]:
        """Those that are to be kept, the longest wait first; `due`: they are in line now, or being called."""
        now = self._world.now()
        items = sorted(self.open.values(), key=lambda item: (item.since, item.id))
        return [{**item.as_json(), "due": item.due_at <= now} for item in items]
