# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports that are sent by themselves: of queues and agents that there are, through a server that there is."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.checks.document import Document, tables_at, text_at
from firmware.config.checks.names import Names, missing
from firmware.config.problems import ConfigProblem, path_of


def reports(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """What each names, and `[mail]`."""
    for index, item in tables_at(document, "report"):
        for table in ("queue", "agent"):
            name = text_at(item, table)
            if name is not None and (problem := missing(table, name, names)):
                yield ConfigProblem(path_of("report", index, table), problem)
        if "mail" not in document:
            yield ConfigProblem(
                path_of("report", index, "to"), "there is no mail server to send it through; add [mail]"
            )
