# SPDX-License-Identifier: GPL-2.0-or-later
"""What the document names: that it is there, and there once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from firmware.config.checks.document import Document, tables_at, text_at, texts_at
from firmware.config.problems import ConfigProblem, path_of

Names = dict[str, frozenset[str]]

NAMED_BY = {
    "extension": "number",
    "line": "port",
    "trunk": "name",
    "agent": "id",
    "queue": "name",
    "pause_reason": "name",
    "disposition": "name",
    "conference": "name",
    "group": "name",
    "paging": "name",
    "ivr": "name",
    "survey": "name",
    "schedule": "name",
    "disa": "name",
    "report": "name",
    "webhook": "name",
    "cellular": "name",
    "modem": "port",
    "backup_target": "name",
    "alarm_channel": "name",
}
"""The tables that others refer to, and the key that they are referred to by."""

NUMBERED = ("extension", "queue", "conference", "group", "paging", "ivr", "survey")
"""The tables with a `number` that is dialled inside."""

_NAME_ADVICE = {
    "trunk": "give each trunk its own",
    "agent": "give each agent its own",
    "queue": "give each queue its own",
    "pause_reason": "give each its own",
    "disposition": "give each its own",
    "conference": "give each conference its own",
    "group": "give each group its own",
    "paging": "give each its own",
    "ivr": "give each menu its own",
    "survey": "give each survey its own",
    "schedule": "give each schedule its own",
    "disa": "give each its own",
    "report": "give each report its own",
    "webhook": "give each webhook its own",
    "cellular": "give each modem its own",
    "modem": "give each modem its own",
    "backup_target": "give each place its own",
    "alarm_channel": "give each its own",
}


def names_of(document: Document) -> Names:
    """Of each table that is referred to, the names there; those of "voicemail" are numbers of extensions with a box."""
    names = {table: frozenset(name for _, name in _uses(document, table, key)) for table, key in NAMED_BY.items()}
    boxes = (text_at(item, "number") for _, item in tables_at(document, "extension") if item.get("voicemail"))
    return names | {"voicemail": frozenset(number for number in boxes if number)}


def numbers_of(document: Document) -> set[str]:
    """Everything that is dialled inside."""
    return {number for table in NUMBERED for _, number in _uses(document, table, "number")}


def one_of(names: Collection[str], empty: str) -> str:
    """What to use: one of the names, or what to do when there is none."""
    return f"use one of {', '.join(sorted(names))}" if names else empty


def missing(table: str, name: str, names: Names) -> str | None:
    """What is wrong with that name of something in a table; None when it is there."""
    if name in names[table]:
        return None
    return f'there is no {table} "{name}"; {one_of(names[table], f"there is no {table} yet, add one")}'


def named_once(document: Document) -> Iterator[ConfigProblem]:
    """Ports, numbers, names and ids are given out once."""
    plugged = [*_uses(document, "extension", "port"), *_uses(document, "line", "port")]
    yield from _once(plugged, "port", "use each port once")
    yield from _once(_grouped(document), "port", "a port can be in one trunk only")
    numbers = [use for table in NUMBERED for use in _uses(document, table, "number")]
    yield from _once(numbers, "number", "everything that is dialled inside needs a number of its own")
    for table, advice in _NAME_ADVICE.items():
        yield from _once(_uses(document, table, NAMED_BY[table]), NAMED_BY[table], advice)
    devices = [*_uses(document, "cellular", "device"), *_uses(document, "modem", "device")]
    yield from _once(devices, "device", "each modem is at a device of its own")
    yield from _once(_uses(document, "agent", "extension"), "extension", "one agent sits at one extension")
    yield from _once(_uses(document, "agent", "number"), "number", "give each agent its own")
    for table in ("pause_reason", "disposition"):
        yield from _once(_uses(document, table, "key"), "key", "give each its own")


def _uses(document: Document, table: str, key: str) -> list[tuple[str, str]]:
    """Path and text of a key in each of a kind of tables."""
    items = ((path_of(table, index, key), text_at(item, key)) for index, item in tables_at(document, table))
    return [(path, text) for path, text in items if text is not None]


def _grouped(document: Document) -> Iterator[tuple[str, str]]:
    for index, item in tables_at(document, "trunk"):
        for place, port in texts_at(item, "ports"):
            yield path_of("trunk", index, "ports", place), port


def _once(uses: Iterable[tuple[str, str]], what: str, advice: str) -> Iterator[ConfigProblem]:
    seen: dict[str, str] = {}
    for path, name in uses:
        if name in seen:
            yield ConfigProblem(path, f'{what} "{name}" is taken by {seen[name]}; {advice}')
        seen.setdefault(name, path)
