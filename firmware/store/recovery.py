# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings that a dead core left unfinished are made whole: up to the last second that was written."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from pathlib import Path

from firmware.records import Recording

HEADER_BYTES = 44
FRAME_BYTES = 4  # left and right, 16 bit
RATE = 8000  # samples a second
BYTES_PER_SECOND = RATE * FRAME_BYTES


def hash_file(path: Path) -> tuple[int, str]:
    """Size in bytes and SHA-256 (hexadecimal)."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def repair_wav(path: Path) -> float:
    """Sets the lengths in the header of a recording that was cut right; a whole one is left as it is.

    Returns its seconds; 0.0: nothing is in it.
    """
    size = path.stat().st_size
    frames = max(0, size - HEADER_BYTES) // FRAME_BYTES
    if not frames:
        return 0.0
    lengths = ((4, HEADER_BYTES - 8 + frames * FRAME_BYTES), (40, frames * FRAME_BYTES))
    with path.open("r+b") as file:
        head = file.read(HEADER_BYTES)
        if size != HEADER_BYTES + frames * FRAME_BYTES:
            file.truncate(HEADER_BYTES + frames * FRAME_BYTES)
        for offset, length in lengths:
            if head[offset : offset + 4] != (right := struct.pack("<I", length)):
                file.seek(offset)
                file.write(right)
    return frames * FRAME_BYTES / BYTES_PER_SECOND


def finish(recording: Recording, folder: Path) -> Recording | None:
    """The recording as it is after repair; None when there is nothing to be heard."""
    path = folder / recording.path
    try:
        seconds = repair_wav(path)
    except FileNotFoundError:
        return None
    if not seconds:
        return None
    size, digest = hash_file(path)
    return replace(recording, duration_s=round(seconds, 3), bytes=size, sha256=digest)
