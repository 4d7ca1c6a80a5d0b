# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups by the clock, or at once on request: each by a process of its own, which keeps and tells what came of it."""

from __future__ import annotations

import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from firmware import service
from firmware.errors import Conflict, Invalid, TipringError
from webui import children

log = logging.getLogger(__name__)

FIRST_S, EVERY_S = 60.0, 60.0  # after the start; then
LIMIT_S = 12 * 3600.0  # fifty gigabytes over a slow line
_PIECE = 1 << 16


class Backups:
    """`start` begins to look; `ask` is work that somebody wants now, one after the other."""

    def __init__(self, state: Path, document: Callable[[], dict[str, Any]]) -> None:
        self._state, self._document = state, document
        self._wake, self._ended = threading.Event(), False
        self._asked: deque[tuple[str, ...]] = deque()
        self._thread = threading.Thread(target=self._run, name="backups", daemon=True)

    @property
    def under_way(self) -> bool:
        return bool(self._asked) or service.is_up(self._state, "backup")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What is under way goes on by itself."""
        self._ended = True
        self._wake.set()

    def ask(self, *work: str) -> None:
        """`now` or `test`, and a place. Conflict while something is under way."""
        if self.under_way:
            raise Conflict("A backup is being made, tested or restored already; wait for it.", code=IN_PROGRESS)
        self._asked.append(work)
        self._wake.set()

    def _run(self) -> None:
        self._wake.wait(FIRST_S)
        while not self._ended:
            self._wake.clear()
            try:
                if self._asked:
                    self._work(*self._asked[0])
                elif is_wanted(self._document()):
                    self._work("due")
            except (TipringError, OSError) as error:
                log.warning("no backup can be made: %s", error)
            finally:
                if self._asked:
                    self._asked.popleft()
            self._wake.wait(EVERY_S)

    def _work(self, *work: str) -> None:
        import subprocess  # not kept in the memory of a service that seldom needs it

        try:
            subprocess.run(self._command(*work), cwd=children.ROOT, timeout=LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            log.error("a backup did not end within %.0f hours and was stopped", LIMIT_S / 3600)

    def _command(self, *work: str) -> list[str]:
        return children.command_of("firmware.backup", self._state, *work)

    # ---- through this service ------------------------------------------------------------------------------

    def packed(self) -> Iterator[bytes]:
        """A backup as it is made; the first piece comes when it is known that there will be one. TipringError."""
        import subprocess

        process = subprocess.Popen(
            self._command("pack"), cwd=children.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )  # fmt: skip
        assert process.stdout
        assert process.stderr
        first = process.stdout.read1(_PIECE)  # type: ignore[attr-defined]
        if not first:
            raise children.said_of(process.communicate()[1], FAILED)
        return _pieces(process, process.stdout, first)

    def restore(self, passphrase: str, given: IO[bytes], length: int) -> dict[str, Any]:
        """Makes a backup ready for the next start; what came back, and what does not fit. TipringError."""
        if "\n" in passphrase:
            raise Invalid("A passphrase has no line breaks.", field="passphrase")

        def feed(pipe: IO[bytes]) -> None:
            pipe.write(passphrase.encode() + b"\n")
            _copy(given, pipe, length)

        found: dict[str, Any] = json.loads(children.answer(self._command("stage"), feed, FAILED))
        return found


FAILED = "The backup failed; the log says why."
IN_PROGRESS = "backup_in_progress"


def _copy(given: IO[bytes], to: IO[bytes], length: int) -> None:
    left = length
    while left > 0 and (piece := given.read(min(_PIECE, left))):
        left -= len(piece)
        to.write(piece)


def _pieces(process: Any, out: IO[bytes], first: bytes) -> Iterator[bytes]:
    """To its end, or until nobody wants it any more. OSError when it broke off: the reader's connection must, too."""
    said = children.Drain(process.stderr)
    try:
        yield first
        while piece := out.read1(_PIECE):  # type: ignore[attr-defined]
            yield piece
        if process.wait():
            raise OSError(str(children.said_of(said.text(), FAILED)))
    finally:
        process.kill()
        process.wait()
        said.text()
        out.close()


def is_wanted(document: dict[str, Any]) -> bool:
    """Whether there is anything to look for: the process is not begun in vain."""
    backup = document.get("backup", {})
    return bool(backup.get("passphrase") and backup.get("enabled", True) and document.get("backup_target"))
