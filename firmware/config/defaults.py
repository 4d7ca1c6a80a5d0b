# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration of a box that nobody has set up yet: everything that is plugged in works."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

_FIRST_EXTENSION = 201
_QUEUE = "support"
_QUEUE_NUMBER = "600"
_NAMES = ("Alice", "Bob", "Carol", "Dave")


def _extensions(stations: list[str]) -> list[dict[str, Any]]:
    return [
        {"number": str(_FIRST_EXTENSION + index), "name": _name(index), "port": port, "sip": {}}
        for index, port in enumerate(stations)
    ]


def _name(index: int) -> str:
    return _NAMES[index] if index < len(_NAMES) else f"Agent {index + 1}"


def _agents(stations: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "id": _name(index).lower().replace(" ", ""),
            "name": _name(index),
            "extension": str(_FIRST_EXTENSION + index),
            "queues": {_QUEUE: 1},
        }
        for index in range(len(stations))
    ]


def _number(port: str) -> int:
    return int(port[3:])


def default_document(ports: Collection[str]) -> dict[str, Any]:
    """For a card with `ports` ("fxo1", "fxs1", …): an agent at each station, every line to one queue."""
    lines = sorted((port for port in ports if port.startswith("fxo")), key=_number)
    stations = sorted((port for port in ports if port.startswith("fxs")), key=_number)
    document: dict[str, Any] = {
        "site": {"name": "Tipring", "country": "us", "language": "en", "timezone": "UTC"},
        "extension": _extensions(stations),
        "line": [{"port": port, "name": f"Line {_number(port)}"} for port in lines],
        "trunk": [{"name": "lines", "ports": lines}] if lines else [],
        "agent": _agents(stations),
        "queue": [{"name": _QUEUE, "number": _QUEUE_NUMBER}],
        "route": [{"line": port, "to": f"queue:{_QUEUE}"} for port in lines],
        "outbound": [{"pattern": "9.", "strip": 1, "trunks": ["lines"]}] if lines else [],
    }
    return {key: table for key, table in document.items() if table}
