# SPDX-License-Identifier: GPL-2.0-or-later
"""What changes from one configuration to another, for people: `extension[203].name: "Carol" becomes "Caroline"`."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from firmware.config.problems import path_of
from firmware.config.schema import in_order
from firmware.secrecy import masked

_NAMED_BY = {"line": "port", "extension": "number", "agent": "id"}  # others by their name

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One setting. `before` None: it was not there; `after` None: it is no longer. Secrets are covered."""

    path: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return {"path": self.path, "before": self.before, "after": self.after}

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.path}: {_text(self.after)}"
        if self.after is None:
            return f"- {self.path}: {_text(self.before)}"
        return f"~ {self.path}: {_text(self.before)} -> {_text(self.after)}"


def changes(before: Document, after: Document) -> list[Change]:
    """Every setting that differs, in the file's order of tables. Tables of a list are compared by what names them."""
    merged = in_order({**after, **{key: value for key, value in before.items() if key not in after}})
    assert isinstance(merged, dict)
    return [change for key in merged for change in _differing(key, key, before.get(key), after.get(key))]


def _differing(path: str, key: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for inner in {**before, **after}:
            yield from _differing(f"{path}.{path_of(inner)}", inner, before.get(inner), after.get(inner))
    elif _is_tables(before, after):
        yield from _between_lists(path, key, before or [], after or [])
    else:
        covered = masked({key: before}), masked({key: after})
        yield Change(path, covered[0][key], covered[1][key])


def _is_tables(*lists: Any) -> bool:
    return any(lists) and all(
        value is None or (isinstance(value, list) and all(isinstance(item, dict) for item in value)) for value in lists
    )


def _between_lists(path: str, key: str, before: list[Document], after: list[Document]) -> Iterator[Change]:
    name = name_of(key)
    if not told_apart(name, before, after):
        yield from _by_place(path, key, before, after)
        return
    olds, news = ({item[name]: item for item in items} for items in (before, after))
    for known in {**olds, **news}:
        yield from _differing(f"{path}[{known}]", key, olds.get(known), news.get(known))
    kept = [[item[name] for item in items if item[name] in olds.keys() & news.keys()] for items in (before, after)]
    if kept[0] != kept[1]:
        yield Change(f"{path}: order", *kept)


def name_of(table: str) -> str:
    """The key that names one of several tables."""
    return _NAMED_BY.get(table, "name")


def told_apart(name: str, *lists: list[Any]) -> bool:
    """Whether each of these lists holds only tables with names of their own."""
    return all(
        len({item[name] for item in items if isinstance(item, dict) and isinstance(item.get(name), str)}) == len(items)
        for items in lists
    )


def _by_place(path: str, key: str, before: list[Document], after: list[Document]) -> Iterator[Change]:
    """Of tables without names (routes): what came and what went, by its place."""
    olds, news = ([json.dumps(item, sort_keys=True) for item in items] for items in (before, after))
    for what, i1, i2, j1, j2 in difflib.SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        paired = min(i2 - i1, j2 - j1)
        for offset in range(paired):
            yield from _differing(f"{path}[{j1 + offset}]", key, before[i1 + offset], after[j1 + offset])
        for place in range(i1 + paired, i2):
            yield from _differing(f"{path}[{place}]", key, before[place], None)
        for place in range(j1 + paired, j2):
            yield from _differing(f"{path}[{place}]", key, None, after[place])


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
