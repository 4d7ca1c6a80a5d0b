# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of the configuration as templates read them: a key that the file leaves out is "", not a mistake."""

from __future__ import annotations

from typing import Any


class Blank(dict[str, Any]):
    """A table that knows every key."""

    def __missing__(self, key: str) -> str:
        return ""


def blank(value: Any) -> Any:
    """The value with each table in it as Blank."""
    if isinstance(value, dict):
        return Blank({key: blank(item) for key, item in value.items()})
    return [blank(item) for item in value] if isinstance(value, list) else value
