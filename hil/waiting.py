# SPDX-License-Identifier: GPL-2.0-or-later
"""Waiting for what a far end sees or hears, with a bound, and with words when it does not come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class NotSeen(AssertionError):
    """What was awaited did not happen; the message says what happened instead."""


class Watch:
    """Wakes those that wait whenever something changed."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Event] = set()

    def changed(self) -> None:
        """Something changed: every waiter looks again."""
        for waiter in self._waiters:
            waiter.set()

    async def until(
        self, condition: Callable[[], bool], timeout: float, awaited: str, instead: Callable[[], str]
    ) -> None:
        """Returns when `condition` holds. NotSeen after `timeout` seconds, saying `instead()`."""
        event = asyncio.Event()
        self._waiters.add(event)
        try:
            async with asyncio.timeout(timeout):
                while not condition():
                    event.clear()
                    await event.wait()
        except TimeoutError:
            raise NotSeen(f"Waited {timeout:g} s for {awaited}; instead: {instead()}.") from None
        finally:
            self._waiters.discard(event)
