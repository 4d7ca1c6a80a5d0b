# SPDX-License-Identifier: GPL-2.0-or-later
"""What the wizard's steps make of the configuration. Pure: each can be done again and gives the same."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from webui.settings.tables import Document, Item, items

HOURS, MENU, PROMPT = "day", "main", "welcome"
FIRST_NUMBER = 201
ORIGINS = ("line", "trunk")


def free_number(document: Document) -> str:
    """The next extension."""
    taken = {str(item.get("number")) for table in document.values() if isinstance(table, list) for item in table}
    return str(next(n for n in range(FIRST_NUMBER, FIRST_NUMBER + 10_000) if str(n) not in taken))


def with_phone(document: Document, number: str, name: str) -> Document:
    """An extension for a SIP phone; one that is there gets it besides what it has."""
    changed = copy.deepcopy(document)
    known = next((e for e in items(changed, "extension") if e.get("number") == number), None)
    if known is None:
        known = {"number": number}
        changed.setdefault("extension", []).append(known)
    known.setdefault("sip", {})
    if name:
        known["name"] = name
    return changed


def with_provider(document: Document, name: str, sip: Item, prefix: str) -> Document:
    """A SIP trunk, which calls with `prefix` in front take first; "" leaves the ways out as they are."""
    changed = copy.deepcopy(document)
    known = next((t for t in items(changed, "trunk") if t.get("name") == name), None)
    if known is None:
        known = {"name": name}
        changed.setdefault("trunk", []).append(known)
    known.pop("ports", None)
    known["sip"] = known.get("sip", {}) | sip
    if prefix:
        _first_way(changed, f"{prefix}.", len(prefix), name)
    return changed


def _first_way(document: Document, pattern: str, strip: int, trunk: str) -> None:
    way = next((o for o in items(document, "outbound") if o.get("pattern") == pattern), None)
    if way is None:
        document.setdefault("outbound", []).append({"pattern": pattern, "strip": strip, "trunks": [trunk]})
    elif trunk not in way.get("trunks", []):
        way["trunks"] = [trunk, *way.get("trunks", [])]


@dataclass(frozen=True, slots=True)
class Answering:
    """Calls on `origins` (("line", "fxo1"), …): by day the menu, where keys lead to targets ("": nowhere); at night a
    mailbox. `hours` None: those that there are."""

    origins: Sequence[tuple[str, str]]
    hours: Mapping[str, Sequence[str]] | None
    mailbox: str  # number of an extension
    keys: Mapping[str, str] = field(default_factory=dict)
    silent: str = ""  # where who presses nothing goes


def with_answering(document: Document, wanted: Answering) -> Document:
    """Hours, menu, mailbox, and a route for the day and one for the night from each origin."""
    changed = copy.deepcopy(document)
    if wanted.hours is not None:
        _named(changed, "schedule", HOURS)["hours"] = {days: list(spans) for days, spans in wanted.hours.items()}
    menu = _named(changed, "ivr", MENU)
    menu["prompt"] = PROMPT
    menu["digits"] = {keys: to for keys, to in (menu.get("digits", {}) | wanted.keys).items() if to}
    if wanted.silent:
        menu["timeout"] = wanted.silent
    else:
        menu.pop("timeout", None)
    for extension in items(changed, "extension"):
        if extension.get("number") == wanted.mailbox and not extension.get("voicemail"):
            extension["voicemail"] = True
    kept = [r for r in items(changed, "route") if not any(r.get(kind) == name for kind, name in wanted.origins)]
    for kind, name in wanted.origins:
        kept.append({kind: name, "schedule": HOURS, "to": f"ivr:{MENU}"})
        kept.append({kind: name, "to": f"voicemail:{wanted.mailbox}"})
    return changed | {"route": kept}


def _named(document: Document, table: str, name: str) -> Item:
    known = next((item for item in items(document, table) if item.get("name") == name), None)
    if known is None:
        known = {"name": name}
        document.setdefault(table, []).append(known)
    return known


def origins(document: Document) -> list[tuple[str, str]]:
    """Lines, and trunks at providers."""
    lines = [("line", str(line.get("port"))) for line in items(document, "line")]
    return lines + [("trunk", str(trunk.get("name"))) for trunk in items(document, "trunk") if "sip" in trunk]


def answered(document: Document) -> list[tuple[str, str]]:
    """Origins whose calls meet the menu by day."""
    return [
        origin
        for origin in origins(document)
        if any(r.get(origin[0]) == origin[1] and r.get("to") == f"ivr:{MENU}" for r in items(document, "route"))
    ]
