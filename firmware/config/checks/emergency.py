# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers that people call for help."""

from __future__ import annotations

from collections.abc import Iterator

from firmware import countries
from firmware.config.checks.document import Document, table_at, tables_at, text_at, texts_at
from firmware.config.checks.names import NUMBERED, Names, missing
from firmware.config.problems import ConfigProblem, path_of


def emergency(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """No number of the house is one that people call for help; trunks and extensions named there exist."""
    table = table_at(document, "emergency")
    for key, kind in (("trunks", "trunk"), ("alert", "extension")):
        for place, name in texts_at(table, key):
            if message := missing(kind, name, names):
                yield ConfigProblem(path_of("emergency", key, place), message)
    country = text_at(table_at(document, "site"), "country") or "us"
    numbers = {number for _, number in texts_at(table, "numbers")}
    numbers |= set(countries.load(country).emergency) if country in countries.codes() else set()
    for kind in NUMBERED:
        for index, item in tables_at(document, kind):
            if text_at(item, "number") in numbers:
                message = f'"{item["number"]}" is an emergency number here; use another one'
                yield ConfigProblem(path_of(kind, index, "number"), message)
