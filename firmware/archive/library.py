# SPDX-License-Identifier: GPL-2.0-or-later
"""Stored recordings as sound: whole or in part, as they are kept or in another form, decrypted on the way.

Opus is imported where it is needed only: it costs 10 MB that the uplink never needs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware.archive import wav
from firmware.archive.sealed import Key, Sealed, Tampered, read_key
from firmware.errors import Conflict, NotFound, Unavailable
from firmware.records import Recording, RecordingState
from firmware.store.recovery import FRAME_BYTES, HEADER_BYTES

TYPES = {"wav": "audio/wav", "opus": "audio/ogg"}
SUFFIX = {"wav": ".wav", "opus": ".opus"}
_ENDS = 1 << 16


@dataclass(frozen=True, slots=True)
class Sound:
    """`read(start, length)` gives octets of it; length None is to the end. `tag` is another one when it is changed."""

    codec: str
    size: int
    tag: str
    read: Callable[[int, int | None], Iterator[bytes]]


def key_of(state: Path, document: dict[str, Any]) -> Key | None:
    """The key that a configuration names; None without one. Unavailable (`no_key`)."""
    file = document.get("recordings", {}).get("key_file")
    return read_key(Path(file), state) if file else None


class Library:
    """The folder STATE/recordings. `key` is asked for only when something is encrypted."""

    def __init__(self, folder: Path, key: Callable[[], Key | None]) -> None:
        self._folder, self._key = folder, key

    def path(self, recording: Recording) -> Path:
        """Its file. Conflict while it is written or when it was removed; NotFound when the disk has lost it."""
        if recording.state is RecordingState.REMOVED:
            raise NotFound(f"Recording {recording.id} was deleted ({recording.gone}).", code="audio_removed")
        if recording.state is not RecordingState.READY:
            message = f"Recording {recording.id} is {recording.state.value}; it has no audio to hear."
            raise Conflict(message, code="recording_not_ready")
        folder = self._folder.resolve()
        path = (folder / recording.path).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            raise NotFound(f"The audio of recording {recording.id} is not on the disk any more.", code="audio_missing")
        return path

    def stored(self, recording: Recording) -> Sound:
        """As it is kept, without encryption. As `path`, and Conflict (`audio_damaged`), Unavailable (`no_key`)."""
        path = self.path(recording)
        tag = recording.sha256 or recording.id
        if not recording.key:
            return Sound(recording.codec, path.stat().st_size, tag, lambda start, length: pieces(path, start, length))
        key = self._need_key()
        with path.open("rb") as file:
            size = Sealed(file, path.stat().st_size, key, recording.id).size

        def read(start: int, length: int | None) -> Iterator[bytes]:
            with path.open("rb") as file:
                yield from Sealed(file, path.stat().st_size, key, recording.id).read(start, length)

        return Sound(recording.codec, size, tag, read)

    def sound(self, recording: Recording, codec: str | None) -> Sound:
        """In a form of `TYPES`; None: as it is kept. As `stored`."""
        kept = self.stored(recording)
        if codec is None or codec == kept.codec:
            return kept
        if codec == "wav":
            samples = self.samples(recording)
            size = HEADER_BYTES + samples * FRAME_BYTES
            return Sound(
                "wav", size, f"{kept.tag}-wav", lambda a, n: _part(_as_wav(self.pcm(recording), samples), a, n)
            )
        from firmware.archive import opus

        made = b"".join(opus.encode(self.pcm(recording), serial_of(recording)))
        return Sound("opus", len(made), f"{kept.tag}-opus", lambda a, n: _part(iter((made,)), a, n))

    def pcm(self, recording: Recording) -> Iterator[bytes]:
        """Its samples: 16 bit, left and right in turn. As `stored`; also while it is read."""
        kept = self.stored(recording)
        if kept.codec == "wav":
            yield from kept.read(HEADER_BYTES, None)
            return
        from firmware.archive import opus

        try:
            yield from opus.decode(kept.read(0, None))
        except opus.DamagedSound as error:
            raise Tampered(f"The audio of recording {recording.id} is damaged: {error}.") from None

    def samples(self, recording: Recording) -> int:
        """How many a channel has."""
        kept = self.stored(recording)
        if kept.codec == "wav":
            return (kept.size - HEADER_BYTES) // FRAME_BYTES
        from firmware.archive import opus

        tail = max(0, kept.size - _ENDS)
        try:
            return opus.samples_of(b"".join(kept.read(0, _ENDS)), b"".join(kept.read(tail, None)))
        except opus.DamagedSound as error:
            raise Tampered(f"The audio of recording {recording.id} is damaged: {error}.") from None

    def _need_key(self) -> Key:
        key = self._key()
        if not key:
            message = "This recording is encrypted, and recordings.key_file names no key. Put the key back."
            raise Unavailable(message, code="no_key")
        return key


def serial_of(recording: Recording) -> int:
    """Of its Ogg stream: the same each time it is made."""
    return int(recording.id.replace("-", "")[-7:], 16)


def peaks_path(path: Path) -> Path:
    """Where the outline of a stored recording is, beside its file."""
    return path.with_name(path.name.partition(".")[0] + ".peaks")


def pieces(path: Path, start: int, length: int | None) -> Iterator[bytes]:
    """Octets of a file from `start` on; length None is to the end."""
    with path.open("rb") as file:
        file.seek(start)
        left = os.fstat(file.fileno()).st_size - start if length is None else length
        while left > 0 and (piece := file.read(min(wav.PIECE, left))):
            left -= len(piece)
            yield piece


def _as_wav(pcm: Iterator[bytes], samples: int) -> Iterator[bytes]:
    yield wav.header(samples)
    yield from pcm


def _part(pieces: Iterator[bytes], start: int, length: int | None) -> Iterator[bytes]:
    at = 0
    end = None if length is None else start + length
    for piece in pieces:
        if end is not None and at >= end:
            return
        part = piece[max(0, start - at) : None if end is None else max(0, end - at)]
        at += len(piece)
        if part:
            yield part
