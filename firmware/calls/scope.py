# SPDX-License-Identifier: GPL-2.0-or-later
"""A block that ends when a party hangs up, in the manner of `asyncio.timeout`."""

from __future__ import annotations

import asyncio
from types import TracebackType

from firmware.calls.causes import Cause
from firmware.calls.leg import Leg


class Gone(Exception):
    """A party of the block hung up."""

    def __init__(self, leg: Leg, cause: Cause) -> None:
        super().__init__(f"{leg.name} hung up")
        self.leg, self.cause = leg, cause


class while_present:
    """Cancels the block when one of the legs is gone, and raises Gone in its place."""

    def __init__(self, *legs: Leg) -> None:
        self._legs = legs
        self._gone: Leg | None = None
        self._over = False

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task
        self._task, self._cancelling = task, task.cancelling()
        for leg in self._legs:
            leg.gone.add_done_callback(self._on_gone)

    def _on_gone(self, gone: asyncio.Future[Cause]) -> None:
        if self._gone is None and not self._over:  # a callback that is due cannot be taken back
            self._gone = next(leg for leg in self._legs if leg.gone is gone)
            self._task.cancel()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        for leg in self._legs:
            leg.gone.remove_done_callback(self._on_gone)
        if self._gone is None:
            return
        remaining = self._task.uncancel()
        if remaining <= self._cancelling and (kind is None or issubclass(kind, asyncio.CancelledError)):
            raise Gone(self._gone, self._gone.gone.result()) from error
