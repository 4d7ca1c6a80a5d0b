# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of the configuration's document as lists of things that have a name. Pure: documents in, documents out."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from firmware.errors import NotFound

Document = dict[str, Any]
Item = dict[str, Any]

# table -> the key that names its items; "": they have no name, and are known by what is in them
NAMED_BY: Mapping[str, str] = {
    "extension": "number",
    "line": "port",
    "trunk": "name",
    "agent": "id",
    "queue": "name",
    "conference": "name",
    "group": "name",
    "paging": "name",
    "ivr": "name",
    "schedule": "name",
    "disa": "name",
    "survey": "name",
    "pause_reason": "name",
    "disposition": "name",
    "report": "name",
    "webhook": "name",
    "cellular": "name",
    "modem": "port",
    "backup_target": "name",
    "alarm_channel": "name",
    "route": "",
    "outbound": "",
}
# a target's kind -> the table that it is in
TARGETS: Mapping[str, str] = {
    "ivr": "ivr",
    "queue": "queue",
    "group": "group",
    "extension": "extension",
    "voicemail": "extension",
    "conference": "conference",
    "paging": "paging",
    "disa": "disa",
    "trunk": "trunk",
    "survey": "survey",
}
# table -> the keys under which its names stand alone, wherever they are
_REFERENCES: Mapping[str, tuple[str, ...]] = {
    "schedule": ("schedule",),
    "trunk": ("trunk", "trunks"),
    "extension": ("extension", "members", "alert"),
    "queue": ("queues",),
    "survey": ("survey",),
    "webhook": ("webhook",),
}


def items(document: Document, table: str) -> list[Item]:
    """All of a table."""
    found: list[Item] = document.get(table, [])
    return found


def id_of(table: str, item: Item) -> str:
    """What an item is known by, in addresses: its name, else a short hash of what it says."""
    key = NAMED_BY[table]
    if key:
        return str(item.get(key, ""))
    text = json.dumps(item, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def index_of(document: Document, table: str, id: str) -> int:
    """Its place in the table. NotFound."""
    for index, item in enumerate(items(document, table)):
        if id_of(table, item) == id:
            return index
    raise NotFound(f"There is no {table} {id} (any more).", code=f"no_such_{table}")


def place_of(document: Document, table: str, item: Item) -> int:
    """Where an item stands that was put in: the last one that is like it, else the one of its name. NotFound."""
    alike = [index for index, other in enumerate(items(document, table)) if other == item]
    return alike[-1] if alike else index_of(document, table, id_of(table, item))


def one(document: Document, table: str, id: str) -> Item:
    """NotFound."""
    return items(document, table)[index_of(document, table, id)]


def put(document: Document, table: str, item: Item, id: str | None = None) -> Document:
    """With an item in the place of `id`, or as a new one at the end. Whatever named a renamed one follows. NotFound."""
    changed = copy.deepcopy(document)
    if id is None:
        changed.setdefault(table, []).append(item)
        return changed
    changed[table][index_of(changed, table, id)] = item
    new, key = id_of(table, item), NAMED_BY[table]
    return _renamed(changed, table, id, new) if key and new and new != id else changed


def drop(document: Document, table: str, id: str) -> Document:
    """Without an item. NotFound."""
    changed = copy.deepcopy(document)
    del changed[table][index_of(changed, table, id)]
    if not changed[table]:
        del changed[table]
    return changed


def move(document: Document, table: str, id: str, before: str) -> Document:
    """An item takes the place of another one. NotFound."""
    changed = copy.deepcopy(document)
    place = index_of(changed, table, before)
    changed[table].insert(place, changed[table].pop(index_of(changed, table, id)))
    return changed


def _renamed(document: Document, table: str, old: str, new: str) -> Document:
    kinds = [kind for kind, where in TARGETS.items() if where == table]
    targets = {f"{kind}:{old}": f"{kind}:{new}" for kind in kinds}
    renamed: Document = _replaced(document, targets, targets | {old: new}, _REFERENCES.get(table, ()))
    return renamed


def _replaced(value: Any, texts: dict[str, str], there: dict[str, str], keys: Collection[str], key: str = "") -> Any:
    """`texts` are replaced wherever they are, `there` under these keys, also as keys of what is there (`queues`)."""
    here = there if key in keys else texts
    if isinstance(value, dict):
        return {here.get(k, k): _replaced(v, texts, there, keys, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_replaced(item, texts, there, keys, key) for item in value]
    return here.get(value, value) if isinstance(value, str) else value
