# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups by the clock, or at once on request: each by a process of its own, which keeps and tells what came of it."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from firmware import service
from firmware.errors import KINDS, Conflict, Invalid, TipringError

log = logging.getLogger(__name__)

FIRST_S, EVERY_S = 60.0, 60.0  # after the start; then
LIMIT_S = 12 * 3600.0  # fifty gigabytes over a slow line
_ROOT = Path(__file__).parents[1]
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
            subprocess.run(self._command(*work), cwd=_ROOT, timeout=LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            log.error("a backup did not end within %.0f hours and was stopped", LIMIT_S / 3600)

    def _command(self, *work: str) -> list[str]:
        return [sys.executable, "-m", "firmware.backup", "--state", str(self._state), *work]

    # ---- through this service ------------------------------------------------------------------------------

    def packed(self) -> Iterator[bytes]:
        """A backup as it is made; the first piece comes when it is known that there will be one. TipringError."""
        import subprocess

        process = subprocess.Popen(
            self._command("pack"), cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )  # fmt: skip
        assert process.stdout
        assert process.stderr
        first = process.stdout.read1(_PIECE)  # type: ignore[attr-defined]
        if not first:
            raise _said(process.communicate()[1])
        return _pieces(process, process.stdout, first)

    def restore(self, passphrase: str, given: IO[bytes], length: int) -> dict[str, Any]:
        """Makes a backup ready for the next start; what came back, and what does not fit. TipringError."""
        import subprocess

        if "\n" in passphrase:
            raise Invalid("A passphrase has no line breaks.", field="passphrase")
        with subprocess.Popen(
            self._command("stage"), cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdin
            said = _Drain(process.stderr)
            try:
                process.stdin.write(passphrase.encode() + b"\n")
                _copy(given, process.stdin, length)
            except BrokenPipeError:
                _copy(given, None, 0)  # it has seen enough, and says why
            finally:
                _close(process.stdin)
            assert process.stdout
            out = process.stdout.read()
            process.wait()
        if process.returncode:
            raise _said(said.text())
        found: dict[str, Any] = json.loads(out)
        return found


IN_PROGRESS = "backup_in_progress"


class _Drain:
    """Standard error of a process, read beside its work so that it never waits for us."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._pieces: list[bytes] = []
        assert stream
        self._stream = stream
        self._thread = threading.Thread(target=self._read, name="said", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._stream:
            self._pieces.extend(self._stream)

    def text(self) -> bytes:
        self._thread.join(5)
        return b"".join(self._pieces[-20:])


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        log.debug("it did not want all of it")


def _copy(given: IO[bytes], to: IO[bytes] | None, length: int) -> None:
    left = length
    while left > 0 and (piece := given.read(min(_PIECE, left))):
        left -= len(piece)
        if to:
            to.write(piece)


def _pieces(process: Any, out: IO[bytes], first: bytes) -> Iterator[bytes]:
    """To its end, or until nobody wants it any more. OSError when it broke off: the reader's connection must, too."""
    said = _Drain(process.stderr)
    try:
        yield first
        while piece := out.read1(_PIECE):  # type: ignore[attr-defined]
            yield piece
        if process.wait():
            raise OSError(str(_said(said.text())))
    finally:
        process.kill()
        process.wait()
        said.text()
        out.close()


def _said(text: bytes) -> TipringError:
    """What the process told of its failure."""
    lines = text.decode(errors="replace").strip().splitlines()
    try:
        told = json.loads(lines[-1])
        return KINDS.get(told["kind"], TipringError)(told["message"], code=told["code"], field=told["field"])
    except (IndexError, ValueError, KeyError):
        log.error("a backup failed: %s", lines[-1:] or "without a word")
        return TipringError("The backup failed; the log says why.")


def is_wanted(document: dict[str, Any]) -> bool:
    """Whether there is anything to look for: the process is not begun in vain."""
    backup = document.get("backup", {})
    return bool(backup.get("passphrase") and backup.get("enabled", True) and document.get("backup_target"))
