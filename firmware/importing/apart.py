# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of unknown origin are read by a process of its own (`parse`), which may neither open nor reach anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from firmware.errors import Invalid, of_told
from firmware.importing import frames
from firmware.importing.plan import Json, PastCall
from firmware.importing.waiting import Waiting

LONGEST_LINE = 64 << 20
_ROOT = Path(__file__).parents[2]


def take(given: int | IO[bytes], waiting: Waiting) -> None:
    """What the frames of `given` hold is what waits from now on. TipringError; then nothing waits."""
    command = ["nice", sys.executable, "-m", "firmware.importing.parse"]
    with subprocess.Popen(command, cwd=_ROOT, stdin=given, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            told = _heard(process.stdout, waiting)
        finally:
            process.kill()
    if "plan" not in told:
        waiting.forget()
        if "refused" in told:
            raise of_told(told["refused"])
        raise Invalid(
            "Reading it takes too much time or memory. Give fewer files at a time, and lists of calls alone.",
            code="not_an_import", field="file",
        )  # fmt: skip
    waiting.keep_plan(told["plan"])


def _heard(out: IO[bytes], waiting: Waiting) -> Json:
    """The last thing that it says; calls before that are kept."""
    waiting.begin()
    while line := out.readline(LONGEST_LINE):
        try:
            told: Json = json.loads(line)
        except ValueError:
            return {}  # it was ended in the middle of a line
        if "call" not in told:
            return told
        waiting.keep_call(PastCall(*told["call"]))
    return {}


def take_files(paths: Sequence[Path], waiting: Waiting) -> None:
    """The same of files. Invalid names one that cannot be opened."""
    opened: list[tuple[str, IO[bytes]]] = []
    try:
        for path in paths:
            opened.append((path.name, _opened(path)))
        reading, writing = os.pipe()
        thread = threading.Thread(target=_feed, args=(writing, opened), daemon=True)
        thread.start()
        with os.fdopen(reading, "rb") as pipe:
            take(pipe, waiting)
        thread.join()
    finally:
        for _, file in opened:
            file.close()


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror or error}.", field="file") from error


def _feed(writing: int, opened: list[tuple[str, IO[bytes]]]) -> None:
    try:
        with os.fdopen(writing, "wb") as pipe:
            frames.send(pipe, opened)
    except (BrokenPipeError, OSError):
        return  # it has seen enough, and says why
