# SPDX-License-Identifier: GPL-2.0-or-later
"""Two people changed one thing at once: what both entered, together. Pure."""

from __future__ import annotations

import copy

from webui.settings.fields import ABSENT, put_value, value_of
from webui.settings.tables import Item


def keys_of(*versions: Item, prefix: str = "") -> list[str]:
    """All keys of some versions of a table, with dots into the tables within it."""
    found: dict[str, None] = {}
    for key in dict.fromkeys(key for version in versions for key in version):
        values = [version[key] for version in versions if key in version]
        if all(isinstance(value, dict) for value in values) and "." not in key:
            found |= dict.fromkeys(keys_of(*values, prefix=f"{prefix}{key}."))
        else:
            found[prefix + key] = None
    return list(found)


def changed(before: Item, after: Item) -> list[str]:
    """Keys whose values differ."""
    return [key for key in keys_of(before, after) if value_of(before, key) != value_of(after, key)]


def merged(base: Item, mine: Item, theirs: Item) -> tuple[Item, list[str]]:
    """`theirs` with what `mine` changed of `base`, and the keys that both gave another value."""
    item = copy.deepcopy(theirs)
    clashes = []
    others = set(changed(base, theirs))
    for key in changed(base, mine):
        value = value_of(mine, key)
        if key in others and value != value_of(theirs, key):
            clashes.append(key)
        put_value(item, key, ABSENT if value is ABSENT else copy.deepcopy(value))
    return item, clashes
