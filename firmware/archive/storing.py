# SPDX-License-Identifier: GPL-2.0-or-later
"""A finished WAV file becomes what is kept: encoded, encrypted, read back and compared, and only then in its place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from firmware.archive import wav
from firmware.archive.library import SUFFIX, Library, peaks_path, serial_of
from firmware.archive.peaks import Outline, as_json, outline
from firmware.archive.sealed import SUFFIX as SEALED
from firmware.archive.sealed import Key, seal
from firmware.errors import TipringError
from firmware.records import Recording, RecordingState
from firmware.store.recovery import FRAME_BYTES, HEADER_BYTES, hash_file

LEVEL = 0.3  # the mean of peaks may differ by so much after encoding, and by NOISE of 127
NOISE = 2.0


class NotTheSame(Exception):
    """What was encoded does not sound like what was recorded."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The recording as it is now, and SHA-256 of its file (its own is that of the sound within)."""

    recording: Recording
    file_sha256: str


def store(recording: Recording, folder: Path, codec: str, key: Key | None) -> Stored:
    """Makes what is kept of `recording.path`, a WAV file, which is left there when the new one has another name.

    OSError (FileNotFoundError: the WAV file is not there); NotTheSame, and nothing has changed.
    """
    source = folder / recording.path
    samples = (source.stat().st_size - HEADER_BYTES) // FRAME_BYTES
    shape = Outline(samples)
    name = source.stem + SUFFIX[codec] + (SEALED if key else "")
    target = source.with_name(name)
    kept = replace(recording, path=str(target.relative_to(folder)), codec=codec, key=key.id if key else "")
    sound = hashlib.sha256()
    if target != source:
        part = target.with_name(name + ".part")
        with source.open("rb") as file:
            pieces = _through(_form(file.read(HEADER_BYTES), _shaped(wav.pcm(file), shape), recording, codec), sound)
            _write(part, seal(pieces, key, recording.id) if key else pieces)
        try:
            _compare(replace(kept, path=str(part.relative_to(folder))), folder, key, samples, shape.file())
        except BaseException:
            part.unlink()
            raise
        _put(part, target)
    else:
        with source.open("rb") as file:
            for _ in _through(_form(file.read(HEADER_BYTES), _shaped(wav.pcm(file), shape), recording, codec), sound):
                pass
    _write(peaks_path(target), iter((shape.file(),)))
    size, file_sha256 = hash_file(target)
    return Stored(replace(kept, bytes=size, sha256=sound.hexdigest()), file_sha256)


def _form(head: bytes, pcm: Iterator[bytes], recording: Recording, codec: str) -> Iterator[bytes]:
    if codec == "opus":
        from firmware.archive import opus

        yield from opus.encode(pcm, serial_of(recording))
    else:
        yield head
        yield from pcm


def _shaped(pcm: Iterator[bytes], shape: Outline) -> Iterator[bytes]:
    for piece in pcm:
        shape.add(piece)
        yield piece


def _through(pieces: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


def _put(part: Path, target: Path) -> None:
    """In its place for good."""
    part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _compare(kept: Recording, folder: Path, key: Key | None, samples: int, shape: bytes) -> None:
    """Reads back what was written, through decryption and decoder."""
    library = Library(folder, lambda: key)
    there = replace(kept, state=RecordingState.READY)
    try:
        count = library.samples(there)
        heard = outline(library.pcm(there), samples)
    except TipringError as error:
        raise NotTheSame(error.message) from error
    if count != samples:
        raise NotTheSame(f"{samples} samples became {count}")
    for before, after in zip(_levels(shape), _levels(heard), strict=True):
        if abs(after - before) > LEVEL * before + NOISE:
            raise NotTheSame(f"a mean peak of {before:.1f} became {after:.1f}")


def _levels(shape: bytes) -> tuple[float, float]:
    """Mean height of the left and the right channel."""
    data = as_json(shape)["data"]
    points = max(1, len(data) // 4)
    left, right = ((sum(data[at + 1 :: 4]) - sum(data[at::4])) / points for at in (0, 2))
    return left, right
