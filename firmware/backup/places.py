# SPDX-License-Identifier: GPL-2.0-or-later
"""Where backups go. Every place can take a stream whose length nobody knows yet, and give one back."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from firmware.backup import usb
from firmware.backup.naming import PART
from firmware.config.backup import BackupTarget
from firmware.errors import Unavailable
from firmware.files import sync_folder

PIECE = 1 << 20
MARK = ".tipring-backups"


class Place(Protocol):
    """All of it raises Unavailable with a sentence when the place cannot be reached or does not take it."""

    def check(self) -> None:
        """Whether it is there and lets us write: before anything is made."""

    def put(self, name: str, stream: BinaryIO) -> int:
        """Its size in octets, once all of it is kept. What the stream raises leaves nothing under that name."""

    def files(self) -> list[tuple[str, int]]:
        """Names and sizes in octets."""

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """To read it."""

    def delete(self, name: str) -> None:
        """Gone."""


class Disk:
    """A folder that the system mounts. A mark in it tells whether it is the one of before: an empty mount point would
    fill the box's own disk."""

    def __init__(self, folder: Path, known: bool) -> None:
        self._folder, self._known = folder, known

    def check(self) -> None:
        with self._told():
            if self._known and not (self._folder / MARK).exists():
                raise Unavailable(f"{self._folder} is not what it was at the last backup. Is the disk mounted?")
            if not self._folder.is_dir():
                raise Unavailable(f"There is no folder {self._folder}. Mount the disk, or make the folder.")
            (self._folder / MARK).touch()

    def put(self, name: str, stream: BinaryIO) -> int:
        part, final = self._folder / (name + PART), self._folder / name
        with self._told():
            try:
                with part.open("wb") as file:
                    shutil.copyfileobj(stream, file, PIECE)
                    file.flush()
                    os.fsync(file.fileno())
                part.rename(final)
                sync_folder(self._folder)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            return final.stat().st_size

    def files(self) -> list[tuple[str, int]]:
        with self._told():
            return [(path.name, path.stat().st_size) for path in self._folder.iterdir() if path.is_file()]

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with self._told(), (self._folder / name).open("rb") as file:
            yield file

    def delete(self, name: str) -> None:
        with self._told():
            (self._folder / name).unlink(missing_ok=True)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Unavailable(f"{self._folder} cannot be used: {error.strerror or error}.") from error


def place_of(target: BackupTarget, state: Path, known: bool) -> Place:
    """`known`: a backup was put there before. Libraries are imported only for what needs them."""
    if target.s3:
        from firmware.backup.s3 import Bucket

        return Bucket(target.s3)
    if target.sftp:
        from firmware.backup.sftp import Server

        return Server(target.sftp, state)
    if target.usb:
        return Disk(usb.folder_of(target.usb), False)
    assert target.disk
    return Disk(Path(target.disk), known)
