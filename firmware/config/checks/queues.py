# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents, their extensions and queues; queues that overflow into each other."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.checks.document import Document, table_at, tables_at, text_at, texts_at
from firmware.config.checks.names import Names, missing
from firmware.config.checks.targets import BEYOND
from firmware.config.problems import ConfigProblem, path_of
from firmware.config.targets import TargetKind, parse_target


def agents(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """Agents sit at extensions that exist and serve queues that exist."""
    for index, item in tables_at(document, "agent"):
        extension = text_at(item, "extension")
        if extension is not None and (message := missing("extension", extension, names)):
            yield ConfigProblem(path_of("agent", index, "extension"), message)
        for queue in table_at(item, "queues"):
            if isinstance(queue, str) and (message := missing("queue", queue, names)):
                yield ConfigProblem(path_of("agent", index, "queues", queue), message)


def kept_recordings(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """Recordings are kept longer or shorter for queues that exist."""
    for queue in table_at(table_at(document, "recordings"), "queue_days"):
        if isinstance(queue, str) and (message := missing("queue", queue, names)):
            yield ConfigProblem(path_of("recordings", "queue_days", queue), message)


def codes(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """The disposition codes of a queue are there; where one is required, there are some."""
    for index, item in tables_at(document, "queue"):
        for place, name in texts_at(item, "dispositions"):
            if message := missing("disposition", name, names):
                yield ConfigProblem(path_of("queue", index, "dispositions", place), message)
        if item.get("disposition_required") is True and not item.get("dispositions"):
            message = 'needs codes to choose from; give dispositions = ["…"]'
            yield ConfigProblem(path_of("queue", index, "disposition_required"), message)


def places(document: Document) -> Iterator[ConfigProblem]:
    """Each agent has a phone, or a way to log in at one."""
    for index, item in tables_at(document, "agent"):
        if item.get("extension") is None and item.get("number") is None:
            message = "needs an extension of his own, or a number and a PIN to log in with at any phone"
            yield ConfigProblem(path_of("agent", index), message)
        elif item.get("extension") is None and not item.get("pin"):
            yield ConfigProblem(path_of("agent", index, "pin"), "is needed by an agent without an extension")


def loops(document: Document) -> Iterator[ConfigProblem]:
    """Calls that a queue does not keep never come back to it."""
    following: dict[str, dict[str, str]] = {}  # queue: the next one, and the key that leads there
    for _, item in tables_at(document, "queue"):
        following.setdefault(text_at(item, "name") or "", {}).update(_beyond(item))
    for index, item in tables_at(document, "queue"):
        name = text_at(item, "name") or ""
        if path := _way_back(following, name):
            message = f"calls would go round for ever: {' → '.join(path)}; let one of them overflow to something else"
            yield ConfigProblem(path_of("queue", index, following[name][path[1]]), message)


def _way_back(following: dict[str, dict[str, str]], name: str) -> list[str]:
    """The shortest one from a queue over others to itself, [] when there is none."""
    paths, seen = [[name]], {name}
    while paths:
        path = paths.pop(0)
        after = following.get(path[-1], {})
        if name in after and len(path) > 1:
            return [*path, name]
        new = [queue for queue in after if queue not in seen]
        seen.update(new)
        paths += [[*path, queue] for queue in new]
    return []


def _beyond(item: Document) -> Iterator[tuple[str, str]]:
    for key in BEYOND:
        try:
            target = parse_target(text_at(item, key) or "")
        except ValueError:
            continue
        if target.kind == TargetKind.QUEUE:
            yield target.value, key
