# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID of Japan: the terminal goes off hook for it, and on hook again, before the real ring.

NTT, Technical Reference for telephone service, "Number Display": polarity is reversed, short rings (CAR, 0.5 s on and
off) call the terminal, it answers, data come in V.23, it goes on hook, and the line rings as usual. A terminal that
does not answer within 6 s gets the usual ring without data.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from drivers.port import Battery, FxoPort, FxsPort, PortError

log = logging.getLogger(__name__)

CAR_MS = (500, 500)
CAR_LONGEST_S = 0.75  # a ring that is still on then is the usual one, of a second
ANSWERED_WITHIN_S = 6.0
SETTLES_S = 0.15  # between the terminal's answer and the data
DATA_WITHIN_S = 4.0  # from the answer to the end of the data, and then
DONE_WITHIN_S = 2.0  # until the terminal is on hook again: within 0.3 s
REVERSAL_S = 0.1


class Hook:
    """The hook of a terminal that is being told; nobody else hears of it meanwhile."""

    def __init__(self) -> None:
        self._off, self._on = asyncio.Event(), asyncio.Event()

    def changed(self, *, off_hook: bool) -> None:
        """It went off or on hook."""
        (self._off if off_hook else self._on).set()

    async def answered(self) -> None:
        """The terminal is ready for data."""
        await self._off.wait()

    async def done(self) -> None:
        """The terminal has hung up after it."""
        await self._on.wait()


async def announce(port: FxsPort, hook: Hook, send: Callable[[], Awaitable[None]]) -> None:
    """Exchange's side. Returns when the terminal has its data and is on hook, or will not take any.

    The polarity stays reversed. A port that is off hook afterwards was answered by a person.
    """
    port.set_battery(Battery.REVERSED)
    await asyncio.sleep(REVERSAL_S)
    port.ring(CAR_MS)
    try:
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            await hook.answered()
    except TimeoutError:
        return
    finally:
        port.stop_ringing()
    await asyncio.sleep(SETTLES_S)
    await send()
    try:
        async with asyncio.timeout(DONE_WITHIN_S):
            await hook.done()
    except TimeoutError:
        log.info("%s was answered in the middle of its caller ID", port.id)


class Reading:
    """Terminal's side, from the first ring on: `read` says whether to wait for another ring."""

    def __init__(self, port: FxoPort) -> None:
        self._port = port
        self._ring_ended, self._heard = asyncio.Event(), asyncio.Event()

    def ring_ended(self) -> None:
        """Ring voltage is gone."""
        self._ring_ended.set()

    def heard(self) -> None:
        """A message came, right or damaged."""
        self._heard.set()

    async def read(self) -> bool:
        """True when the line was answered for data, and will ring again; False when this is the usual ring."""
        try:
            async with asyncio.timeout(CAR_LONGEST_S):
                await self._ring_ended.wait()
            self._port.seize()
        except (TimeoutError, PortError):
            return False
        try:
            async with asyncio.timeout(DATA_WITHIN_S):
                await self._heard.wait()
        except TimeoutError:
            log.warning("%s was answered for caller ID, and none came", self._port.id)
        finally:
            self._port.release()
        return True
