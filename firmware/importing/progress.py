# SPDX-License-Identifier: GPL-2.0-or-later
"""How far an import is, in STATE/import/progress.json; small enough to be read by whoever shows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from firmware import modes, times
from firmware.files import write_whole

FOLDER = "import"
LOCK = "import"  # held by the process that reads, applies or sends
NOTHING: dict[str, Any] = {
    "step": "none", "at": None, "files": [], "revision": None, "sent": 0, "of": 0, "new": 0, "error": "",
}  # fmt: skip
"""`step`: none, waiting (somebody has to decide), sending (of calls), done. `revision` is the one that was made."""


def read(state: Path) -> dict[str, Any]:
    """NOTHING where there is none."""
    try:
        found: dict[str, Any] = json.loads(_file(state).read_text())
    except (OSError, ValueError):
        found = {}
    return NOTHING | found


def write(state: Path, **what: Any) -> None:
    """What changes of it; on the disk when this returns. OSError."""
    _file(state).parent.mkdir(mode=modes.folder(), exist_ok=True)
    now = read(state) | what | {"at": times.iso(times.now())}
    write_whole(_file(state), json.dumps(now, ensure_ascii=False).encode(), modes.file())


def _file(state: Path) -> Path:
    return state / FOLDER / "progress.json"
