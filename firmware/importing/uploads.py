# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of an upload as they pass by: one by one, or those of an archive that an import can use. Nothing is written
to the disk: names in an archive are labels, links and devices in it are not followed."""

from __future__ import annotations

import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from firmware.errors import Invalid

MIB = 1 << 20
LARGEST_FILE = 32 * MIB  # of what is read whole; lists of calls pass by line for line
LARGEST_SUM = 64 * MIB
LARGEST_ARCHIVE = 16 * 1024 * MIB  # unpacked, with the voicemail and recordings that are passed over
MOST_MEMBERS = 100_000
_WANTED = re.compile(r"(^|/)modulejson/[A-Za-z]+\.json$|\.(conf|csv|sql|sql\.gz)$")
_TARS = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_ZIP = b"PK\x03\x04"
_USTAR = 257  # POSIX.1-1988: where a header's magic stands
BROKEN = (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, OSError, ValueError,
          NotImplementedError, RuntimeError)  # fmt: skip
"""What archives that are damaged, or locked with a password, are refused with."""

Given = tuple[str, IO[bytes]]
"""A name and what is in it, to be read once, before the next one."""


@dataclass(frozen=True, slots=True)
class Source:
    """A whole file; `name` is what people are told."""

    name: str
    content: bytes


def members(name: str, stream: IO[bytes]) -> Iterator[tuple[str, io.BufferedReader]]:
    """The file, or all of an archive that can be used. BROKEN when it is damaged; Invalid."""
    buffered = _buffered(stream)
    try:
        yield from _members(name, buffered)
    finally:
        buffered.detach()  # whoever opened the stream closes it


def _members(name: str, stream: io.BufferedReader) -> Iterator[tuple[str, io.BufferedReader]]:
    head = stream.peek(512)
    if head.startswith(_ZIP):
        yield from _of_zip(name, stream)
    elif name.endswith((".sql.gz", ".csv.gz")):
        yield name.removesuffix(".gz"), _unpacked(stream)
    elif head.startswith(_TARS) or head[_USTAR : _USTAR + 5] == b"ustar":
        yield from _of_tar(stream)
    else:
        yield name, stream


def damaged(name: str, error: Exception) -> Invalid:
    """What is told of one of `BROKEN`."""
    kind = "zip" if name.lower().endswith(".zip") else "tar"
    return Invalid(f"{name} is no whole {kind} archive: {error}.", code="not_an_import", field="file")


def whole(name: str, stream: io.BufferedReader) -> Source:
    """What is in it. Invalid (`body_too_large`)."""
    content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise too_large(name)
    return Source(name, content)


def too_large(what: str) -> Invalid:
    """Says how large they may be."""
    return Invalid(
        f"{what} is larger than an import takes ({LARGEST_SUM // MIB} MiB, a file {LARGEST_FILE // MIB} MiB).",
        code="body_too_large", field="file",
    )  # fmt: skip


def _buffered(stream: Any) -> io.BufferedReader:
    return io.BufferedReader(stream, 1 << 16)


def _unpacked(stream: IO[bytes]) -> io.BufferedReader:
    return _buffered(gzip.GzipFile(fileobj=stream))


def _of_tar(stream: IO[bytes]) -> Iterator[tuple[str, io.BufferedReader]]:
    count = unpacked = 0
    with tarfile.open(fileobj=stream, mode="r|*") as archive:
        for member in archive:
            count, unpacked = count + 1, unpacked + member.size
            if count > MOST_MEMBERS or unpacked > LARGEST_ARCHIVE:
                raise too_large("The archive")
            if member.isreg() and _WANTED.search(member.name):
                inside = archive.extractfile(member)
                assert inside  # it is a regular file
                yield _named(member.name, inside)


def _of_zip(name: str, stream: io.BufferedReader) -> Iterator[tuple[str, io.BufferedReader]]:
    """Its list of files stands at its end: all of it is read first."""
    with zipfile.ZipFile(io.BytesIO(whole(name, stream).content)) as archive:
        if len(archive.infolist()) > MOST_MEMBERS:
            raise too_large("The archive")
        for member in archive.infolist():
            kind = stat.S_IFMT(member.external_attr >> 16)
            if not member.is_dir() and kind in (0, stat.S_IFREG) and _WANTED.search(member.filename):
                with archive.open(member) as inside:
                    yield _named(member.filename, inside)


def _named(name: str, inside: IO[bytes]) -> tuple[str, io.BufferedReader]:
    plain = name.removeprefix("./")
    if plain.endswith(".gz"):
        return plain.removesuffix(".gz"), _unpacked(inside)
    return plain, _buffered(inside)
