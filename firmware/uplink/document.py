# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration's document as the threads of the uplink follow it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from firmware.store.connect import open_for_reading, unavailable


class Latest:
    """Of config.db (`path`), read again when the file changed. For the thread that made it."""

    def __init__(self, path: Path) -> None:
        self._path, self._db = path, open_for_reading(path)
        self._version, self._document = -1, dict[str, Any]()

    def close(self) -> None:
        self._db.close()

    def document(self) -> dict[str, Any]:
        """What is in force; {} before there is anything. Unavailable."""
        with unavailable(self._path):
            version = self._db.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                row = self._db.execute("SELECT document FROM revisions ORDER BY id DESC LIMIT 1").fetchone()
                self._document = json.loads(row["document"]) if row else {}
                self._version = version
        return self._document
