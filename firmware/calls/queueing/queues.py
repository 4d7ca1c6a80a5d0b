# SPDX-License-Identifier: GPL-2.0-or-later
"""The ACD on the loop's clock: events go in, commands reach the calls that they concern."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from firmware import acd
from firmware.calls.call import Call, CallState
from firmware.calls.host import Host
from firmware.calls.leg import Leg
from firmware.calls.queueing import clock
from firmware.calls.queueing.agents import Agents
from firmware.calls.queueing.by_hand import ByHand
from firmware.calls.queueing.rings import Rings
from firmware.calls.queueing.settings import configured
from firmware.calls.queueing.stay import Found, Stay
from firmware.calls.queueing.turn import Turn
from firmware.calls.queueing.views import Views
from firmware.store import acd_memory
from firmware.store.acd_memory import shifted

TODAY = ("day", "today")  # under which the date is kept


class Queues:
    """Lives in the asyncio thread. What it knows of agents and their phones is in `agents`."""

    def __init__(self, host: Host, publish: Callable[[str, dict[str, Any]], None]) -> None:
        self._host = host
        self.state = acd.AcdState()
        self.agents = Agents(host, self)
        self.views = Views(host, self.state, publish)
        self._rings = Rings(host, self.agents.extension_of)
        self._stays: dict[str, Stay | Turn] = {}
        self.by_hand = ByHand(host, self)
        self._timer: asyncio.TimerHandle | None = None
        self._events: deque[acd.Event] = deque()
        self._handling = False
        self._today = ""  # a date at the site

    # ---- the ACD ---------------------------------------------------------------------------

    def handle(self, event: acd.Event) -> None:
        """Tells the ACD, hands out its commands, shows what changed. What somebody tells meanwhile comes after it."""
        self._events.append(event)
        if self._handling:
            return
        self._handling = True
        try:
            while self._events:
                self._take(self._events.popleft())
        finally:
            self._handling = False

    def _take(self, event: acd.Event) -> None:
        now = clock.now()
        self._look_at_the_date(now)
        self._host.agents.watch.heard(event)
        for command in self.state.handle(event, now):
            self._host.agents.watch.ordered(command)
            stay = self._stays.get(command.call)
            if stay:
                stay.order(command)
        self._wake_at(self.state.deadline(now), now)
        changes = self.state.take_changes()
        self._host.agents.watch.look(changes.agents)
        self.views.show(changes.queues, changes.agents)
        self._keep(changes.kept)

    def _look_at_the_date(self, now: float) -> None:
        """Counts of today begin anew with the day of the site."""
        today = self._host.local_time().date().isoformat()
        if today != self._today:
            self._today = today
            self.state.handle(acd.DayBegan(), now)
            self._keep([acd.Kept(*TODAY, {"date": today})])

    def _keep(self, items: Sequence[acd.Kept]) -> None:
        if items:
            offset = clock.to_wall()
            wall = [replace(item, data=shifted(item.data, offset) if item.data else None) for item in items]
            self._host.journal.write(acd_memory.kept, wall, essential=False)

    def recall(self, memory: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
        """What was before a restart, told before the first configuration. Call-backs are joined again by whoever
        promised them."""
        known = {key: shifted(data, -clock.to_wall()) for key, data in memory.items() if not data.get("callback")}
        self.handle(acd.Restored(known))
        self._today = memory.get(TODAY, {}).get("date", "")

    def _wake_at(self, deadline: float | None, now: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
        if deadline is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, deadline - now) + 0.001, self.handle, acd.Tick())

    def configure(self) -> None:
        """Takes over the queues and agents of the configuration."""
        self.handle(configured(self._host.config, self.agents.strangers()))
        self._host.agents.watch.configure()
        self.check_phones()

    def check_phones(self, extension: str | None = None) -> None:
        """Looks which agents' phones can be rung: at one extension, or all."""
        self.agents.check_phones(extension)

    # ---- a call's time in a queue --------------------------------------------------------------

    async def connect(self, call: Call, queue: str, *, again: bool = False) -> Found | acd.GaveUp:
        """Waits until an agent answers, or the queue gives up. `again`: after one who left at once; the wait counts."""
        stay = self._stays[call.id] = Stay(self, call)
        if not again:
            call.queued(queue)
        call.became(CallState.WAITING, "queued", queue=queue, position=self._line(queue) + 1)
        try:
            self.handle(_joined(call, queue, again=again))
            return await stay.ended
        except BaseException:
            stay.abandon()
            raise
        finally:
            stay.close()
            del self._stays[call.id]
            self.handle(acd.CallLeft(call.id))
            self.check_phones()

    def _line(self, queue: str) -> int:
        """How many wait."""
        known = self.state.queues.get(queue)
        return len(known.waiting) if known else 0

    def leave(self, call: Call) -> None:
        """The caller has chosen something else than to wait."""
        self.handle(acd.CallLeft(call.id, dropped=False))

    async def turn(
        self, id: str, queue: str, begin: Callable[[], Call], *, caller: str, waited_s: float
    ) -> tuple[Call, Found] | None:
        """The same for a call-back that has the place `id`: its call, which `begin` makes, and who answered. None when
        the queue gives up."""
        turn = self._stays[id] = Turn(self, begin)
        try:
            self.handle(acd.CallJoined(id, queue, caller=caller, waited_s=waited_s, callback=True))
            found = await turn.ended
        except BaseException:
            turn.abandon()
            raise
        finally:
            turn.close()
            del self._stays[id]
            self.handle(acd.CallLeft(id, dropped=False))
            self.check_phones()
        if isinstance(found, Found) and turn.call:
            return turn.call, found
        turn.conclude()
        return None

    def stay_of(self, call: str) -> Stay | None:
        """Of a caller who waits on the line."""
        stay = self._stays.get(call)
        return stay if isinstance(stay, Stay) else None

    def ring(self, call: Call, offer: acd.Offer) -> asyncio.Task[Leg]:
        """Lets the agent's phone ring."""
        return self._rings.ring(call, offer)

    def talk_ended(self, agent: str, call: str) -> None:
        """The agent's part in a call is over. Harmless the second time."""
        self.handle(acd.TalkEnded(agent, call))
        self.check_phones()


def _joined(call: Call, queue: str, *, again: bool) -> acd.CallJoined:
    return acd.CallJoined(
        call.id, queue,
        caller="" if call.private else call.caller.number,
        priority=call.priority,
        required=call.required,
        waited_s=call.waited_s() if again else 0.0,
    )  # fmt: skip
