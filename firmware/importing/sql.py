# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of a file that mysqldump wrote, as `INSERT INTO table VALUES (…),(…);`."""

from __future__ import annotations

import re
from collections.abc import Iterator

_INSERT = re.compile(r"INSERT INTO `(\w{1,64})`(?: \(([`\w, ]{1,4000})\))? VALUES\s*")
_VALUE = re.compile(r"'([^'\\]*(?:(?:\\.|'')[^'\\]*)*)'|NULL|([-+0-9.eE]+)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_NAMED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a"}


def rows(text: str, table: str) -> Iterator[tuple[int, list[str]]]:
    """Of one table: the line in the file, and the values, NULL as ""."""
    for insert in _INSERT.finditer(text):
        if insert[1] == table:
            line = text.count("\n", 0, insert.start()) + 1
            for row in _tuples(text, insert.end()):
                yield line, row


def _tuples(text: str, at: int) -> Iterator[list[str]]:
    while text[at : at + 1] == "(":
        row: list[str] = []
        at += 1
        while found := _VALUE.match(text, at):
            row.append(_unescaped(found[1]) if found[1] is not None else found[2] or "")
            at = found.end()
            if text[at : at + 1] != ",":
                break
            at += 1
        if text[at : at + 1] != ")":
            return  # not as mysqldump writes it
        yield row
        at += 1
        while text[at : at + 1] in (",", "\n", "\r") and at < len(text):
            at += 1


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: _NAMED.get(found[1], found[1]) if found[1] else "'", text)
