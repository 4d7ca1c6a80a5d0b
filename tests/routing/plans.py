# SPDX-License-Identifier: GPL-2.0-or-later
"""A dial plan for the tests of routing."""

from __future__ import annotations

from typing import Any

from firmware import countries
from firmware.config import Config, check

PLAN: dict[str, Any] = {
    "site": {"country": "de", "timezone": "Europe/Berlin"},
    "extension": [
        {"number": "201", "name": "Anna", "port": "fxs1"},
        {"number": "202", "name": "Bert", "port": "fxs2", "class": "local", "class_pin": "2468"},
        {"number": "203", "name": "Hall", "port": "fxs3", "class": "internal"},
    ],
    "line": [{"port": "fxo1", "number": "5550101"}, {"port": "fxo2"}],
    "trunk": [
        {"name": "lines", "ports": ["fxo1", "fxo2"]},
        {"name": "cheap", "sip": {"registrar": "sip.example.com"}},
        {"name": "dear", "sip": {"registrar": "sip.example.net"}},
    ],
    "queue": [{"name": "support", "number": "600", "overflow": "extension:201"}],
    "schedule": [
        {
            "name": "day",
            "hours": {"mon-fri": ["08:00-12:00", "13:00-17:30"]},
            "holidays": ["12-25", "2026-12-24/2026-12-26"],
        }
    ],
    "route": [
        {"line": "fxo1", "schedule": "day", "to": "queue:support"},
        {"line": "fxo1", "to": "extension:203"},
        {"line": "fxo2", "schedule": "day", "to": "queue:support"},
    ],
    "outbound": [
        {"pattern": "0.", "strip": 1, "trunks": ["lines"], "cost": 5},
        {"pattern": "0.", "strip": 1, "prepend": "+49", "trunks": ["dear", "cheap"], "cost": 1},
        {"pattern": "01XX", "strip": 1, "trunks": ["lines"], "class": "local"},
    ],
    "numbers": {"block_in": ["+4930."], "allow_in": ["+4930555."], "block_out": ["0137."], "reject_anonymous": True},
    "emergency": {"trunks": ["lines"], "callback": "03055500", "alert": ["201"]},
}


def plan(**changed: Any) -> Config:
    """The plan, with some of its tables in place of others."""
    return check(PLAN | changed, ["fxo1", "fxo2", "fxs1", "fxs2", "fxs3"])


GERMANY = countries.load("de")
