# SPDX-License-Identifier: GPL-2.0-or-later
"""A data partition that can only be read (a worn card, an error on the disk): the box works with a copy in memory.

Calls go on with the settings as they are; what happens meanwhile is lost at the next start, which is an alarm.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

KIND = "read_only"
TEXT = (
    "The data of the box cannot be written: it works with a copy of its settings in memory. Calls, messages, "
    "recordings and changes from now on are lost at its next start. Make a backup, and have the disk or card replaced."
)
RUN = Path("/run/tipring")
LEFT_OUT = ("recordings", "voicemail", "history.db*", "log", "run", "sim", "*.sock")
"""What is too big for memory, or belongs to services that run."""


def usable(state: Path) -> Path:
    """`state`, or while it cannot be written, its copy: made once a start of the machine. OSError without room."""
    if not os.statvfs(state).f_flag & os.ST_RDONLY:
        return state
    import hashlib  # here and below: nobody's start should wait for what is hardly ever needed

    copy = _copies() / hashlib.sha256(bytes(state)).hexdigest()[:12]
    if not copy.exists():
        _make(state, copy)
    return copy


def is_copy(state: Path) -> bool:
    """Whether it was given out by `usable` in place of what cannot be written."""
    return state.parent == _copies()


def _copies() -> Path:
    if os.access(RUN, os.W_OK):
        return RUN / "read-only"
    import tempfile

    return Path(tempfile.gettempdir()) / f"tipring-{os.getuid()}" / "read-only"


def _make(state: Path, copy: Path) -> None:
    """Whole or not at all: several services may be at it."""
    import shutil
    import tempfile

    copy.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=copy.parent, ignore_cleanup_errors=True) as work:
        made = Path(work) / "state"
        shutil.copytree(state, made, ignore=shutil.ignore_patterns(*LEFT_OUT))
        with suppress(OSError):  # another one was faster
            made.rename(copy)
