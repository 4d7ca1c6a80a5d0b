# SPDX-License-Identifier: GPL-2.0-or-later
"""Menus as a tree: each menu under the keys that lead to it, and what leads to the first one. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from webui.settings.blank import blank
from webui.settings.choices import Say, target_words
from webui.settings.places import origin
from webui.settings.tables import Document, Item, items

_KIND = "ivr:"
_LEADING = (("queue", "overflow"), ("group", "then"), ("line", "fax"))


@dataclass(slots=True)
class Branch:
    """A key, and where it leads; `menu` when that is a menu that is shown here, `again` when it is shown elsewhere."""

    keys: str
    to: str
    text: str
    menu: Node | None = None
    again: bool = False


@dataclass(slots=True)
class Node:
    """A menu. `reached` says what leads to it from outside of the menus."""

    item: Item
    reached: list[Reached] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reached:
    """What leads to a menu: calls from somewhere, within opening hours or always ("")."""

    text: str
    schedule: str = ""


def tree(say: Say, document: Document) -> list[Node]:
    """Menus that callers come to first, with all others below; then those that nothing leads to."""
    menus = {item["name"]: item for item in items(document, "ivr") if item.get("name")}
    shown: set[str] = set()
    firsts = [name for name in menus if reached(say, document, name)]
    below = {to.removeprefix(_KIND) for item in menus.values() for _, to in leads(item) if to.startswith(_KIND)}
    order = [*firsts, *(name for name in menus if name not in below and name not in firsts), *menus]
    nodes = []
    for name in order:
        if name not in shown:
            nodes.append(_node(say, document, menus, name, shown, set(order[: len(firsts)]) - {name}))
    return nodes


def _node(say: Say, document: Document, menus: dict[str, Item], name: str, shown: set[str], own: set[str]) -> Node:
    shown.add(name)
    item = menus[name]
    node = Node(blank(item), reached(say, document, name))
    for keys, to in leads(item):
        branch = Branch(keys, to, target_words(say, document, to))
        other = to.removeprefix(_KIND)
        if to.startswith(_KIND) and other in menus:
            branch.again = other in shown or other in own
            if not branch.again:
                branch.menu = _node(say, document, menus, other, shown, own)
        node.branches.append(branch)
    return node


def leads(item: Item) -> Iterator[tuple[str, str]]:
    """Keys, and what they lead to; then who pressed nothing (""), and what is not offered ("?")."""
    for keys, to in sorted(item.get("digits", {}).items(), key=lambda pair: ("*#".find(pair[0][:1]), pair[0])):
        yield keys, str(to)
    if item.get("timeout"):
        yield "", str(item["timeout"])
    if item.get("invalid"):
        yield "?", str(item["invalid"])


def reached(say: Say, document: Document, name: str) -> list[Reached]:
    """From routes, overflows, and by its own number."""
    target = f"{_KIND}{name}"
    found = [
        Reached(origin(document, route), str(route.get("schedule", "")))
        for route in items(document, "route")
        if route.get("to") == target
    ]
    for table, key in _LEADING:
        found += [Reached(target_words(say, document, f"{table}:{item.get('name') or item.get('port')}"))
                  for item in items(document, table) if item.get(key) == target]  # fmt: skip
    own = next((item.get("number") for item in items(document, "ivr") if item.get("name") == name), None)
    return [*found, *([Reached(str(own))] if own else [])]
