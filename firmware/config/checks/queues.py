# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents, their extensions and queues; queues that overflow into each other."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.checks.document import Document, table_at, tables_at, text_at
from firmware.config.checks.names import Names, missing
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


def loops(document: Document) -> Iterator[ConfigProblem]:
    """Calls that overflow never come back to where they were."""
    following = dict(_overflows(document))
    for index, item in tables_at(document, "queue"):
        name = text_at(item, "name")
        path = [name] if name else []
        while path and (after := following.get(path[-1])) and after not in path:
            path.append(after)
        if path and len(path) > 1 and following.get(path[-1]) == name:
            round_trip = " → ".join([*path, path[0]])
            message = f"calls would go round for ever: {round_trip}; let one of them overflow to something else"
            yield ConfigProblem(path_of("queue", index, "overflow"), message)


def _overflows(document: Document) -> Iterator[tuple[str, str]]:
    for _, item in tables_at(document, "queue"):
        try:
            target = parse_target(text_at(item, "overflow") or "")
        except ValueError:
            continue
        if (name := text_at(item, "name")) and target.kind == TargetKind.QUEUE:
            yield name, target.value
