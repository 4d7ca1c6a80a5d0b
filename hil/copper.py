# SPDX-License-Identifier: GPL-2.0-or-later
"""What a real line does to sound: it is quieter, noisy, and returns a part of what the box says. Needs numpy."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from hil.g168 import echo_path
from hil.g711 import BLOCK, Law, decode, encode, silence
from hil.levels import peak

SLACK = 2  # blocks that wait before the first comes back: the two ends' clocks do not tick together
MOST = 12  # blocks that may wait: one end stood still


class Copper:
    """A line with hybrid, loss and noise; give it to `Wire.copper`.

    `echo_path` is one of ITU-T G.168's, 2 to 9 (None: no echo), with an echo return loss of `echo_loss_db`; `loss_db`
    is that of the wire, each way; `noise_dbm0` is white noise at the far end of it.
    """

    def __init__(
        self, law: Law, *, path: int | None = None, echo_loss_db: float = 10, loss_db: float = 0,
        noise_dbm0: float | None = None, seed: int = 1,
    ) -> None:  # fmt: skip
        self._law: Law = law
        self._response = echo_path(path, echo_loss_db) if path else None
        self._gain = 10 ** (-loss_db / 20)
        self._noise = peak(noise_dbm0) / np.sqrt(2) if noise_dbm0 is not None else 0.0
        self._random = np.random.default_rng(seed)
        self._waiting: deque[bytes] = deque()
        self._flowing = False
        self._before = np.zeros(len(self._response) - 1 if self._response is not None else 0)

    def heard(self, block: bytes) -> bytes:
        """A block from the box, as it arrives at the far end."""
        self._waiting.append(block)
        return block if self._gain == 1 else encode(self._rounded(self._gain * self._samples(block)), self._law)

    def said(self, block: bytes) -> bytes:
        """A block of the far end, as it arrives at the box."""
        arriving = self._gain * self._samples(block) + self._echo()
        if self._noise:
            arriving += self._random.normal(0, self._noise, BLOCK)
        return encode(self._rounded(arriving), self._law)

    def _echo(self) -> NDArray[np.float64]:
        if self._response is None:
            self._waiting.clear()
            return np.zeros(BLOCK)
        sound = np.concatenate([self._before, self._samples(self._next())])
        self._before = sound[BLOCK:]
        return np.convolve(sound, self._response, "valid")

    def _next(self) -> bytes:
        while len(self._waiting) > MOST:
            self._waiting.popleft()
        self._flowing = len(self._waiting) >= (1 if self._flowing else SLACK)
        return self._waiting.popleft() if self._flowing else silence(self._law)

    def _samples(self, block: bytes) -> NDArray[np.float64]:
        return np.asarray(decode(block, self._law), dtype=np.float64)

    @staticmethod
    def _rounded(samples: NDArray[np.float64]) -> list[int]:
        rounded: list[int] = np.clip(np.round(samples), -32768, 32767).astype(int).tolist()
        return rounded
