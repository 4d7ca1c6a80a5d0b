# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups by the clock: a thread of the uplink that leaves the work to a short-lived process."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from firmware.uplink.document import Latest
from firmware.uplink.follower import Follower

EVERY_S = 60.0
LIMIT_S = 12 * 3600.0  # fifty gigabytes over a slow line
_ROOT = Path(__file__).parents[2]


class BackupClock(Follower):
    """What a backup comes to is kept and told by the process that makes it."""

    def __init__(self, state: Path, every_s: float = EVERY_S) -> None:
        super().__init__("backups", state, every_s, every_s)
        self._state = state

    def _look(self, db: sqlite3.Connection, latest: Latest) -> None:
        if not is_wanted(latest.document()):
            return
        command = [sys.executable, "-m", "firmware.backup", "--state", str(self._state), "due"]
        try:
            subprocess.run(command, cwd=_ROOT, timeout=LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            self._log.error("a backup did not end within %.0f hours and was stopped", LIMIT_S / 3600)


def is_wanted(document: dict[str, Any]) -> bool:
    """Whether there is anything to look for: the process is not begun in vain."""
    backup = document.get("backup", {})
    return bool(backup.get("passphrase") and backup.get("enabled", True) and document.get("backup_target"))
