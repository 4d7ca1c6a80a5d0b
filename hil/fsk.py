# SPDX-License-Identifier: GPL-2.0-or-later
"""Data as sound for caller ID: framing, modulator and demodulator.

Written from GR-30-CORE (Bell 202; data link section 2.3), ETSI EN 300 659-3 (V.23 and message format) and ITU-T V.23,
without the library that the product uses: this is the independent far end.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from hil.g711 import RATE, Pcm, pcm
from hil.levels import PEAK_0_DBM0, peak

BAUD = 1200
SEIZURE_BITS = 300  # alternating space and mark (GR-30-CORE 2.3.1; EN 300 659-1 6.1)
MARK_BITS = 180
TRAILING_MARK_BITS = 10
LEVEL_DBM0 = -13.5  # GR-30-CORE 2.3.2
MIN_LEVEL_DBM0 = -36.0  # GR-30-CORE 2.3.2 lets a receiver expect -36 dBm at worst


@dataclass(frozen=True, slots=True)
class Standard:
    """Frequencies in Hz: mark is 1, space is 0."""

    name: str
    mark: int
    space: int


BELL202 = Standard("Bell 202", 1200, 2200)
V23 = Standard("V.23", 1300, 2100)


def _character(byte: int, stop_bits: int) -> list[int]:
    """Start bit, eight bits with the lowest first, stop bits."""
    return [0, *(byte >> n & 1 for n in range(8)), *[1] * stop_bits]


def bits_of(message: bytes, seizure: int = SEIZURE_BITS, mark: int = MARK_BITS, stop_bits: int = 1) -> list[int]:
    """A message on the line: channel seizure, mark, characters."""
    bits = [n % 2 for n in range(seizure)] + [1] * mark
    for byte in message:
        bits += _character(byte, stop_bits)
    return bits + [1] * TRAILING_MARK_BITS


def modulate(bits: Sequence[int], standard: Standard, dbm0: float = LEVEL_DBM0, skew: float = 0.0) -> Pcm:
    """Continuous-phase FSK at 1200 bit/s; a sample in which one bit ends and the next begins has its share of both.

    A sender whose clock is too fast by the share `skew` has all of it so much faster.
    """
    amplitude, phase, rate = peak(dbm0), 0.0, RATE / (1 + skew)
    steps = [2 * math.pi * (standard.mark if bit else standard.space) / rate for bit in bits]
    steps.append(steps[-1])
    audio = pcm()
    for n in range(int(len(bits) * rate / BAUD)):
        audio.append(round(amplitude * math.sin(phase)))
        bit = int(n * BAUD / rate)
        share = min(1.0, (bit + 1) * rate / BAUD - n)
        phase += steps[bit] * share + steps[bit + 1] * (1 - share)
    return audio


def checksum(message: bytes) -> int:
    """Two's complement of the sum modulo 256 (GR-30-CORE 2.4.1; EN 300 659-3 5.2)."""
    return -sum(message) & 0xFF


def summed(octets: bytes) -> bytes | None:
    """Type, length, contents and checksum: the message without checksum, None while it is not complete.

    ValueError when the checksum is wrong.
    """
    if len(octets) < 2 or len(octets) < octets[1] + 3:
        return None
    message, last = bytes(octets[:-1]), octets[-1]
    if checksum(message) != last:
        raise ValueError(f"has checksum {last:02x} instead of {checksum(message):02x}")
    return message


class Demodulator:
    """Finds messages in audio: `feed` blocks, get messages that `complete` finds right; it takes all octets so far.

    A message must be announced by at least `MARK_NEEDED` bits of mark. `faults` tells of those that broke.
    """

    MARK_NEEDED = 40
    GAP_MAX = 25  # bits of mark between two characters before the message is given up

    def __init__(self, standard: Standard, complete: Callable[[bytes], bytes | None] = summed) -> None:
        self.standard, self._complete = standard, complete
        self.faults: list[str] = []
        window = round(RATE / BAUD)
        self._n = 0
        self._oscillators = [
            [(math.cos(2 * math.pi * hz * n / RATE), math.sin(2 * math.pi * hz * n / RATE)) for n in range(RATE // 100)]
            for hz in (standard.mark, standard.space)
        ]
        self._products: deque[tuple[float, float, float, float, int]] = deque([(0.0,) * 4 + (0,)] * window, window)
        self._threshold = window * PEAK_0_DBM0**2 / 2 * 10 ** (MIN_LEVEL_DBM0 / 10)
        self._sums = [0.0, 0.0, 0.0, 0.0, 0.0]
        self._reset()

    def _reset(self) -> None:
        self._marks = 0  # samples of mark in a row
        self._armed = False
        self._start: int | None = None  # sample at which the current start bit began
        self._bits: list[int] = []
        self._message = bytearray()

    def feed(self, samples: Iterable[int]) -> list[bytes]:
        """The messages that were completed in these samples: type, length and contents, without checksum."""
        return [message for sample in samples if (message := self._sample(sample)) is not None]

    def silence(self) -> None:
        """A block of silence came; cheaper than feeding it."""
        self._lost("fell silent")

    def _sample(self, sample: int) -> bytes | None:
        mark = self._is_mark(sample)
        self._n += 1
        if mark is None:
            self._lost("fell silent")
            return None
        if self._start is not None:
            return self._in_character(self._start, mark)
        if mark:
            self._marks += 1
            self._armed |= self._marks >= self.MARK_NEEDED * RATE / BAUD
            if self._message and self._marks > self.GAP_MAX * RATE / BAUD:
                self._lost("ended too early")
        elif self._armed:
            self._start, self._bits = self._n, []
        else:
            self._marks = 0
        return None

    def _is_mark(self, sample: int) -> bool | None:
        """Compares the energies at mark and space in the last bit's time; None when there is hardly any energy."""
        index = self._n % (RATE // 100)
        (mc, ms), (sc, ss) = self._oscillators[0][index], self._oscillators[1][index]
        new = (sample * mc, sample * ms, sample * sc, sample * ss, sample * sample)
        old = self._products[0]
        self._products.append(new)
        sums = self._sums
        for n in range(5):
            sums[n] += new[n] - old[n]
        if sums[4] < self._threshold:
            return None
        return sums[0] ** 2 + sums[1] ** 2 > sums[2] ** 2 + sums[3] ** 2

    def _in_character(self, start: int, mark: bool) -> bytes | None:
        if self._n - start < (len(self._bits) + 0.5) * RATE / BAUD:
            return None
        self._bits.append(int(mark))
        if len(self._bits) == 1 and mark:
            self._start = None  # a spike, not a start bit
        if len(self._bits) < 10:
            return None
        self._start, self._marks = None, 1
        if not mark:
            self._lost("has a character without stop bit")
            return None
        self._message.append(sum(bit << n for n, bit in enumerate(self._bits[1:9])))
        return self._completed()

    def _completed(self) -> bytes | None:
        try:
            message = self._complete(bytes(self._message))
        except ValueError as wrong:
            self._lost(str(wrong))
            return None
        if message is not None:
            self._reset()
        return message

    def _lost(self, why: str) -> None:
        if self._message:
            self.faults.append(f"{self.standard.name} message {bytes(self._message).hex(' ')} {why}")
        self._reset()


def parameters(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The (type, contents) of each parameter of a multiple-data message."""
    position = 2
    while position + 2 <= len(message):
        length = message[position + 1]
        yield message[position], message[position + 2 : position + 2 + length]
        position += 2 + length
