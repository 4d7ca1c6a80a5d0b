# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is in a group."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.checks.document import Document, tables_at, text_at, texts_at
from firmware.config.checks.names import Names, missing
from firmware.config.problems import ConfigProblem, path_of


def members(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """Extensions that are there; those of a paging group have a SIP phone."""
    for table in ("group", "paging"):
        for index, item in tables_at(document, table):
            yield from _members(table, index, item, names, document)


def _members(table: str, index: int, item: Document, names: Names, document: Document) -> Iterator[ConfigProblem]:
    sip = {text_at(extension, "number") for _, extension in tables_at(document, "extension") if "sip" in extension}
    for place, member in texts_at(item, "members"):
        message = missing("extension", member, names)
        if not message and table == "paging" and member not in sip:
            message = f'"{member}" has no SIP phone, and others cannot answer by themselves; leave it out'
        if message:
            yield ConfigProblem(path_of(table, index, "members", place), message)
