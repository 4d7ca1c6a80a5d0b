# SPDX-License-Identifier: GPL-2.0-or-later
"""The box's end of the audio in pure Python, for tests of far ends and drivers without the native audio."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import Callable

BLOCK = 160  # bytes of G.711, 20 ms
BLOCK_S = 0.02


class PythonAudioPath:
    """Keeps what the far end says in `heard`; says the blocks of `queue`, one each 20 ms, else `silence`."""

    def __init__(self, silence: bytes = b"\xff" * BLOCK) -> None:
        self.heard: list[bytes] = []
        self.queue: deque[bytes] = deque()
        self.on_bad_audio: Callable[[str], None] | None = None
        self.on_block: Callable[[bytes], None] | None = None
        self.attached = asyncio.Event()
        self._silence = silence
        self._fd = -1
        self._timer: asyncio.TimerHandle | None = None

    def attach(self, fd: int) -> None:
        """Moves blocks from and to `fd` from now on."""
        loop = asyncio.get_running_loop()
        self._fd = fd
        loop.add_reader(fd, self._readable)
        self._tick(loop.time())
        self.attached.set()

    def detach(self) -> None:
        """Lets go of the descriptor."""
        asyncio.get_running_loop().remove_reader(self._fd)
        if self._timer:
            self._timer.cancel()
        self._fd = -1
        self.attached.clear()

    def _readable(self) -> None:
        try:
            block = os.read(self._fd, 4096)
        except ConnectionResetError:
            block = b""
        if len(block) == BLOCK:
            self.heard.append(block)
            if self.on_block:
                self.on_block(block)
        elif self.on_bad_audio:
            self.on_bad_audio(
                f"the far end sent {len(block)} bytes of audio" if block else "the far end closed its audio"
            )

    def _tick(self, at: float) -> None:
        with contextlib.suppress(OSError):  # a far end that does not read, or is gone
            os.write(self._fd, self.queue.popleft() if self.queue else self._silence)
        self._timer = asyncio.get_running_loop().call_at(at + BLOCK_S, self._tick, at + BLOCK_S)
