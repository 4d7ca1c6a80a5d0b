# SPDX-License-Identifier: GPL-2.0-or-later
"""Phones that ring now, so that the call can be taken at another one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterator

from firmware.calls.causes import Cause
from firmware.calls.leg import Failed, Leg


class RingingPhones:
    """Oldest first."""

    def __init__(self) -> None:
        self._ringing: list[tuple[str, asyncio.Future[Leg]]] = []
        self.on_changed: Callable[[], None] = lambda: None

    @contextlib.contextmanager
    def at(self, number: str) -> Iterator[asyncio.Future[Leg]]:
        """While the phones of an extension ring: done with the leg of whoever picks up at another phone."""
        entry: tuple[str, asyncio.Future[Leg]] = number, asyncio.get_running_loop().create_future()
        self._ringing.append(entry)
        self.on_changed()
        try:
            yield entry[1]
        finally:
            self._ringing.remove(entry)
            entry[1].cancel()
            self.on_changed()

    def rings(self, number: str) -> bool:
        """Whether the phones of this extension do."""
        return any(ringing == number for ringing, _ in self._ringing)

    def pick_up(self, leg: Leg, numbers: Collection[str]) -> None:
        """Takes the call that rings longest at one of these extensions. Failed when none does."""
        for ringing, picked in self._ringing:
            if ringing in numbers and not picked.done():
                picked.set_result(leg)
                return
        raise Failed(Cause.UNALLOCATED, f"no call rings at {', '.join(sorted(numbers)) or 'any phone'}")
