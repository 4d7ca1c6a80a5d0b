# SPDX-License-Identifier: GPL-2.0-or-later
"""Collects the sound of a line, on hook or off, and the signs of the wire in the time of that sound."""

from __future__ import annotations

import time

from drivers.port import PortEventRecord
from firmware.calls.line import Line
from firmware.doctor.signs import Sign

BLOCK_MS = 20
BLOCK_BYTES = 320
BYTES_A_MS = 16
FORGOTTEN_AFTER_BLOCKS = 590


class Ear:
    """Listens from its making until `close`. Call `listen` at least every 10 s: the line remembers 12."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._first = self._next = line.audio.blocks
        self._began = time.monotonic()
        self._sound = bytearray()
        self.signs: list[Sign] = []
        line.watchers.append(self._on_port)

    def close(self) -> None:
        """Hears no more."""
        if self._on_port in self._line.watchers:
            self._line.watchers.remove(self._on_port)

    def _on_port(self, record: PortEventRecord) -> None:
        self.signs.append(Sign(record.event, 1000 * (record.at - self._began)))

    @property
    def now_ms(self) -> float:
        """Since the beginning."""
        return 1000 * (time.monotonic() - self._began)

    def listen(self) -> float:
        """Fetches what came since the last time; how many ms of sound there are. What was forgotten is silence."""
        first, sound = self._line.audio.recall(self._next, FORGOTTEN_AFTER_BLOCKS)
        self._sound += bytes(BLOCK_BYTES * (first - self._next)) + sound
        self._next = first + len(sound) // BLOCK_BYTES
        return self.heard_ms

    @property
    def heard_ms(self) -> float:
        """How much sound was fetched."""
        return len(self._sound) / BYTES_A_MS

    def sound(self, begin_ms: float, end_ms: float = float("inf")) -> bytes:
        """A piece of what was fetched, as 16-bit samples at 8 kHz."""
        begin, end = max(0, int(begin_ms)), int(min(end_ms, self.heard_ms))
        return bytes(self._sound[BYTES_A_MS * begin : BYTES_A_MS * max(begin, end)])

    def signs_since(self, begin_ms: float) -> list[Sign]:
        """Signs from then on, in ms since then."""
        return [Sign(sign.event, sign.at_ms - begin_ms) for sign in self.signs if sign.at_ms >= begin_ms]
