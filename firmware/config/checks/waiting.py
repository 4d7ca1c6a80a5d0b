# SPDX-License-Identifier: GPL-2.0-or-later
"""What waiting callers may press leads somewhere; surveys and schedules of queues are there; questions differ."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.checks.document import Document, table_at, tables_at, text_at
from firmware.config.checks.names import Names, missing
from firmware.config.checks.targets import nowhere
from firmware.config.problems import ConfigProblem, path_of
from firmware.config.targets import Target, TargetKind
from firmware.config.waiting import parse_way_out


def waiting(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """Of each queue."""
    for index, item in tables_at(document, "queue"):
        yield from _keys(document, names, index, item)
        survey, schedule = text_at(item, "survey"), text_at(table_at(item, "call_back"), "schedule")
        if survey is not None and (message := missing("survey", survey, names)):
            yield ConfigProblem(path_of("queue", index, "survey"), message)
        if schedule is not None and (message := missing("schedule", schedule, names)):
            yield ConfigProblem(path_of("queue", index, "call_back", "schedule"), message)


def _keys(document: Document, names: Names, index: int, item: Document) -> Iterator[ConfigProblem]:
    for key, text in table_at(table_at(item, "waiting"), "keys").items():
        path = path_of("queue", index, "waiting", "keys", str(key))
        try:
            leads = parse_way_out(text)
        except ValueError:
            continue  # the types have said so
        if isinstance(leads, Target):
            own = leads == Target(TargetKind.QUEUE, text_at(item, "name") or "")
            message = "the caller waits there already; name another target" if own else None
            if message := message or nowhere(leads, names, document):
                yield ConfigProblem(path, message)
        if key == text_at(item, "refuse_key"):
            yield ConfigProblem(path, f"{key} refuses the recording (refuse_key); use another key")


def questions(document: Document) -> Iterator[ConfigProblem]:
    """Answers are kept under the name of the question."""
    for index, item in tables_at(document, "survey"):
        seen: set[str] = set()
        for place, question in tables_at(item, "question"):
            name = text_at(question, "name")
            if name in seen:
                path = path_of("survey", index, "question", place, "name")
                yield ConfigProblem(path, f'there is a question "{name}" already; give each its own name')
            seen.add(name or "")
