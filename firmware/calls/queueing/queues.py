# SPDX-License-Identifier: GPL-2.0-or-later
"""The ACD on the loop's clock: events go in, commands reach the calls that they concern."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from firmware import acd
from firmware.calls.call import Call, CallState
from firmware.calls.host import Host
from firmware.calls.leg import Leg
from firmware.calls.queueing.agents import Agents
from firmware.calls.queueing.rings import Rings
from firmware.calls.queueing.settings import configured
from firmware.calls.queueing.stay import Found, Stay
from firmware.calls.queueing.views import Views


class Queues:
    """Lives in the asyncio thread. What it knows of agents and their phones is in `agents`."""

    def __init__(self, host: Host, publish: Callable[[str, dict[str, Any]], None]) -> None:
        self._host = host
        self.state = acd.AcdState()
        self.agents = Agents(host, self)
        self.views = Views(host, self.state, publish)
        self._rings = Rings(host, self.agents.extension_of)
        self._stays: dict[str, Stay] = {}
        self._timer: asyncio.TimerHandle | None = None

    # ---- the ACD ---------------------------------------------------------------------------

    def handle(self, event: acd.Event) -> None:
        """Tells the ACD, hands out its commands, shows what changed."""
        now = time.monotonic()
        for command in self.state.handle(event, now):
            stay = self._stays.get(command.call)
            if stay:
                stay.order(command)
        self._wake_at(self.state.deadline(now), now)
        changes = self.state.take_changes()
        self.views.show(changes.queues, changes.agents)

    def _wake_at(self, deadline: float | None, now: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
        if deadline is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, deadline - now) + 0.001, self.handle, acd.Tick())

    def configure(self) -> None:
        """Takes over the queues and agents of the configuration."""
        self.handle(configured(self._host.config))
        self.check_phones()

    def check_phones(self) -> None:
        """Looks which agents' phones can be rung."""
        self.agents.check_phones()

    # ---- a call's time in a queue --------------------------------------------------------------

    async def connect(self, call: Call, queue: str) -> Found | acd.GaveUp:
        """Waits until an agent answers, or the queue gives up."""
        stay = self._stays[call.id] = Stay(self, call)
        call.queued(queue)
        call.became(CallState.WAITING, "queued", queue=queue)
        try:
            self.handle(acd.CallJoined(call.id, queue, caller="" if call.private else call.caller.number))
            return await stay.ended
        except BaseException:
            stay.abandon()
            raise
        finally:
            stay.close()
            del self._stays[call.id]
            self.handle(acd.CallLeft(call.id))
            self.check_phones()

    def ring(self, call: Call, offer: acd.Offer) -> asyncio.Task[Leg]:
        """Lets the agent's phone ring."""
        return self._rings.ring(call, offer)

    def talk_ended(self, agent: str, call: str) -> None:
        """The agent's part in a call is over. Harmless the second time."""
        self.handle(acd.TalkEnded(agent, call))
        self.check_phones()
