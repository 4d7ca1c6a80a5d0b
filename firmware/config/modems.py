# SPDX-License-Identifier: GPL-2.0-or-later
"""Voice modems as lines: their section, and what taking and giving back one makes of a document. Pure."""

from __future__ import annotations

import copy
from typing import Annotated, Any

from firmware.config.defaults import default_document
from firmware.config.values import FilePath, Section, matching

Document = dict[str, Any]

FIRST, LAST = 201, 299  # fxo201 to fxo299: never the port of a card, or of a modem of the command line

ModemPort = Annotated[str, matching(r"fxo(2(0[1-9]|[1-9][0-9]))", f"fxo{FIRST} to fxo{LAST}")]


class Modem(Section):
    """A voice modem at a serial `device`, which is the FXO port `port`."""

    port: ModemPort
    device: FilePath


def ports_of(document: Document) -> list[str]:
    """The ports that a document's modems are; of one that is not checked yet as well."""
    modems = document.get("modem")
    items = modems if isinstance(modems, list) else []
    return [str(item["port"]) for item in items if isinstance(item, dict) and isinstance(item.get("port"), str)]


def with_modem(document: Document, device: str, *, calls_out: bool) -> tuple[Document, str]:
    """The modem is a line that does what the first line does; its port. ValueError: there is no port left.

    `calls_out`: also a way out, behind those of the first group of lines.
    """
    changed = copy.deepcopy(document)
    port = _free_port(changed)
    changed.setdefault("modem", []).append({"port": port, "device": device})
    usual, lines = default_document([port]), changed.setdefault("line", [])
    first = str(lines[0].get("port")) if lines else ""
    lines.append(usual["line"][0])
    changed.setdefault("route", []).extend(_routes(changed, first, port))
    if calls_out:
        _add_way_out(changed, usual, port)
    return {key: table for key, table in changed.items() if table != []}, port


def _free_port(document: Document) -> str:
    taken = {*ports_of(document), *(str(line.get("port")) for line in document.get("line", []))}
    port = next((f"fxo{n}" for n in range(FIRST, LAST + 1) if f"fxo{n}" not in taken), None)
    if port is None:
        raise ValueError("There is no port left for a modem.")
    return port


def _routes(document: Document, first: str, port: str) -> list[Document]:
    """As of the first line; where there is none, to the first queue."""
    if first:
        return [route | {"line": port} for route in document.get("route", []) if route.get("line") == first]
    return [{"line": port, "to": f"queue:{queue['name']}"} for queue in document.get("queue", [])[:1]]


def _add_way_out(document: Document, usual: Document, port: str) -> None:
    trunks = document.setdefault("trunk", [])
    group = next((trunk for trunk in trunks if trunk.get("ports")), None)
    if group:
        group["ports"].append(port)
        return
    name = next(n for n in ("lines", "modems", port) if all(trunk.get("name") != n for trunk in trunks))
    trunks.append({"name": name, "ports": [port]})
    document.setdefault("outbound", []).extend([] if document.get("outbound") else _ways(usual, name))


def _ways(usual: Document, trunk: str) -> list[Document]:
    return [way | {"trunks": [trunk]} for way in usual["outbound"]]


def without_modem(document: Document, port: str) -> Document:
    """The modem, its line and what led there are gone; a trunk that has nothing left goes, and ways that have none."""
    changed = copy.deepcopy(document)
    for table in ("modem", "line"):
        changed[table] = [item for item in changed.get(table, []) if item.get("port") != port]
    changed["route"] = [route for route in changed.get("route", []) if route.get("line") != port]
    for trunk in changed.get("trunk", []):
        if port in trunk.get("ports", []):
            trunk["ports"].remove(port)
    left = {trunk["name"] for trunk in changed.get("trunk", []) if trunk.get("ports") == []}
    changed["trunk"] = [trunk for trunk in changed.get("trunk", []) if trunk["name"] not in left]
    for way in changed.get("outbound", []):
        way["trunks"] = [name for name in way.get("trunks", []) if name not in left]
    changed["outbound"] = [way for way in changed.get("outbound", []) if way["trunks"]]
    return {key: table for key, table in changed.items() if table != [] or document.get(key) == []}
