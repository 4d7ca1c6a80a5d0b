# SPDX-License-Identifier: GPL-2.0-or-later
"""Ports that are there, and of the right kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from firmware.config.checks.document import Document, tables_at, text_at, texts_at
from firmware.config.checks.names import one_of
from firmware.config.modems import ports_of
from firmware.config.problems import ConfigProblem, path_of


def _port_uses(document: Document) -> Iterator[tuple[str, str, str]]:
    """Path, port, and the kind that it must be of: extensions and lines (trunks share ports with lines)."""
    for table, kind in (("extension", "fxs"), ("line", "fxo")):
        for index, item in tables_at(document, table):
            if (port := text_at(item, "port")) is not None:
                yield path_of(table, index, "port"), port, kind
    for index, item in tables_at(document, "trunk"):
        for place, port in texts_at(item, "ports"):
            yield path_of("trunk", index, "ports", place), port, "fxo"


def _port_problem(port: str, kind: str, ports: Collection[str] | None) -> str | None:
    fitting = [name for name in ports or () if name.startswith(kind)]
    allowed = one_of(fitting, f"this box has no {kind} port") if ports is not None else f"use an {kind} port"
    if port.startswith(("fxo", "fxs")) and not port.startswith(kind):
        plug = "telephones are on fxs ports" if kind == "fxs" else "lines are on fxo ports"
        return f'"{port}" is of the wrong kind, {plug}; {allowed}'
    if ports is not None and port not in ports:
        return f'"{port}" is not a port of this box; {allowed}'
    return None


def ports_exist(document: Document, ports: Collection[str] | None) -> Iterator[ConfigProblem]:
    """Each port is there (when it is known which there are, beside the document's modems) and of the right kind."""
    if ports is not None:
        ports = {*ports, *ports_of(document)}
    for path, port, kind in _port_uses(document):
        if message := _port_problem(port, kind, ports):
            yield ConfigProblem(path, message)
