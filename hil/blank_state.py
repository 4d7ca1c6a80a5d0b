# SPDX-License-Identifier: GPL-2.0-or-later
"""Empty databases to copy: a box that starts on them need not make its own, which takes a second of CPU each time."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from firmware.store import migrations


@functools.cache
def _databases() -> tuple[Path, ...]:
    folder = Path(tempfile.mkdtemp(prefix="tipring-blank-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in migrations.VERSIONS:
        migrations.ensure(folder / name)
    return tuple(folder / name for name in migrations.VERSIONS)


def copy_to(state: Path) -> None:
    """Puts them into a state directory."""
    for database in _databases():
        shutil.copy(database, state)


def prepare(state: Path) -> None:
    """Makes the state directory of a box that never ran, with them in it."""
    if not state.exists():
        state.mkdir(mode=0o700)
        copy_to(state)
