# SPDX-License-Identifier: GPL-2.0-or-later
"""What a far end says next: a queue of audio, a tone that goes on until stopped, or silence."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from hil.g711 import BLOCK, Law, silence
from hil.signals import ToneAudio


class Player:
    """Gives out 160-byte blocks of G.711. What is queued comes before the tone; between them is silence."""

    def __init__(self, law: Law) -> None:
        self._silence = silence(law)
        self._queue: deque[tuple[bytes, asyncio.Future[None]]] = deque()
        self._position = 0
        self._tone: ToneAudio | None = None
        self._tone_position = 0
        self._overdue: list[asyncio.Future[None]] = []
        self.otherwise: Callable[[], bytes | None] = lambda: None  # a block when nothing else is to be said

    @property
    def playing(self) -> bool:
        """True while there is something to say."""
        return bool(self._queue) or self._tone is not None

    def say(self, audio: bytes) -> asyncio.Future[None]:
        """Queues audio. The future is done when the last byte was handed out, cancelled when `stop` came first."""
        said = asyncio.get_running_loop().create_future()
        self._queue.append((audio, said))
        return said

    def repeat(self, tone: ToneAudio | None) -> None:
        """Plays a tone until another one is given; None ends it."""
        self._tone = tone
        self._tone_position = 0

    def stop(self) -> None:
        """Silence from now on."""
        self.repeat(None)
        while self._queue:
            self._queue.popleft()[1].cancel()
        self._position = 0

    def next_block(self) -> bytes:
        """The next 20 ms."""
        for said in self._overdue:  # its last block has been on the line for 20 ms now
            if not said.done():
                said.set_result(None)
        self._overdue.clear()
        block = self._queued(BLOCK) or (None if self._tone else self.otherwise()) or b""
        if len(block) < BLOCK and self._tone:
            block += self._of_tone(self._tone, BLOCK - len(block))
        return block + self._silence[len(block) :]

    def _queued(self, size: int) -> bytes:
        block = b""
        while self._queue and len(block) < size:
            audio, said = self._queue[0]
            piece = audio[self._position : self._position + size - len(block)]
            block += piece
            self._position += len(piece)
            if self._position >= len(audio):
                self._queue.popleft()
                self._position = 0
                self._overdue.append(said)
        return block

    def _of_tone(self, tone: ToneAudio, size: int) -> bytes:
        block = b""
        while len(block) < size:
            wanted = size - len(block)
            behind = self._tone_position - len(tone.opening)
            if behind < 0:
                piece = tone.opening[self._tone_position : self._tone_position + wanted]
            elif not tone.repeated:
                self._tone = None
                break
            else:
                start = behind % len(tone.repeated)
                piece = tone.repeated[start : start + wanted]
            block += piece
            self._tone_position += len(piece)
        return block
