# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes from another telephone system: read, looked at and taken over by processes of their own."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from bottle import LocalRequest

from firmware import service
from firmware.errors import Invalid
from firmware.importing import frames, progress
from webui import children
from webui.http import read_away

log = logging.getLogger(__name__)

LARGEST = 2 << 30  # octets of an upload: a backup with its voicemail, which is passed over
FAILED = "The import failed; the log says why."
Files = Iterable[tuple[str, frames.Readable]]


class Imports:
    """Of one box; one at a time."""

    def __init__(self, state: Path) -> None:
        self._state = state

    @property
    def under_way(self) -> bool:
        """Whether files are read, or calls sent."""
        return service.is_up(self._state, progress.LOCK)

    def progress(self) -> dict[str, Any]:
        """As `firmware.importing.progress` has it; `under_way` is False of calls that wait to be sent on."""
        return progress.read(self._state) | {"under_way": self.under_way}

    def take(self, files: Files) -> None:
        """Reads an upload as it comes; from then on it waits to be looked at. TipringError."""

        def feed(pipe: IO[bytes]) -> None:
            coming = iter(files)
            try:
                frames.send(pipe, coming)
            except BrokenPipeError:
                for _ in coming:  # who is still sending would not hear the answer
                    pass

        self._answer("take", feed)

    def look(self, chosen: dict[str, Any]) -> dict[str, Any]:
        """What an import would do now. TipringError (`no_import`)."""
        return self._asked("look", chosen)

    def apply(self, chosen: dict[str, Any]) -> dict[str, Any]:
        """Puts it in force; calls are sent from then on. TipringError."""
        found = self._asked("apply", chosen)
        if found["calls"]:
            self.send()
        return found

    def send(self) -> None:
        """Sends calls, from where it was."""
        threading.Thread(target=self._send, name="imports", daemon=True).start()

    def forget(self) -> None:
        """Conflict while something is under way."""
        self._answer("forget", lambda pipe: None)

    def _send(self) -> None:
        import subprocess  # not kept in the memory of a service that seldom needs it

        command = children.command_of("firmware.importing", self._state, "calls")
        subprocess.run(command, cwd=children.ROOT, stdin=subprocess.DEVNULL, check=False)

    def _asked(self, work: str, chosen: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._answer(work, lambda pipe: _write(pipe, chosen)))
        return found

    def _answer(self, work: str, feed: Any) -> bytes:
        return children.answer(children.command_of("firmware.importing", self._state, work), feed, FAILED)


def _write(pipe: IO[bytes], value: Any) -> None:
    pipe.write(json.dumps(value).encode())


def check_size(request: LocalRequest) -> None:
    """Before an upload is begun. Invalid (`body_too_large`)."""
    if not 0 <= request.content_length <= LARGEST:
        read_away(request)
        raise Invalid(f"The upload is larger than {LARGEST >> 20} MiB.", code="body_too_large", field="file")


def one(request: LocalRequest, name: str) -> Iterator[tuple[str, frames.Readable]]:
    """The body of a request as a file."""
    body = _Body(request.environ["wsgi.input"], request.content_length)
    yield name, body
    while body.read(frames.PIECE):
        pass


class _Body:
    def __init__(self, stream: IO[bytes], length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int, /) -> bytes:
        found = self._stream.read(min(size, self._left)) if self._left > 0 else b""
        self._left -= len(found)
        return found
