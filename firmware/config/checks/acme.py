# SPDX-License-Identifier: GPL-2.0-or-later
"""What a certificate by ACME needs before it can be asked for."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.checks.document import Document, table_at
from firmware.config.problems import ConfigProblem


def acme(document: Document) -> Iterator[ConfigProblem]:
    """Names, and that the terms were agreed to."""
    table = table_at(document, "acme")
    if table.get("enabled") is not True:
        return
    if not table.get("names"):
        yield ConfigProblem("acme.names", "name the box as it is reached from the internet, such as pbx.example.com")
    if table.get("agreed_terms") is not True:
        yield ConfigProblem("acme.agreed_terms", "no authority signs before its terms of service are agreed to")
