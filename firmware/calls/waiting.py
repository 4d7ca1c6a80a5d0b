# SPDX-License-Identifier: GPL-2.0-or-later
"""Who waits while a call goes on (caller ID type II): GR-30-CORE section 2.5, ETSI EN 300 659-2.

The exchange plays an alerting signal (CAS, DT-AS), the terminal acknowledges with the DTMF digit D, and data follow.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from drivers.lineaudio import OFF_HOOK, CallerId, Hear, Heard, HeardKind, LineAudio, Mute, parse_message
from firmware.calls.caller_display import CAS_MS, Display, alerting
from firmware.calls.leg import Caller

log = logging.getLogger(__name__)

ACKNOWLEDGEMENTS = ("D", "A")  # A: phones that can also show information of the exchange (ADSI)
ACKNOWLEDGE_MS = 60  # 55 to 65 ms
ACKNOWLEDGED_WITHIN_S = 0.5  # 160 ms on the wire; a socket and blocks of 20 ms both ways come on top
AFTER_ACKNOWLEDGEMENT_S = 0.12  # data begin 50 to 500 ms after its end; it is heard when it begins
DATA_WITHIN_S = 1.8  # 500 ms, and the longest message that displays take
ISOLATED_S = 0.02  # from silence to the alerting signal: the phone must not take speech for a part of it


class WaitingTold:
    """Exchange's side: tells a phone in a call."""

    def __init__(self, audio: LineAudio) -> None:
        self._audio = audio
        self._acknowledged: asyncio.Future[None] | None = None

    def acknowledges(self, digit: str) -> bool:
        """True when this digit of the phone is an acknowledgement that is waited for."""
        waited = self._acknowledged
        if not waited or digit not in ACKNOWLEDGEMENTS:
            return False
        if not waited.done():
            waited.set_result(None)
        return True

    async def tell(self, display: Display, caller: Caller, at: datetime) -> bool:
        """True when the phone acknowledged, and has been told."""
        self._acknowledged = acknowledged = asyncio.get_running_loop().create_future()
        self._audio.mute(Mute.IN | Mute.OUT)
        try:
            await asyncio.sleep(ISOLATED_S)
            await self._audio.tone(alerting(CAS_MS, 20), repeat=False)
            await asyncio.wait_for(acknowledged, ACKNOWLEDGED_WITHIN_S)
            await asyncio.sleep(AFTER_ACKNOWLEDGEMENT_S)
            await display.send(self._audio, caller, at, OFF_HOOK)
            return True
        except TimeoutError:
            return False
        finally:
            self._acknowledged = None
            self._audio.mute(Mute.NOTHING)


class WaitingHeard:
    """Terminal's side: answers the alerting signal of a line in a call, and reads who waits.

    `hears` is what the line otherwise listens for. A message that cannot be read is an unknown caller: somebody waits.
    """

    def __init__(self, audio: LineAudio, on_waiting: Callable[[Caller], None]) -> None:
        self._audio, self._on_waiting = audio, on_waiting
        self.hears = Hear.NOTHING
        self._data: asyncio.Future[CallerId] | None = None
        self._reading: asyncio.Task[None] | None = None

    def heard(self, heard: Heard) -> bool:
        """True when it was about a waiting call."""
        if heard.kind == HeardKind.ALERTING and not self._data:
            self._data = asyncio.get_running_loop().create_future()
            self._reading = asyncio.create_task(self._read(self._data))
        elif heard.kind == HeardKind.FSK_MESSAGE and isinstance(heard.value, bytes):
            self._told(parse_message(heard.value))
        elif heard.kind not in (HeardKind.ALERTING, HeardKind.FSK_DAMAGED):
            return False
        return True

    def _told(self, message: object) -> None:
        if self._data and not self._data.done() and isinstance(message, CallerId):
            self._data.set_result(message)

    async def _read(self, data: asyncio.Future[CallerId]) -> None:
        over = False
        self._audio.mute(Mute.IN | Mute.OUT)
        self._audio.hear(self.hears | Hear.BELL202 | Hear.V23)
        try:
            await self._audio.dial("D", ACKNOWLEDGE_MS, 20)
            known = await asyncio.wait_for(data, DATA_WITHIN_S)
        except TimeoutError:
            known = CallerId()
        except asyncio.CancelledError:
            over = True  # the port listens for something else already
            raise
        finally:
            self._data = None
            self._audio.mute(Mute.NOTHING)
            if not over:
                self._audio.hear(self.hears)
        self._on_waiting(Caller(known.number, known.name, known.private))

    def stop(self) -> None:
        """The call is over."""
        if self._reading:
            self._reading.cancel()
