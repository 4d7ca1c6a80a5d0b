# SPDX-License-Identifier: GPL-2.0-or-later
"""A small jitter buffer: a client's sound comes in bunches, the wire takes a block each 20 ms."""

from __future__ import annotations

from collections import deque

START_BLOCKS = 3  # 60 ms in hand before it begins to speak
MOST_BLOCKS = 15  # what is older than 300 ms is dropped


class Mic:
    """Blocks of G.711 in the wire's law."""

    def __init__(self) -> None:
        self._blocks: deque[bytes] = deque(maxlen=MOST_BLOCKS)
        self._running = False

    @property
    def active(self) -> bool:
        """True while somebody speaks into it."""
        return self._running

    def push(self, block: bytes) -> None:
        """A block came from a client."""
        self._blocks.append(block)

    def pull(self) -> bytes | None:
        """The next block for the wire, or None when there is none."""
        if not self._running:
            self._running = len(self._blocks) >= START_BLOCKS
        if not self._running:
            return None
        if not self._blocks:
            self._running = False
            return None
        return self._blocks.popleft()

    def clear(self) -> None:
        """Forgets what was said: the call is over."""
        self._blocks.clear()
        self._running = False
