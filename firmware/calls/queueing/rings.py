# SPDX-License-Identifier: GPL-2.0-or-later
"""Lets agents' phones ring, each for one call at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from firmware import acd
from firmware.calls.call import Call
from firmware.calls.host import Host
from firmware.calls.leg import Leg
from firmware.calls.ringing import ring_extension
from firmware.config import Extension
from firmware.countries import RingName
from firmware.records import Direction

QUIET_LIMIT_S = 2.0  # a phone that was to stop ringing has done so by then


class Rings:
    """A phone that rang for another call is quiet before it rings for the next one."""

    def __init__(self, host: Host, extension_of: Callable[[str], Extension]) -> None:
        self._host, self._extension_of = host, extension_of
        self._last: dict[str, asyncio.Task[Leg]] = {}

    def ring(self, call: Call, offer: acd.Offer) -> asyncio.Task[Leg]:
        """The task that ends with the agent's leg. Failed, NotFound."""
        before = self._last.get(offer.agent)
        task = self._last[offer.agent] = asyncio.create_task(self._ring(call, offer, before))
        return task

    async def _ring(self, call: Call, offer: acd.Offer, before: asyncio.Task[Leg] | None) -> Leg:
        if before and not before.done():
            await asyncio.wait({before}, timeout=QUIET_LIMIT_S)
        extension = self._extension_of(offer.agent)
        return await ring_extension(self._host, extension, call.caller, offer.ring_timeout_s, self._sound(call))

    def _sound(self, call: Call) -> RingName:
        queue = self._host.config.queue(call.cdr.queue)
        if queue and queue.ring == "group":
            return RingName.GROUP
        return RingName.INSIDE if call.cdr.direction == Direction.INTERNAL else RingName.OUTSIDE
