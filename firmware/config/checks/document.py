# SPDX-License-Identifier: GPL-2.0-or-later
"""The raw document: what is of the right type in it."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def text_at(table: Document, key: str) -> str | None:
    """The text of a key, None where there is none."""
    value = table.get(key)
    return value if isinstance(value, str) else None


def texts_at(table: Document, key: str) -> list[tuple[int, str]]:
    """The texts of an array, with their places."""
    value = table.get(key)
    items = enumerate(value) if isinstance(value, (list, tuple)) else ()
    return [(index, item) for index, item in items if isinstance(item, str)]


def tables_at(document: Document, key: str) -> list[tuple[int, Document]]:
    """The tables of an array of tables, with their places."""
    value = document.get(key)
    items = enumerate(value) if isinstance(value, (list, tuple)) else ()
    return [(index, item) for index, item in items if isinstance(item, dict)]


def table_at(document: Document, key: str) -> Document:
    """The table of a key, an empty one where there is none."""
    value = document.get(key)
    return value if isinstance(value, dict) else {}
