# SPDX-License-Identifier: GPL-2.0-or-later
"""The outline of a recording, as audiowaveform writes it (.dat, version 2, 8 bit), for drawing both channels."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable
from typing import Any

from firmware.store.recovery import FRAME_BYTES, RATE

POINTS = 1800  # at most, of each channel; no screen shows more
FINEST = 80  # samples in a point: 10 ms
VERSION, EIGHT_BIT, CHANNELS = 2, 1, 2
_HEAD = struct.Struct("<iIiiIi")  # version, flags, sample rate, samples per pixel, length, channels


class Outline:
    """Made of `samples` a channel that come in pieces."""

    def __init__(self, samples: int) -> None:
        self._each = max(FINEST, -(-samples // POINTS))
        self._left = b""
        self._data = array("b")

    def add(self, pcm: bytes) -> None:
        """More samples: 16 bit, left and right in turn."""
        size = self._each * FRAME_BYTES
        self._left += pcm
        whole = len(self._left) // size * size
        for start in range(0, whole, size):
            self._point(self._left[start : start + size])
        self._left = self._left[whole:]

    def _point(self, pcm: bytes) -> None:
        both = array("h", pcm)
        if sys.byteorder == "big":
            both.byteswap()
        for channel in (both[0::2], both[1::2]):
            self._data.extend((min(channel) >> 8, max(channel) >> 8))

    def file(self) -> bytes:
        """The whole file."""
        if self._left:
            self._point(self._left)
            self._left = b""
        length = len(self._data) // (2 * CHANNELS)
        return _HEAD.pack(VERSION, EIGHT_BIT, RATE, self._each, length, CHANNELS) + self._data.tobytes()


def outline(pcm: Iterable[bytes], samples: int) -> bytes:
    """The file of a whole recording."""
    made = Outline(samples)
    for piece in pcm:
        made.add(piece)
    return made.file()


def as_json(file: bytes) -> dict[str, Any]:
    """The same in audiowaveform's JSON form: `data` is minimum, maximum of each channel in turn, -128 to 127.

    ValueError when the file is none.
    """
    if len(file) < _HEAD.size:
        raise ValueError("too short for an outline")
    version, flags, rate, each, length, channels = _HEAD.unpack_from(file)
    data = array("b", file[_HEAD.size :])
    if (version, flags) != (VERSION, EIGHT_BIT) or len(data) != 2 * channels * length:
        raise ValueError("not an outline of this kind")
    return {
        "version": version, "channels": channels, "sample_rate": rate, "samples_per_pixel": each, "bits": 8,
        "length": length, "data": data.tolist(),
    }  # fmt: skip
