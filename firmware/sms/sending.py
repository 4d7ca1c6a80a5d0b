# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages that go out over one modem: one after the other, tried again while that makes sense."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from drivers.cellular import CellularModem, SendFailed
from drivers.sms import Alphabet, Part, coding_of, parts_of
from firmware import times
from firmware.records import Sms, SmsState

log = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 300.0
PATIENCE = timedelta(hours=12)  # a message that could not be sent until then is of no use any more


class Sending:
    """`changed` is told each step of a message; `part_sent` the reference under which the network reports."""

    def __init__(
        self, modem: CellularModem, changed: Callable[[Sms], None], part_sent: Callable[[int, Sms], None]
    ) -> None:
        self._modem, self._changed, self._part_sent = modem, changed, part_sent
        self._queue: deque[Sms] = deque()
        self._wake = asyncio.Event()
        self._reference = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Messages that have not gone out yet."""
        return len(self._queue)

    def put(self, sms: Sms) -> None:
        """After those before it."""
        self._queue.append(sms)
        self.wake()

    def wake(self) -> None:
        """There is something to send, or the modem is another way."""
        self._wake.set()

    def start(self) -> None:
        """Begins to send."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """What waits is sent after the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _work(self) -> None:
        while True:
            await self._ready()
            sms = await self._sent(self._queue[0])
            self._queue.popleft()
            self._changed(sms)

    async def _ready(self) -> None:
        while not self._queue or not self._modem.status.registered:
            self._wake.clear()
            if self._queue and times.now() - self._queue[0].at > PATIENCE:
                return
            try:
                async with asyncio.timeout(LONGEST_WAIT_S):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _sent(self, sms: Sms) -> Sms:
        """As it is in the end."""
        texts = parts_of(sms.text)
        coding = coding_of(sms.text)  # of all parts alike
        self._reference = (self._reference + 1) % 256
        for number, text in enumerate(texts, 1):
            part = Part(self._reference, len(texts), number) if len(texts) > 1 else None
            failure = await self._part(sms, text, part, coding)
            if failure:
                return failure
        return replace(sms, state=SmsState.SENT, sent_at=times.now())

    async def _part(self, sms: Sms, text: str, part: Part | None, coding: Alphabet | None) -> Sms | None:
        """None once it is with the network."""
        wait_s = FIRST_WAIT_S
        while True:
            self._changed(replace(sms, state=SmsState.SENDING))
            try:
                reference = await self._modem.send(sms.number, text, part, coding)
                self._part_sent(reference, sms)
                return None
            except SendFailed as failed:
                log.warning("message %s: %s", sms.id, failed)
                if failed.unsure:
                    return replace(sms, state=SmsState.UNSURE, reason=str(failed))
                if not failed.again or times.now() - sms.at > PATIENCE:
                    return replace(sms, state=SmsState.FAILED, reason=str(failed))
                self._changed(replace(sms, state=SmsState.QUEUED, reason=str(failed)))
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
