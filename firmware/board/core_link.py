# SPDX-License-Identifier: GPL-2.0-or-later
"""What the board service knows of the core: asked once a second, and believed dead when it is silent."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from firmware import service, times
from firmware.board.asking import ask_core
from firmware.errors import TipringError
from firmware.ids import uuid7

log = logging.getLogger(__name__)

DEAD_S = 5.0  # without an answer; one whose process is gone is dead at once
EVENTS_KEPT = 200  # while there is no core to take them

Json = dict[str, Any]


class CoreLink:
    """`facts` is the last answer to a report."""

    def __init__(self, state: Path, now: float) -> None:
        self._state, self._answered_at = state, now
        self._events: list[Json] = []
        self._dead = False
        self.facts: Json = {}

    def tell(self, kind: str, result: str, by: str) -> None:
        """An event for the history, told again until it is kept."""
        log.info("%s: %s (%s)", kind, result, by)
        self._events.append({"id": uuid7(), "at": times.iso(times.now()), "kind": kind, "result": result, "by": by})
        del self._events[:-EVENTS_KEPT]

    def look(self) -> None:
        """Whether its process is there at all: microseconds, so it may be asked often."""
        if not service.is_up(self._state, "core"):
            self._dead = True

    def forgive(self, seconds: float) -> None:
        """The machine stood still for so long: nobody could have answered."""
        self._answered_at += seconds

    def is_up(self, now: float) -> bool:
        """Whether it takes calls, as far as is known."""
        return not self._dead and bool(self.facts) and now - self._answered_at < DEAD_S

    def is_dead(self, now: float) -> bool:
        """Whether the lifeline must do without it; a moment of silence is none."""
        return self._dead or now - self._answered_at >= DEAD_S

    async def report(self, what: Json) -> bool:
        """Tells the core how the board is; whether it answered."""
        loop = asyncio.get_running_loop()
        try:
            answer = await asyncio.to_thread(ask_core, self._state, "board.report", {**what, "events": self._events})
        except TipringError as error:
            log.debug("%s", error)
            self.look()
            return False
        self._answered_at, self._dead = loop.time(), False
        self._events = [event for event in self._events if event["id"] not in answer["kept"]]
        self.facts = answer
        return True
