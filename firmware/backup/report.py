# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a restore waits for the next start, and what the last one came to, in STATE/restored.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NAME = "restored.json"
READY = "restore"  # a folder


def is_ready(state: Path) -> bool:
    """Whether something waits for `restoring.take_over`."""
    return (state / READY).is_dir()


def last(state: Path) -> dict[str, Any] | None:
    """None when this box was never restored."""
    try:
        report: dict[str, Any] = json.loads((state / NAME).read_text())
    except (OSError, ValueError):
        return None
    return report
