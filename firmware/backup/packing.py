# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a backup as a stream: age(gzip(tar)). Only the databases are copied first; all else goes straight out."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO

from firmware import times
from firmware.backup import snapshot
from firmware.backup.age import Encrypting
from firmware.backup.manifest import ABOUT, DIGESTS, OUTSIDE_KEY, About
from firmware.errors import NotFound
from firmware.store.config_db import ConfigDb

SCRATCH = "backup-scratch"
_KEPT = {
    "edge": ("certificate.pem", "key.pem", "secret"),
    "acme": ("account.pem", "status.json"),
    "backup": ("ssh_key", "hosts.json"),
}  # of these folders; of others all
_WHOLE = ("voicemail", "prompts", "doctor")
FAST = 1  # of gzip: databases become a fourth, and recordings are compressed already


@dataclass(frozen=True, slots=True)
class What:
    """`history`: calls and all that is known of them. `recordings` need it."""

    history: bool = True
    recordings: bool = False


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    path: Path


def pack(state: Path, what: What, passphrase: str, out: BinaryIO) -> About:
    """Writes one backup to `out`; what it says of itself. Unavailable, NotFound, OSError."""
    scratch = _scratch(state)
    try:
        about = _about(state, what)
        databases = _snapshots(state, scratch, what)
        about = replace(about, octets=sum(_size(member.path) for member in _members(databases, state, what)))
        sealed = Encrypting(out, passphrase)
        _write(sealed, about, _members(databases, state, what), scratch)
        sealed.finish()
        return about
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _scratch(state: Path) -> Path:
    """For this process alone, who holds the lock: what a killed one left is gone."""
    folder = state / SCRATCH
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def _snapshots(state: Path, scratch: Path, what: What) -> list[_Member]:
    snapshot.copy(state / "config.db", scratch / "config.db")
    if (state / "history.db").exists():
        take = snapshot.copy if what.history else snapshot.copy_without_calls
        take(state / "history.db", scratch / "history.db")
    return [_Member(path.name, path) for path in sorted(scratch.glob("*.db"))]


def _about(state: Path, what: What) -> About:
    configs = ConfigDb(state)
    document = configs.current().document
    return About(
        made_at=times.iso(times.now()),
        box=configs.box_id(),
        name=document.get("site", {}).get("name", ""),
        ports=configs.ports() or [],
        history=what.history,
        recordings=what.history and what.recordings,
        octets=0,
    )


def _members(databases: list[_Member], state: Path, what: What) -> Iterator[_Member]:
    """Walked twice: a list of a million recordings would be too large."""
    yield from databases
    yield from _files(state, what)


def _files(state: Path, what: What) -> Iterator[_Member]:
    for folder, names in _KEPT.items():
        yield from (_Member(f"{folder}/{name}", state / folder / name) for name in names)
    for folder in (*_WHOLE, *(("recordings",) if what.history and what.recordings else ())):
        yield from (_Member(str(path.relative_to(state)), path) for path in _below(state / folder))
    if key := _recording_key(state):
        yield _Member(OUTSIDE_KEY, key)


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(root, name) for name in sorted(names) if not name.endswith((".new", ".part")))


def _recording_key(state: Path) -> Path | None:
    try:
        name = ConfigDb(state).current().document.get("recordings", {}).get("key_file")
    except NotFound:
        return None
    return Path(name) if name else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _write(sealed: Encrypting, about: About, members: Iterable[_Member], scratch: Path) -> None:
    with (
        gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=FAST, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        tempfile.TemporaryFile("w+b", dir=scratch) as digests,
    ):
        _add_text(tar, ABOUT, about)
        for member in members:
            tar.members = []  # type: ignore[attr-defined]  # of a million they would be a gigabyte
            if digest := _add(tar, member):
                digests.write(f"{digest}  {member.name}\n".encode())
        size = digests.tell()
        digests.seek(0)
        tar.addfile(_info(DIGESTS, size), digests)


def _add_text(tar: tarfile.TarFile, name: str, about: About) -> None:
    text = json.dumps(about.as_json(), ensure_ascii=False, indent=2).encode()
    tar.addfile(_info(name, len(text)), io.BytesIO(text))


def _info(name: str, size: int, mtime: float | None = None) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    info.mtime = int(time.time() if mtime is None else mtime)
    return info


def _add(tar: tarfile.TarFile, member: _Member) -> str:
    """Its SHA-256; "" when there is no such file (any more): the office goes on while a backup is made."""
    try:
        file = member.path.open("rb")
    except FileNotFoundError:
        return ""
    with file:
        found = os.fstat(file.fileno())
        whole = _Exactly(file, found.st_size)
        tar.addfile(_info(member.name, found.st_size, found.st_mtime), whole)
        return whole.digest.hexdigest()


class _Exactly(io.RawIOBase):
    """As many octets of a file as it had: one that grows is cut, one that shrinks filled with zeros."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left, self.digest = file, size, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        wanted = min(self._left, size if size >= 0 else self._left)
        data = self._file.read(wanted).ljust(wanted, b"\0")
        self._left -= len(data)
        self.digest.update(data)
        return data
