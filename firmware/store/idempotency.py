# SPDX-License-Identifier: GPL-2.0-or-later
"""What was asked for under an idempotency key, and how it was answered: a table of config.db."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from firmware import times
from firmware.ids import uuid7
from firmware.store.config_file import ConfigFile
from firmware.store.connect import transaction

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Known:
    """The first request of a key. `answer` is None while it goes on; `ours`: it went on in this process."""

    request: str
    answer: bytes | None
    ours: bool


class IdempotencyKeys(ConfigFile):
    """Of a state directory. Keys and requests are hashes; answers are whatever the caller seals them as."""

    def __init__(self, state: Path) -> None:
        super().__init__(state)
        self._process = uuid7()

    def claim(self, key: str, request: str, now: datetime | None = None) -> Known | None:
        """None: the key is new, and claimed from now on. Else what is known of it. Forgets those older than a day."""
        now = now or times.now()
        values = (key, request, self._process, times.iso(now))
        with self._open() as db, transaction(db, self.path):
            db.execute("DELETE FROM idempotency_keys WHERE at < ?", (times.iso(now - KEPT),))
            row = db.execute("SELECT * FROM idempotency_keys WHERE key = ?", (key,)).fetchone()
            if row:
                return Known(row["request"], row["answer"], row["process"] == self._process)
            db.execute("INSERT INTO idempotency_keys (key, request, process, at) VALUES (?, ?, ?, ?)", values)
        return None

    def answered(self, key: str, answer: bytes) -> None:
        """The answer from now on."""
        with self._open() as db:
            db.execute("UPDATE idempotency_keys SET answer = ? WHERE key = ?", (answer, key))

    def release(self, key: str) -> None:
        """Nothing was done: the key is new again."""
        with self._open() as db:
            db.execute("DELETE FROM idempotency_keys WHERE key = ?", (key,))
