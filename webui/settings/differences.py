# SPDX-License-Identifier: GPL-2.0-or-later
"""What changes from one configuration to another, in the words of the forms: "Queue support, Longest wait: 60 → 90"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from webui.settings.choices import Say, named, target_words
from webui.settings.places import TABLES, origin
from webui.settings.tables import Document, Item, items

_PATH = re.compile(r"(?P<table>\w+)(?:\[(?P<name>[^\]]*)\])?(?:: (?P<order>order))?\.?(?P<key>.*)")
LABELS: dict[str, str] = {}
"""What forms call the keys of their tables: `queue.number` -> "Number"; each form adds its own when it is mounted."""
_KEYED = {"line": "port", "extension": "number", "agent": "id"}


@dataclass(frozen=True)
class Difference:
    """One setting. `before` or `after` None: it is not there."""

    thing: str
    setting: str
    before: Any
    after: Any


def differences(say: Say, before: Document, after: Document, changes: Iterable[Mapping[str, Any]]) -> list[Difference]:
    """`changes` are those of the core."""
    return [_one(say, before, after, change) for change in changes]


def _one(say: Say, before: Document, after: Document, change: Mapping[str, Any]) -> Difference:
    found = _PATH.fullmatch(change["path"])
    if not found:
        return Difference(change["path"], "", change["before"], change["after"])
    table, name, key = found["table"], found["name"] or "", found["key"]
    label = say(TABLES[table]) if table in TABLES else table
    gone = change["after"] is None and not key
    thing = f"{label} {_named(before if gone else after, table, name)}".strip()
    known = LABELS.get(f"{table}.{key}")
    setting = say(known) if known else key
    values = (_shown(say, document, change[which]) for document, which in ((before, "before"), (after, "after")))
    return Difference(thing, setting, *values)


def _named(document: Document, table: str, name: str) -> str:
    """What people call it: tables without names are told by their place."""
    if table in ("route", "outbound") and name.isdigit():
        known = items(document, table)
        item: Item = known[int(name)] if int(name) < len(known) else {}
        return origin(document, item) if table == "route" else str(item.get("pattern", ""))
    key = _KEYED.get(table, "name")
    return next((named(table, item) for item in items(document, table) if str(item.get(key)) == name), name)


def _shown(say: Say, document: Document, value: Any) -> Any:
    if isinstance(value, str):
        return target_words(say, document, value)
    if isinstance(value, dict):
        return {key: _shown(say, document, item) for key, item in value.items()}
    return [_shown(say, document, item) for item in value] if isinstance(value, list) else value
