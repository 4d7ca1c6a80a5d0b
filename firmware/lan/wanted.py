# SPDX-License-Identifier: GPL-2.0-or-later
"""STATE/network/wanted.json: the table [network] that is in force, as the part with rights finds it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from firmware import modes
from firmware.files import write_whole


def file_of(state: Path) -> Path:
    """In a state directory."""
    return state / "network" / "wanted.json"


def write(state: Path, table: dict[str, Any] | None) -> bool:
    """Whether that is news. OSError."""
    file = file_of(state)
    text = json.dumps(table, sort_keys=True)
    if (file.read_text() if file.exists() else "null") == text:
        return False
    file.parent.mkdir(mode=modes.folder(), exist_ok=True)
    write_whole(file, text.encode(), modes.file())
    return True
