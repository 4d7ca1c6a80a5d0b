# SPDX-License-Identifier: GPL-2.0-or-later
"""Short-lived processes that do the heavy or risky work of this service: they are fed, answer, and tell what failed as
one JSON object on standard error's last line."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from firmware.errors import TipringError, of_told

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[1]


def command_of(module: str, state: Path, *work: str) -> list[str]:
    """How `python -m module` of ours is started."""
    return [sys.executable, "-m", module, "--state", str(state), *work]


def answer(command: list[str], feed: Callable[[IO[bytes]], None], failed: str) -> bytes:
    """What it writes, fed by `feed`, which may be cut short by BrokenPipeError. TipringError; `failed` is its sentence
    when it ended without a word."""
    import subprocess  # not kept in the memory of a service that seldom needs it

    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        said = Drain(process.stderr)
        try:
            feed(process.stdin)
        except BrokenPipeError:
            log.debug("it has seen enough, and says why")
        except BaseException:
            process.kill()
            raise
        finally:
            _close(process.stdin)
        out = process.stdout.read()
        process.wait()
    if process.returncode:
        raise said_of(said.text(), failed)
    return out


class Drain:
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


def said_of(text: bytes, failed: str) -> TipringError:
    """What the process told of its failure."""
    lines = text.decode(errors="replace").strip().splitlines()
    try:
        return of_told(json.loads(lines[-1]))
    except (IndexError, ValueError, KeyError, TypeError):
        log.error("%s %s", failed, lines[-1:] or "without a word")
        return TipringError(failed)
