# SPDX-License-Identifier: GPL-2.0-or-later
"""Running commands for the kernel bench: quiet, logged, at the lowest priority, and with an error that helps."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

COMMAND_S = 600  # the longest step, compiling DAHDI on a slow machine


class Unavailable(Exception):
    """The bench cannot run on this machine; the text says what is missing and how to get it."""


class StepFailed(Exception):
    """A command failed; the text has the end of what it printed."""


def say(text: str) -> None:
    """A line of progress."""
    print(f"hil: {text}", flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Says what is being done, and how long it took."""
    say(f"{what} …")
    began = time.monotonic()
    yield
    say(f"{what}: done in {time.monotonic() - began:.0f} s")


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    within_s: float = COMMAND_S,
) -> str:
    """Standard output of a command. StepFailed with the end of its output when it fails or takes too long."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words, cwd=cwd, env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})}, input=stdin,
            capture_output=True, text=True, timeout=within_s, preexec_fn=_be_last,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StepFailed(f"`{' '.join(words)}`: {error}") from error
    if done.returncode:
        last = (done.stdout + done.stderr).strip().splitlines()[-15:]
        raise StepFailed("\n".join([*last, f"(`{' '.join(words)}` failed)"]))
    return done.stdout


def _be_last() -> None:
    os.nice(19)
