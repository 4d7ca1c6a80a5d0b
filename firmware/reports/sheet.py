# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows as CSV (RFC 4180): names in the first line, UTF-8, line ends CR LF."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

RISKY = ("=", "+", "-", "@", "\t", "\r")


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is made plain text by an apostrophe, but for phone numbers."""
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.startswith(RISKY) and not value[1:].isdigit():
        return f"'{value}"
    return value


def lines(rows: Iterable[Mapping[str, Any]], names: Iterable[str]) -> Iterator[str]:
    """Line by line, so that a million of them need no memory."""
    columns = list(names)
    yield _line(columns)
    for row in rows:
        yield _line([_cell(row.get(name)) for name in columns])


def _line(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def sheet(rows: list[dict[str, Any]]) -> str:
    """A report as one text. What is a table within a row is left out."""
    names = [name for name, value in rows[0].items() if not isinstance(value, dict)] if rows else ["key"]
    return "".join(lines(rows, names))
