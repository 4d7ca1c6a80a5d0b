# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's words about agents: what is chosen for them, what came of calls, today's figures."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from firmware.calls.agent_desk import Actor
from firmware.core.params import text
from firmware.core.pbx import Pbx
from firmware.errors import Invalid, Unavailable
from firmware.store import acd_memory
from firmware.store import agents as store
from firmware.store.writer import HistoryWriter

log = logging.getLogger(__name__)

Json = dict[str, Any]
LOOK_EVERY_S = 60.0  # a core that is killed does not know for how long it still watched; at most so much is not counted


class AgentsOffice:
    """`recall` before the first call comes, `start` when the phones are there."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx
        self._looking: asyncio.Task[None] | None = None

    async def recall(self, writer: HistoryWriter) -> None:
        """Takes over where agents were and what they did today."""
        desk, ids = self._pbx.agents, [agent.id for agent in self._pbx.config.agents]
        try:
            remembered, past = await writer.run(_remembered, ids, desk.figures.midnight())
            self._pbx.queues.recall(remembered)
            desk.pins.recall()
            desk.seats.recall(past.seats)
            desk.figures.take_over(past.records, past.last, past.seen)
        except Unavailable as error:
            log.error("%s", error)

    def start(self) -> None:
        """Looks now and then from now on."""
        self._looking = asyncio.create_task(self._look())

    def stop(self) -> None:
        """No more looking; what was seen until now is kept."""
        if self._looking:
            self._looking.cancel()
        self._pbx.agents.figures.look()

    async def _look(self) -> None:
        while True:
            self._pbx.agents.figures.look()
            self._pbx.agents.pins.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "agent.set_state": self._set_state,
            "agent.wrap_up": self._wrap_up,
            "agent.disposition": self._disposition,
            "agents.today": self._today,
        }

    async def _set_state(self, params: Json) -> Json:
        id, state = text(params, "id"), text(params, "state")
        queue, extension = params.get("queue") or None, params.get("extension") or None
        self._pbx.agents.set_state(id, state, str(params.get("reason") or ""), queue, extension, _actor(params))
        await self._pbx.agents.kept()
        return self._agent(id)

    async def _wrap_up(self, params: Json) -> Json:
        id, seconds = text(params, "id"), params.get("extend_s")
        if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or seconds <= 0:
            raise Invalid("`extend_s` must be a number of seconds.", field="extend_s")
        self._pbx.agents.extend_wrap_up(id, float(seconds))
        return self._agent(id)

    async def _disposition(self, params: Json) -> Json:
        id = text(params, "id")
        self._pbx.agents.code(id, text(params, "code"), params.get("call") or None, _actor(params))
        await self._pbx.agents.kept()
        return self._agent(id)

    async def _today(self, params: Json) -> Json:
        return self._pbx.agents.figures.today()

    def _agent(self, id: str) -> Json:
        return self._pbx.queues.views.agent(id) or {}


def _remembered(db: sqlite3.Connection, ids: list[str], midnight: datetime) -> tuple[acd_memory.Memory, store.Past]:
    """At once: each transaction waits for the disk."""
    return acd_memory.remembered(db), store.past(db, ids, midnight)


def _actor(params: Json) -> Actor:
    return Actor(str(params.get("by") or "unknown"), str(params.get("via") or "api"))
