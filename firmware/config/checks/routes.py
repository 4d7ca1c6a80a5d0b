# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways in and out."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.checks.document import Document, tables_at, text_at, texts_at
from firmware.config.checks.names import Names, missing
from firmware.config.problems import ConfigProblem, path_of


def routes(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """Each route says exactly one origin, which exists. Those of an origin are tried in order, so each has its turn."""
    seen: dict[tuple[str, str], dict[str | None, str]] = {}
    for index, item in tables_at(document, "route"):
        schedule = text_at(item, "schedule")
        if schedule is not None and (message := missing("schedule", schedule, names)):
            yield ConfigProblem(path_of("route", index, "schedule"), message)
        origins = [key for key in ("line", "did", "trunk") if item.get(key) is not None]
        if len(origins) != 1:
            given = " and ".join(origins) or "none"
            message = f"a route has exactly one of line, did or trunk; this one has {given}"
            yield ConfigProblem(path_of("route", index), message)
            continue
        name = text_at(item, origins[0])
        if name is not None:
            earlier = seen.setdefault((origins[0], name), {})
            yield from _origin(index, origins[0], name, names, schedule, earlier)
            earlier.setdefault(schedule, path_of("route", index, origins[0]))


def _origin(
    index: int, key: str, name: str, names: Names, schedule: str | None, earlier: dict[str | None, str]
) -> Iterator[ConfigProblem]:
    path = path_of("route", index, key)
    if key != "did" and (message := missing(key, name, names)):
        yield ConfigProblem(path, message)
    elif key == "did" and not name:
        yield ConfigProblem(path, "is empty; give the number that is called")
    elif None in earlier:
        message = f'{key} "{name}" is routed by {earlier[None]} already, at all times'
        yield ConfigProblem(path, f"{message}; keep one of the two, or give that one a schedule")
    elif schedule in earlier:
        message = f'{key} "{name}" is routed by {earlier[schedule]} already in the same hours; keep one of the two'
        yield ConfigProblem(path, message)


def outbound(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """The trunks of outbound routes exist."""
    for index, item in tables_at(document, "outbound"):
        for place, trunk in texts_at(item, "trunks"):
            if message := missing("trunk", trunk, names):
                yield ConfigProblem(path_of("outbound", index, "trunks", place), message)


def outbound_costs(document: Document) -> Iterator[ConfigProblem]:
    """A pattern that is given again has another cost."""
    seen: dict[tuple[str, int], str] = {}
    for index, item in tables_at(document, "outbound"):
        pattern, cost = text_at(item, "pattern"), item.get("cost", 0)
        if pattern is None or not isinstance(cost, int):
            continue
        path = path_of("outbound", index, "pattern")
        if (pattern, cost) in seen:
            message = f'pattern "{pattern}" is taken by {seen[pattern, cost]}; put all trunks there'
            yield ConfigProblem(path, f"{message}, or give one of the two a higher cost")
        seen.setdefault((pattern, cost), path)
