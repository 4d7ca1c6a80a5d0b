# SPDX-License-Identifier: GPL-2.0-or-later
"""What the wizard's steps make of the configuration. Pure: each can be done again and gives the same."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from webui.settings.tables import Document, Item, items

HOURS, MENU, PROMPT = "day", "main", "welcome"
FIRST_NUMBER, FIRST_QUEUE = 201, 600
ORIGINS = ("line", "trunk")
TOLD = ("mail", "call")


def free_number(document: Document) -> str:
    """The next extension."""
    return _free(document, FIRST_NUMBER)


def _free(document: Document, least: int) -> str:
    taken = {str(item.get("number")) for table in document.values() if isinstance(table, list) for item in table}
    return str(next(n for n in range(least, least + 10_000) if str(n) not in taken))


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


# ---- who is told of alarms, where the backup lies ----------------------------------------------------


def told(document: Document, way: str) -> list[str]:
    """Whom the wizard's channel of a way tells."""
    found: list[str] = next((c.get(way, []) for c in items(document, "alarm_channel") if c.get("name") == way), [])
    return found


def with_told(document: Document, given: Mapping[str, Sequence[str]]) -> Document:
    """A channel for each way in `TOLD` that tells somebody, named after it; none for those that tell nobody."""
    changed = copy.deepcopy(document)
    for way, receivers in given.items():
        if receivers:
            _named(changed, "alarm_channel", way)[way] = list(receivers)
        else:
            changed["alarm_channel"] = [c for c in items(changed, "alarm_channel") if c.get("name") != way]
    return changed


def with_backup(document: Document, place: Item, passphrase: str) -> Document:
    """A place on a stick (`usb`) or in a folder (`disk`); the passphrase only where there is none yet."""
    changed = copy.deepcopy(document)
    (way,) = place
    _named(changed, "backup_target", "stick" if way == "usb" else "disk").update(place)
    if passphrase:
        changed.setdefault("backup", {}).setdefault("passphrase", passphrase)
    return changed


# ---- telephones and lines as they are found ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """What was learnt of the port of a telephone or line; "" leaves it as it is."""

    port: str
    name: str = ""
    number: str = ""


def with_telephones(document: Document, found: Sequence[Found]) -> Document:
    """Each phone under its name. A port without an extension gets one when it is named; agents follow their phone."""
    changed = copy.deepcopy(document)
    for phone in found:
        known = next((e for e in items(changed, "extension") if e.get("port") == phone.port), None)
        if known is None and phone.name:
            known = {"number": phone.number or free_number(changed), "port": phone.port}
            changed.setdefault("extension", []).append(known)
        if known is not None and phone.name:
            _rename_agent(changed, str(known["number"]), str(known.get("name", "")), phone.name)
            known["name"] = phone.name
    return changed


def _rename_agent(document: Document, extension: str, old: str, new: str) -> None:
    for agent in items(document, "agent"):
        if agent.get("extension") == extension and agent.get("name") == old:
            agent["name"] = new


def with_lines(document: Document, found: Sequence[Found]) -> Document:
    """Each line under its name and number; what is "" has none."""
    changed = copy.deepcopy(document)
    for line in found:
        known = next((item for item in items(changed, "line") if item.get("port") == line.port), None)
        if known is None:
            known = {"port": line.port}
            changed.setdefault("line", []).append(known)
        for key, value in (("name", line.name), ("number", line.number)):
            known.pop(key, None)
            if value:
                known[key] = value
    return changed


def numbers(document: Document) -> list[str]:
    """Of lines, and of trunks at providers: those that the box can call itself under."""
    known = [*items(document, "line"), *(trunk.get("sip", {}) for trunk in items(document, "trunk"))]
    return [str(item["number"]) for item in known if item.get("number")]


# ---- who answers ---------------------------------------------------------------------------------------


def with_team(document: Document, queue: str, extensions: Sequence[str]) -> Document:
    """Callers of the queue are taken at these extensions, and no others; whoever sits there is an agent."""
    changed = copy.deepcopy(document)
    if all(item.get("name") != queue for item in items(changed, "queue")):
        changed.setdefault("queue", []).append({"name": queue, "number": _free(changed, FIRST_QUEUE)})
    for agent in items(changed, "agent"):
        if agent.get("extension") not in extensions and queue in agent.get("queues", {}):
            agent["queues"] = {name: level for name, level in agent["queues"].items() if name != queue}
    for number in extensions:
        known = next((a for a in items(changed, "agent") if a.get("extension") == number), None)
        agent = known if known is not None else _new_agent(changed, number)
        if known is None:
            changed.setdefault("agent", []).append(agent)
        agent["queues"] = {queue: 1} | agent.get("queues", {})
    return changed


def _new_agent(document: Document, number: str) -> Item:
    known = next((e for e in items(document, "extension") if e.get("number") == number), {})
    taken = {agent.get("id") for agent in items(document, "agent")}
    id = next(id for id in (f"agent{number}", *(f"agent{number}-{n}" for n in range(2, 100))) if id not in taken)
    return {"id": id, "name": known.get("name") or number, "extension": number}


def team(document: Document, queue: str) -> list[str]:
    """Extensions at which callers of the queue are taken."""
    return [str(a.get("extension")) for a in items(document, "agent") if queue in a.get("queues", {})]
