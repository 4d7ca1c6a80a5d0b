# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables [backup] and [[backup_target]] that are in force."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from firmware.backup.packing import What
from firmware.config.backup import Backup, BackupTarget
from firmware.errors import Conflict, NotFound
from firmware.store.config_db import ConfigDb


class Settings:
    """NotFound on a box that never ran. The document was checked when it was applied."""

    def __init__(self, state: Path) -> None:
        document: dict[str, Any] = ConfigDb(state).current().document
        self.backup = Backup.model_validate(document.get("backup", {}))
        self.targets = [BackupTarget.model_validate(item) for item in document.get("backup_target", [])]
        self.zone = ZoneInfo(document.get("site", {}).get("timezone", "UTC"))

    @property
    def what(self) -> What:
        return What(self.backup.history, self.backup.recordings)

    @property
    def passphrase(self) -> str:
        """Conflict (`no_passphrase`)."""
        if not self.backup.passphrase:
            message = "There is no passphrase for backups yet. Set one first, and keep it in another place."
            raise Conflict(message, code="no_passphrase", field="backup.passphrase")
        return self.backup.passphrase

    def target(self, name: str) -> BackupTarget:
        """NotFound."""
        found = next((target for target in self.targets if target.name == name), None)
        if found is None:
            raise NotFound(f"There is no place {name} for backups.", code="no_such_backup_target", field="target")
        return found
