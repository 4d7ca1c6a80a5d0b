# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of a file that mysqldump wrote, as `INSERT INTO table VALUES (…),(…);`: it writes no line break within a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_INSERT = re.compile(r"INSERT INTO `(\w{1,64})`(?: \(([`\w, ]{1,4000})\))? VALUES\s*")
_VALUE = re.compile(r"'([^'\\]*(?:(?:\\.|'')[^'\\]*)*)'|NULL|([-+0-9.eE]+)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_NAMED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a"}


def rows(lines: Iterable[str], table: str) -> Iterator[tuple[int, list[str]]]:
    """Of one table: the line in the file, and the values, NULL as ""."""
    within = False
    for number, line in enumerate(lines, 1):
        begun = _INSERT.match(line)
        within = begun[1] == table if begun else within and line.startswith("(")
        if within:
            for row in _tuples(line, begun.end() if begun else 0):
                yield number, row


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
        if text[at : at + 1] == ",":
            at += 1


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: _NAMED.get(found[1], found[1]) if found[1] else "'", text)
