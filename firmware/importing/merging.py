# SPDX-License-Identifier: GPL-2.0-or-later
"""A plan and the document in force as the next document. What is there stays, or gives way; nothing wrong gets in."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from firmware.backup.fitting import fit
from firmware.errors import Invalid
from firmware.importing.plan import Item, Json, Note, Plan

Existing = Literal["keep", "replace"]
KEYS = {
    "extension": ("number",), "trunk": ("name",), "queue": ("name",), "agent": ("extension",), "group": ("name",),
    "ivr": ("name",), "schedule": ("name",), "outbound": ("pattern",), "route": ("did", "trunk", "line"),
}  # fmt: skip
"""What makes two entries of a table the same one. In this order they are shown."""
NUMBERED = ("extension", "queue", "group", "ivr", "conference", "paging", "survey")
FOLLOWS = "is missing; it must be given"  # told of an entry whose key was told of, and left out, before it
SEVERAL = ("route", "outbound")  # of which one origin or pattern may have more than one


@dataclass(slots=True)
class Merged:
    """`made` are new entries, `collisions` what was there before (kept, or replaced), by tables and names."""

    document: Json
    made: list[tuple[str, str]] = field(default_factory=list)
    collisions: list[Note] = field(default_factory=list)
    left_out: list[Note] = field(default_factory=list)


def merge(document: Json, plan: Plan, ports: Collection[str] | None, existing: Existing) -> Merged:
    """The document stays one that `check` accepts. Invalid when that cannot be."""
    merged = Merged(copy.deepcopy(document))
    numbers = dict(_numbers(document))
    added: list[Item] = []
    for table in KEYS:
        for item in plan.of(table):
            if _enter(merged, document, item, numbers, existing):
                added.append(item)
    merged.document = {table: part for table, part in merged.document.items() if part != [] or table in document}
    merged.document, out = fit(merged.document, ports)
    merged.left_out = [_placed(added, problem.path, problem.message) for problem in out if problem.message != FOLLOWS]
    merged.made = [(item.table, name_of(item.values)) for item in added if _is_there(merged.document, item)]
    if existing == "keep":
        _guard(document, merged.document)
    return merged


def _numbers(document: Json) -> Iterator[tuple[str, tuple[str, str]]]:
    for table in NUMBERED:
        for item in document.get(table, ()):
            if item.get("number"):
                yield item["number"], (table, name_of(item))


def name_of(values: Json) -> str:
    """How people know an entry."""
    return str(next((values[key] for key in ("number", "name", "did", "pattern", "extension", "trunk", "line")
                     if values.get(key)), ""))  # fmt: skip


def _key(table: str, values: Json) -> tuple[str, Any] | None:
    return next(((key, values[key]) for key in KEYS[table] if values.get(key)), None)


def _enter(merged: Merged, before: Json, item: Item, numbers: dict[str, tuple[str, str]], existing: Existing) -> bool:
    """True when it is a new entry now."""
    table, values = item.table, item.values
    entries: list[Json] = merged.document.setdefault(table, [])
    same = [entry for entry in before.get(table, ()) if _key(table, entry) == _key(table, values)]
    owner = numbers.get(values.get("number", ""))
    if owner and not same:
        said = f"{table} {name_of(values)}: {owner[0]} {owner[1]} has this number; it stays, the new one is left out."
        merged.collisions.append(Note(item.where, said))
        return False
    if not same:
        entries.append(copy.deepcopy(values))
        if values.get("number"):
            numbers[values["number"]] = (table, name_of(values))
        return True
    if table == "agent":
        _join(entries, values)
        return False
    word = "it stays as it is" if existing == "keep" else "it takes over what is new"
    note = Note(item.where, f"{table} {name_of(values)} is there already: {word}.")
    if note not in merged.collisions:
        merged.collisions.append(note)
    return existing == "replace" and _replace(entries, same, item)


def _join(entries: list[Json], values: Json) -> None:
    """An agent who sits there already also serves the new queues."""
    for entry in entries:
        if entry.get("extension") == values["extension"]:
            entry["queues"] = values["queues"] | entry.get("queues", {})


def _replace(entries: list[Json], same: list[Json], item: Item) -> bool:
    if item.table in SEVERAL:
        entries[:] = [entry for entry in entries if entry not in same]
        entries.append(copy.deepcopy(item.values))
        return True
    place = entries.index(same[0])
    entries[place] = entries[place] | copy.deepcopy(item.values)
    return False


def _placed(added: list[Item], path: str, message: str) -> Note:
    """A problem with an entry is told where it came from."""
    for item in added:
        if path == f"{item.table} {name_of(item.values)}" or path.startswith(f"{item.table} {name_of(item.values)} ·"):
            return Note(item.where, f"{path}: {message}", path)
    return Note("", f"{path}: {message}", path)


def _is_there(document: Json, item: Item) -> bool:
    if item.table in SEVERAL:
        return item.values in document.get(item.table, ())
    return any(_key(item.table, entry) == _key(item.table, item.values) for entry in document.get(item.table, ()))


def _guard(before: Json, after: Json) -> None:
    """What was in force is still there, whatever had to be left out."""
    for table, entries in before.items():
        if isinstance(entries, list) and table != "agent" and any(item not in after.get(table, ()) for item in entries):
            raise Invalid(
                f"What was imported does not go together with {table} as it is now; nothing was changed.",
                code="config_invalid", field=table,
            )  # fmt: skip
