# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may read what the box remembers: its services, each a user of its own, and nobody else.

Their units set the group `tipring` and the umask 0007. Elsewhere one user runs them all, and the group has
no business there.
"""

from __future__ import annotations

import re
from pathlib import Path


def folder() -> int:
    """The mode of a folder that several services use."""
    return 0o770 if _shared() else 0o750


def file() -> int:
    """The mode of a file that several services use."""
    return 0o660 if _shared() else 0o600


def make(path: Path) -> None:
    """The file, empty, where there is none: what creates it otherwise would keep the group out. OSError."""
    if not path.exists():  # one that is there is not opened: closing it would take SQLite's locks of this process
        path.touch(mode=file())


def _shared() -> bool:
    """Whether this process's umask lets its group write; read where no other thread can be disturbed by it."""
    umask = re.search(r"^Umask:\s*(\d+)$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return umask is not None and not int(umask[1], 8) & 0o070
