# SPDX-License-Identifier: GPL-2.0-or-later
"""What the last restore came to, in STATE/restored.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NAME = "restored.json"


def last(state: Path) -> dict[str, Any] | None:
    """None when this box was never restored."""
    try:
        report: dict[str, Any] = json.loads((state / NAME).read_text())
    except (OSError, ValueError):
        return None
    return report
