# SPDX-License-Identifier: GPL-2.0-or-later
"""Completion of calls to busy phones (ETSI EN 300 357): both are connected once both are free, if somebody asked."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

from firmware.calls.causes import Cause
from firmware.calls.lamps import Lamps, LampState
from firmware.calls.leg import Failed
from firmware.errors import TipringError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

GIVEN_UP_S = 30 * 60.0
SETTLED_S = 2.0  # both have put the handset down and look at it no more


class Originates(Protocol):
    """Rings the first extension, then calls the second for it."""

    def __call__(self, number_from: str, number_to: str, /) -> str:
        """The id of the call. NotFound."""


class Completions:
    """At most one for each extension that asks; the newest counts."""

    def __init__(self, lamps: Lamps, originate: Originates) -> None:
        self._lamps, self._originate = lamps, originate
        self._busy: dict[str, str] = {}  # whom each extension found busy last
        self._asked: dict[str, asyncio.Task[None]] = {}

    def was_busy(self, number: str, called: str) -> None:
        """An extension called another one in vain."""
        self._busy[number] = called

    def ask(self, number: str) -> None:
        """It wants to be rung when the one that was busy is free. Failed when none was."""
        called = self._busy.get(number)
        if not called:
            raise Failed(Cause.UNALLOCATED, f"no phone that {number} called was busy")
        self.forget(number)
        task = self._asked[number] = asyncio.create_task(self._complete(number, called))
        task.add_done_callback(lambda done: self._done(number, task))

    def forget(self, number: str) -> None:
        """No longer. Harmless when it was not asked for."""
        task = self._asked.pop(number, None)
        if task:
            task.cancel()

    def stop(self) -> None:
        """The box stops."""
        for number in list(self._asked):
            self.forget(number)

    def _done(self, number: str, task: asyncio.Task[None]) -> None:
        if self._asked.get(number) is task:
            del self._asked[number]

    async def _complete(self, number: str, called: str) -> None:
        try:
            async with asyncio.timeout(GIVEN_UP_S):
                await self._until(lambda: self._free(number) and self._free(called))
            self._originate(number, called)
        except TimeoutError:
            log.info("%s was not free for %s within %.0f min", called, number, GIVEN_UP_S / 60)
        except TipringError as error:
            log.info("%s cannot be rung back: %s", number, error)

    async def _until(self, free: Callable[[], bool]) -> None:
        """Free, and still so after a moment."""
        while True:
            while not free():
                await self._lamps.changed()
            await asyncio.sleep(SETTLED_S)
            if free():
                return

    def _free(self, number: str) -> bool:
        return self._lamps.state(number) == LampState.IDLE
