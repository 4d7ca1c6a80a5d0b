# SPDX-License-Identifier: GPL-2.0-or-later
"""A call-back's stay in a queue: nobody is on the line, so its call begins with the first phone that is to ring."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from firmware import acd
from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.queueing.stay import Desk, Found, Stay
from firmware.records import Disposition


class Turn:
    """`begin` makes the call, whose id is the place's. `ended` as a stay's."""

    def __init__(self, desk: Desk, begin: Callable[[], Call]) -> None:
        self._desk, self._begin = desk, begin
        self._stay: Stay | None = None
        self.call: Call | None = None
        self.ended: asyncio.Future[Found | acd.GaveUp] = asyncio.get_running_loop().create_future()

    def order(self, command: acd.Command) -> None:
        """Carries out what the ACD wants."""
        if self._stay is None and isinstance(command, acd.Overflow):
            self._end(command.why)
            return
        if self._stay is None:
            self.call = self._begin()
            self._stay = Stay(self._desk, self.call)
            self._stay.ended.add_done_callback(self._over)
        self._stay.order(command)

    def _over(self, ended: asyncio.Future[Found | acd.GaveUp]) -> None:
        if not ended.cancelled():
            self._end(ended.result())

    def _end(self, result: Found | acd.GaveUp) -> None:
        if not self.ended.done():
            self.ended.set_result(result)

    def close(self) -> None:
        """No phone rings on; a call that found no agent is over."""
        self.ended.cancel()
        if self._stay:
            self._stay.close()

    def abandon(self) -> None:
        """Nobody waits for it any more."""
        if self._stay:
            self._stay.abandon()
        self.conclude()

    def conclude(self) -> None:
        """The call came to nothing."""
        if self.call:
            self.call.ended(Disposition.NO_ANSWER, Cause.NO_ANSWER, "system")
