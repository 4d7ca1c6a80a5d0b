# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the configuration names a prompt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEYS: Mapping[str, tuple[str, ...]] = {"ivr": ("prompt",), "queue": ("greeting",)}


def uses(document: Mapping[str, Any], name: str) -> list[str]:
    """Paths such as `ivr[0].prompt`."""
    return [
        f"{table}[{index}].{key}"
        for table, keys in KEYS.items()
        for index, item in enumerate(document.get(table, []))
        for key in keys
        if item.get(key) == name
    ]
