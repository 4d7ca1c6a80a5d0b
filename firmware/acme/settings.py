# SPDX-License-Identifier: GPL-2.0-or-later
"""The table [acme] that is in force."""

from __future__ import annotations

from pathlib import Path

from firmware.config.acme import Acme
from firmware.store.config_db import ConfigDb


def settings(state: Path) -> Acme:
    """NotFound on a box that never ran. The document was checked when it was applied."""
    return Acme.model_validate(ConfigDb(state).current().document.get("acme", {}))
