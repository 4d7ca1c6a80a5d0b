# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound files that a caller spoke: what the recorder left (two channels, perhaps cut) becomes a mono WAV file, once."""

from __future__ import annotations

import os
import sys
import wave
from array import array
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from firmware.records import Message, MessageState
from firmware.store.recovery import FRAME_BYTES, HEADER_BYTES, hash_file

SHORTEST_S = 1.0
LOUD = 400  # of 32768: a block of speech has a higher peak, line noise has not
_PIECE = 1 << 20
_RATE = 8000


def sound_path(folder: Path, message: Message) -> Path:
    """Where the message can be heard."""
    return folder / message.box / f"{message.id}.wav"


def raw_path(folder: Path, message: Message) -> Path:
    """Where the recorder writes."""
    return folder / message.box / f"{message.id}.rec"


def finish(message: Message, folder: Path, cut_s: float = 0.0) -> Message | None:
    """The message to be kept, without its last `cut_s`; None, and nothing is left, when nothing was said. OSError."""
    raw, sound = raw_path(folder, message), sound_path(folder, message)
    if not sound.exists() and raw.exists():
        make_mono(raw, sound, cut_s)
    raw.unlink(missing_ok=True)
    if not sound.exists():
        return None
    size, digest = hash_file(sound)
    seconds = round((size - HEADER_BYTES) / (2 * _RATE), 3)
    return replace(message, duration_s=seconds, bytes=size, sha256=digest, state=MessageState.NEW)


def make_mono(raw: Path, sound: Path, cut_s: float = 0.0) -> bool:
    """The left channel of a recorder's file as a WAV file: there as a whole, or not at all when nothing was said."""
    part = sound.with_suffix(".part")
    loudest = count = 0
    try:
        with wave.open(str(part), "wb") as file:
            file.setparams((1, 2, _RATE, 0, "NONE", ""))
            for samples in _left(raw, round(cut_s * _RATE)):
                loudest = max(loudest, max(samples), -min(samples))
                count += len(samples)
                file.writeframes(samples.tobytes())
        if count < SHORTEST_S * _RATE or loudest < LOUD:
            return False
        with part.open("rb") as file_on_disk:
            os.fsync(file_on_disk.fileno())
        part.replace(sound)
        return True
    finally:
        part.unlink(missing_ok=True)


def _left(raw: Path, cut: int) -> Iterator[array[int]]:
    frames = (raw.stat().st_size - HEADER_BYTES) // FRAME_BYTES - cut
    with raw.open("rb") as file:
        file.seek(HEADER_BYTES)
        while frames > 0 and (piece := file.read(min(_PIECE, frames * FRAME_BYTES))):
            samples = array("h", piece)
            if sys.byteorder == "big":
                samples.byteswap()
            frames -= len(piece) // FRAME_BYTES
            yield samples[0::2]
