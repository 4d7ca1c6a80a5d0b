# SPDX-License-Identifier: GPL-2.0-or-later
"""OPTIONS to a provider: does it answer, and how fast?"""

from __future__ import annotations

import asyncio
import itertools

from drivers import lineaudio
from drivers.lineaudio import Ping
from firmware.media.sip_loop import SipLoop

ANSWER_S = 4.0  # UDP: sent four times by then (RFC 3261, 17.1.2.2)
NO_SERVICE = (408, 502, 503, 504)


class Pings:
    """All that are under way."""

    def __init__(self, loop: SipLoop) -> None:
        self._loop = loop
        self._tokens = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Ping]] = {}
        loop.on_ping = self._answered

    async def ask(self, account: int, uri: str) -> Ping:
        """Its outcome; within 4 s."""
        token = next(self._tokens)
        answer = self._waiting[token] = asyncio.get_running_loop().create_future()
        try:
            if not lineaudio.send_ping(account, uri, token):
                return Ping(token, 0, 0, "it cannot be sent")
            self._loop.kick()
            async with asyncio.timeout(ANSWER_S):
                ping: Ping = await answer
                return ping
        except TimeoutError:
            return Ping(token, 0, ANSWER_S * 1000, f"no answer within {ANSWER_S:g} s")
        finally:
            del self._waiting[token]

    def _answered(self, ping: Ping) -> None:
        waiting = self._waiting.get(ping.token)
        if waiting and not waiting.done():
            waiting.set_result(ping)
