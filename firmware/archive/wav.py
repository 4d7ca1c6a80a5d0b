# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings as WAV: what the recorder writes (16 bit, stereo, 8 kHz, 44 octets of header), and the same made anew."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from firmware.store.recovery import FRAME_BYTES, HEADER_BYTES, RATE

PIECE = 1 << 16


def header(samples: int) -> bytes:
    """Of a file with so many samples a channel."""
    size = samples * FRAME_BYTES
    form = struct.pack("<IHHIIHH", 16, 1, 2, RATE, RATE * FRAME_BYTES, FRAME_BYTES, 16)
    return (
        struct.pack("<4sI8s", b"RIFF", HEADER_BYTES - 8 + size, b"WAVEfmt ") + form + struct.pack("<4sI", b"data", size)
    )


def pcm(file: BinaryIO) -> Iterator[bytes]:
    """The samples of a recorder's file."""
    file.seek(HEADER_BYTES)
    while piece := file.read(PIECE):
        yield piece
