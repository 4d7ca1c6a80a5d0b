# SPDX-License-Identifier: GPL-2.0-or-later
"""Files one after the other through a pipe: the name as a line of JSON, then pieces with their length before them (four
octets, the largest first), then a length of 0."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from typing import IO, Protocol

LONGEST_NAME = 4096
PIECE = 1 << 16


class Readable(Protocol):
    """`read` gives at least one octet, or b"" at the end."""

    def read(self, size: int, /) -> bytes: ...


def send(out: IO[bytes], files: Iterable[tuple[str, Readable]]) -> None:
    """All of them. BrokenPipeError when the reader has seen enough."""
    for name, stream in files:
        out.write(json.dumps(name[:500]).encode() + b"\n")
        while piece := stream.read(PIECE):
            out.write(len(piece).to_bytes(4) + piece)
        out.write(bytes(4))
    out.flush()


def files(given: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    """What was sent; what is not read of one is passed over. EOFError when it breaks off within one."""
    while line := given.readline(LONGEST_NAME):
        file = _File(given)
        yield str(json.loads(line)), file  # type: ignore[misc]
        file.pass_over()


class _File(io.RawIOBase):
    def __init__(self, given: IO[bytes]) -> None:
        self._given, self._left, self._ended = given, 0, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        """Fills all of it, unless the file ends."""
        view, done = memoryview(buffer).cast("B"), 0  # type: ignore[arg-type]
        while done < len(view) and (piece := self._piece(len(view) - done)):
            view[done : done + len(piece)] = piece
            done += len(piece)
        return done

    def pass_over(self) -> None:
        """The rest of it, also when whoever read it has closed it."""
        while self._piece(PIECE):
            pass

    def _piece(self, most: int) -> bytes:
        if not self._left and not self._ended:
            self._left = int.from_bytes(self._exactly(4))
            self._ended = not self._left
        piece = self._exactly(min(most, self._left)) if self._left else b""
        self._left -= len(piece)
        return piece

    def _exactly(self, count: int) -> bytes:
        found = self._given.read(count)
        if len(found) < count:
            raise EOFError("it broke off")
        return found
