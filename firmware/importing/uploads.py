# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of an upload: one by one, or those of a tar archive that an import can use. Nothing is written to the disk:
names in an archive are labels, links and devices in it are not followed."""

from __future__ import annotations

import gzip
import re
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from firmware.errors import Invalid

MIB = 1 << 20
LARGEST_FILE = 96 * MIB
LARGEST_SUM = 256 * MIB
LARGEST_ARCHIVE = 16 * 1024 * MIB  # unpacked, with the voicemail and recordings that are passed over
MOST_MEMBERS = 100_000
_WANTED = re.compile(r"(^|/)modulejson/[A-Za-z]+\.json$|\.(conf|csv|sql|sql\.gz)$")
_ARCHIVES = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_USTAR = 257  # POSIX.1-1988: where a header's magic stands


@dataclass(frozen=True, slots=True)
class Source:
    """A file; `name` is what people are told."""

    name: str
    content: bytes


def read(paths: list[Path], names: list[str] | None = None) -> list[Source]:
    """All files that can be used. Invalid when one cannot be read, or is larger than an import takes."""
    found: list[Source] = []
    for path, name in zip(paths, names or [path.name for path in paths], strict=True):
        try:
            with path.open("rb") as stream:
                found += _members(stream, name) if _is_archive(stream) else [Source(name, _all_of(stream, name))]
        except OSError as error:
            raise Invalid(f"{path} cannot be read: {error.strerror or error}.", field="file") from error
        if sum(len(source.content) for source in found) > LARGEST_SUM:
            raise _too_large("The files")
    return found


def _is_archive(stream: IO[bytes]) -> bool:
    head = stream.read(512)
    stream.seek(0)
    return head.startswith(_ARCHIVES) or head[_USTAR : _USTAR + 5] == b"ustar"


def _too_large(what: str) -> Invalid:
    return Invalid(
        f"{what} are larger than an import takes ({LARGEST_SUM // MIB} MiB, a file {LARGEST_FILE // MIB} MiB).",
        code="body_too_large", field="file",
    )  # fmt: skip


def _all_of(stream: IO[bytes] | gzip.GzipFile, name: str) -> bytes:
    content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise _too_large(name)
    return content


def _members(stream: IO[bytes], name: str) -> list[Source]:
    try:
        with tarfile.open(fileobj=stream, mode="r|*") as archive:
            return list(_wanted(archive))
    except (tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise Invalid(f"{name} is no whole tar archive: {error}.", code="not_an_import", field="file") from error


def _wanted(archive: tarfile.TarFile) -> Iterator[Source]:
    count = unpacked = total = 0
    for member in archive:
        count, unpacked = count + 1, unpacked + member.size
        if count > MOST_MEMBERS or unpacked > LARGEST_ARCHIVE:
            raise _too_large("The files of the archive")
        if not member.isreg() or not _WANTED.search(member.name):
            continue
        if member.size > LARGEST_FILE:
            raise _too_large(member.name)
        source = _source(archive, member)
        total += len(source.content)
        if total > LARGEST_SUM:
            raise _too_large("The files of the archive")
        yield source


def _source(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Source:
    inside = archive.extractfile(member)
    assert inside  # it is a regular file
    if member.name.endswith(".gz"):
        with gzip.GzipFile(fileobj=inside) as unpacked:
            return Source(member.name.removeprefix("./"), _all_of(unpacked, member.name))
    return Source(member.name.removeprefix("./"), inside.read())
