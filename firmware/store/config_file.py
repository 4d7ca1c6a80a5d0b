# SPDX-License-Identifier: GPL-2.0-or-later
"""The file config.db of a state directory, which several services write."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from firmware.store import migrations
from firmware.store.connect import open_for_writing, unavailable


class ConfigFile:
    """Opened for each use. Safe from several threads and processes. Every method can raise Unavailable (disk full, not
    readable, locked for more than 5 s)."""

    def __init__(self, state: Path) -> None:
        self.path = state / "config.db"
        migrations.ensure(self.path)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(open_for_writing(self.path)) as db, unavailable(self.path):
            yield db
