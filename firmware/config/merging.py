# SPDX-License-Identifier: GPL-2.0-or-later
"""Two changes of one configuration, together: a merge of three documents. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from firmware.config.changes import Document, name_of, told_apart

_ABSENT: Any = object()


def merged(base: Document, mine: Document, theirs: Document) -> tuple[Document, list[str]]:
    """`theirs` with what `mine` changed of `base`, and the paths that both gave another value; there it is mine."""
    clashes: list[str] = []
    document: Document = _merged("", "", (base, mine, theirs), clashes)
    return document, clashes


def _merged(path: str, key: str, versions: Sequence[Any], clashes: list[str]) -> Any:
    base, mine, theirs = versions
    if base in (mine, theirs) or mine == theirs:
        return theirs if base == mine else mine
    known = [value for value in versions if value is not _ABSENT]
    if len(known) > 1 and all(isinstance(value, dict) for value in known) and _ABSENT not in (mine, theirs):
        parts = [{} if value is _ABSENT else value for value in versions]
        return _tables(f"{path}." if path else "", parts, clashes)
    if all(isinstance(value, list) for value in known) and (name := name_of(key)) and told_apart(name, *known):
        return _lists(path, name, [[] if value is _ABSENT else value for value in versions], clashes)
    clashes.append(path)
    return mine


def _tables(prefix: str, parts: list[Document], clashes: list[str]) -> Document:
    keys = dict.fromkeys(key for part in reversed(parts) for key in part)
    found = {key: _merged(prefix + key, key, [part.get(key, _ABSENT) for part in parts], clashes) for key in keys}
    return {key: value for key, value in found.items() if value is not _ABSENT}


def _lists(path: str, name: str, parts: list[list[Document]], clashes: list[str]) -> list[Document]:
    """In their order; what only mine has comes last."""
    named = [{item[name]: item for item in part} for part in parts]
    order = dict.fromkeys(key for part in reversed(named) for key in part)
    found = [_merged(f"{path}[{key}]", "", [part.get(key, _ABSENT) for part in named], clashes) for key in order]
    return [item for item in found if item is not _ABSENT]
