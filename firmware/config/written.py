# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers of a configuration as people write them become what is dialled, before anything checks or keeps them.

Every document that somebody enters comes by here: from a form, a program, a file.
"""

from __future__ import annotations

from typing import Any

from firmware.config.targets import TargetKind
from firmware.telephone_numbers import as_pattern, dialled

NUMBERS = frozenset((
    "number", "did", "outside_number", "emergency_number", "forward_always", "forward_busy", "forward_no_answer",
    "forward_unregistered", "prepend", "callback", "numbers",
))  # fmt: skip
PATTERNS = frozenset(("pattern", "premium_numbers", "block_in", "allow_in", "block_out", "allow_out"))
_OUTSIDE = f"{TargetKind.EXTERNAL}:"


def as_dialled(value: Any, key: str = "") -> Any:
    """A document (or what is in it, under its key) with every number as it is dialled; what is none stays for the
    check to name."""
    if isinstance(value, dict):
        return {name: as_dialled(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_dialled(inner, key) for inner in value]
    if not isinstance(value, str):
        return value
    if value.startswith(_OUTSIDE):
        return _OUTSIDE + dialled(value.removeprefix(_OUTSIDE))
    if key in PATTERNS:
        return as_pattern(value)
    return dialled(value) if key in NUMBERS else value
