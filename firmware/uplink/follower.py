# SPDX-License-Identifier: GPL-2.0-or-later
"""A thread that follows the history and the configuration, and begins again after any fault."""

from __future__ import annotations

import abc
import contextlib
import logging
import sqlite3
import threading
from pathlib import Path

from firmware.errors import Unavailable
from firmware.store import migrations
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing
from firmware.uplink.document import Latest


class Follower(abc.ABC):
    """Of one state directory, between `start` and `stop`. Its connections are its own; it looks every `look_s`."""

    def __init__(self, name: str, state: Path, pause_s: float, look_s: float) -> None:
        self._path, self._config_path = state / "history.db", ConfigDb(state).path
        migrations.ensure(self._path)
        self._pause_s, self._look_s = pause_s, look_s
        self._log = logging.getLogger(name)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """In a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """What was not acknowledged is done again by the next one."""
        self._stopping.set()
        self._thread.join(5)

    @abc.abstractmethod
    def _look(self, db: sqlite3.Connection, latest: Latest) -> None:
        """Does what is due."""

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except Unavailable as error:
                self._log.warning("%s", error)
            except Exception:
                self._log.exception("a fault in the box; it is tried again")
            self._stopping.wait(self._pause_s)

    def _follow(self) -> None:
        with (
            contextlib.closing(open_for_writing(self._path)) as db,
            contextlib.closing(Latest(self._config_path)) as latest,
        ):
            while not self._stopping.is_set():
                self._look(db, latest)
                self._stopping.wait(self._look_s)
