# SPDX-License-Identifier: GPL-2.0-or-later
"""What types cannot say of the dial plan: clashes with emergency numbers, loops, classes without a PIN."""

from __future__ import annotations

from collections.abc import Iterator

from firmware import countries
from firmware.config.cross import Document, Names, _choice, _table, _tables, _text, _texts
from firmware.config.problems import ConfigProblem, path_of
from firmware.config.targets import TargetKind, parse_target

EVERYTHING = "international"


def emergency(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """No number of the house is one that people call for help; trunks and extensions named there exist."""
    table = _table(document, "emergency")
    for key, known, kind in (("trunks", names.trunks, "trunk"), ("alert", names.extensions, "extension")):
        for place, name in _texts(table, key):
            if name not in known:
                allowed = _choice(known, f"there is no {kind} yet, add one")
                yield ConfigProblem(path_of("emergency", key, place), f'there is no {kind} "{name}"; {allowed}')
    country = _text(_table(document, "site"), "country") or "us"
    numbers = {number for _, number in _texts(table, "numbers")}
    numbers |= set(countries.load(country).emergency) if country in countries.codes() else set()
    for kind in ("extension", "queue", "conference", "ivr", "group", "paging"):
        for index, item in _tables(document, kind):
            if _text(item, "number") in numbers:
                message = f'"{item["number"]}" is an emergency number here; use another one'
                yield ConfigProblem(path_of(kind, index, "number"), message)


def outbound_costs(document: Document) -> Iterator[ConfigProblem]:
    """A pattern that is given again has another cost."""
    seen: dict[tuple[str, int], str] = {}
    for index, item in _tables(document, "outbound"):
        pattern, cost = _text(item, "pattern"), item.get("cost", 0)
        if pattern is None or not isinstance(cost, int):
            continue
        path = path_of("outbound", index, "pattern")
        if (pattern, cost) in seen:
            message = f'pattern "{pattern}" is taken by {seen[pattern, cost]}; put all trunks there'
            yield ConfigProblem(path, f"{message}, or give one of the two a higher cost")
        seen.setdefault((pattern, cost), path)


def pins(document: Document) -> Iterator[ConfigProblem]:
    """A PIN to call beyond a class needs something beyond it."""
    for index, item in _tables(document, "extension"):
        if _text(item, "class_pin") and _text(item, "class") in (None, EVERYTHING):
            message = 'this extension may call everything without it; give it a narrower class, e.g. class = "national"'
            yield ConfigProblem(path_of("extension", index, "class_pin"), message)


def loops(document: Document) -> Iterator[ConfigProblem]:
    """Calls that overflow never come back to where they were."""
    following = dict(_overflows(document))
    for index, item in _tables(document, "queue"):
        name = _text(item, "name")
        path = [name] if name else []
        while path and (after := following.get(path[-1])) and after not in path:
            path.append(after)
        if path and len(path) > 1 and following.get(path[-1]) == name:
            round_trip = " → ".join([*path, path[0]])
            message = f"calls would go round for ever: {round_trip}; let one of them overflow to something else"
            yield ConfigProblem(path_of("queue", index, "overflow"), message)


def _overflows(document: Document) -> Iterator[tuple[str, str]]:
    for _, item in _tables(document, "queue"):
        try:
            target = parse_target(_text(item, "overflow") or "")
        except ValueError:
            continue
        if (name := _text(item, "name")) and target.kind == TargetKind.QUEUE:
            yield name, target.value


def plan_check(document: Document) -> Iterator[ConfigProblem]:
    """All of it."""
    names = Names.of(document)
    yield from emergency(document, names)
    yield from outbound_costs(document)
    yield from pins(document)
    yield from loops(document)
