# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a backup into an empty folder: all of it, checked against its digests and on the disk, or an error."""

from __future__ import annotations

import filecmp
import hashlib
import os
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO

from firmware.backup import manifest
from firmware.backup.age import Damaged, Decrypting, NotABackup
from firmware.backup.manifest import ABOUT, DIGESTS, About
from firmware.backup.snapshot import room_for
from firmware.files import sync_folder

_PIECE = 1 << 18


Keep = Callable[[str], bool]


def unpack(file: BinaryIO, passphrase: str, folder: Path, keep: Keep = lambda name: True) -> About:
    """What it says of itself. What is not to be kept is read, and checked, all the same.

    NotABackup, WrongPassphrase, Damaged, Truncated, Newer, Unavailable; OSError.
    """
    plain = Decrypting(file, passphrase)
    try:
        with tarfile.open(fileobj=plain, mode="r|gz") as tar:
            about = _about(tar)
            room_for(folder, about.octets if keep("recordings/") else 0)
            _members(tar, folder, keep)
        while plain.read(_PIECE):  # only its last chunk says that it is whole
            pass
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise NotABackup("This file is encrypted as a backup is, and has no backup of a box in it.") from error
    _sync_all(folder)
    return about


def _about(tar: tarfile.TarFile) -> About:
    first = tar.next()
    text = tar.extractfile(first) if first and first.name == ABOUT else None
    return manifest.read(text.read(65536) if text else b"")


def _members(tar: tarfile.TarFile, folder: Path, keep: Keep) -> None:
    seen = folder / "seen"
    with seen.open("w") as list_:
        while member := tar.next():
            tar.members = []  # type: ignore[attr-defined]  # of a million they would be a gigabyte
            content = tar.extractfile(member)
            if not content:
                raise Damaged(f"The backup has something that is no file ({member.name!r}).")
            if member.name == DIGESTS:
                break
            wanted = manifest.is_allowed(member.name) and keep(member.name)
            digest = _written(content, folder / member.name, member.mtime) if wanted else _digest(content)
            list_.write(f"{digest}  {member.name}\n")
        else:
            raise NotABackup("This backup has no list of its files at its end.")
        digests = folder / DIGESTS
        _written(content, digests, 0)
    if not filecmp.cmp(seen, digests, shallow=False):
        raise Damaged("The files of the backup are not those of its list.")
    seen.unlink()
    digests.unlink()


def _written(content: IO[bytes], path: Path, mtime: float) -> str:
    """Its SHA-256."""
    digest = hashlib.sha256()
    path.parent.mkdir(mode=0o770, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660), "wb") as file:
        while piece := content.read(_PIECE):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    os.utime(path, (mtime, mtime))
    return digest.hexdigest()


def _digest(content: IO[bytes]) -> str:
    return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]


def _sync_all(folder: Path) -> None:
    for root, _, _ in os.walk(folder):
        sync_folder(Path(root))
