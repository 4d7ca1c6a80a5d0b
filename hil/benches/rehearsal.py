# SPDX-License-Identifier: GPL-2.0-or-later
"""A change rehearsed on 30 days of a box with a million calls, and the proof of emergency calls."""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from firmware.config import Config, check
from firmware.rehearsal.emergency import guard
from firmware.rehearsal.rehearse import DAYS, Rehearsal, rehearse
from firmware.store.connect import open_for_reading
from hil.benches import history, history_year

NOW = history_year.YEAR + timedelta(days=330)
TRIES = 3
EXTENSIONS = 100
LINES = tuple(f"fxo{number}" for number in range(1, 9))
DOCUMENT: dict[str, Any] = {
    "site": {"country": "us", "timezone": "Europe/Berlin"},
    "extension": [{"number": str(200 + n), "sip": {}, "voicemail": True} for n in range(EXTENSIONS)],
    "line": [{"port": port, "number": f"555010{port[-1]}"} for port in LINES],
    "trunk": [{"name": "provider", "sip": {"registrar": "sip.example.com"}}, {"name": "lines", "ports": list(LINES)}],
    "queue": [{"name": name, "overflow": "extension:201"} for name in history_year.QUEUES],
    "schedule": [
        {"name": "day", "hours": {"mon-fri": ["08:00-12:00", "13:00-17:30"]}, "holidays": ["12-24/12-26"]},
        {"name": "late", "hours": {"mon-thu": ["17:30-20:00"], "sat": ["09:00-13:00"]}},
    ],
    "route": [
        {"line": port} | route
        for port in LINES
        for route in ({"schedule": "day", "to": "queue:support"}, {"schedule": "late", "to": "queue:sales"},
                      {"to": "voicemail:201"})
    ],
    "outbound": [{"pattern": ".", "trunks": ["provider", "lines"]}, {"pattern": "+1.", "trunks": ["provider"]}],
}  # fmt: skip


def run() -> dict[str, Any]:
    """Times in milliseconds, the slowest of three; calls that would have gone elsewhere, of those looked at."""
    history.made(state := history.state_of_a_year())
    figures: dict[str, Any] = {"days": DAYS, "calls_in_history": history.CALLS, "extensions": EXTENSIONS}
    for name, change in CHANGES.items():
        figures |= {f"{name}_{key}": value for key, value in _measured(state, change).items()}
    old = check(DOCUMENT)
    return figures | {"emergency_proof_ms": _slowest_ms(lambda: guard(old, old, LINES, NOW))}


def _without_late(document: dict[str, Any]) -> None:
    document["route"] = [route for route in document["route"] if route.get("schedule") != "late"]


def _block(document: dict[str, Any]) -> None:
    document["numbers"] = {"block_in": ["+1555010000."]}


def _dearer(document: dict[str, Any]) -> None:
    document["outbound"][0]["trunks"] = document["outbound"][1]["trunks"] = ["lines"]


def _name(document: dict[str, Any]) -> None:
    document["site"]["name"] = "Office"


CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "route": _without_late,
    "list_of_callers": _block,
    "way_out": _dearer,
    "name": _name,
}


def _measured(state: Path, change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    changed = copy.deepcopy(DOCUMENT)
    change(changed)
    old, new = check(DOCUMENT), check(changed)
    with contextlib.closing(open_for_reading(state / "history.db")) as db:
        found = _rehearsed(db, old, new)
        took = _slowest_ms(lambda: _rehearsed(db, old, new))
    return {"ms": took, "calls": found.calls, "of": found.of, "moved": found.moved}


def _rehearsed(db: Any, old: Config, new: Config) -> Rehearsal:
    return rehearse(db, old, new, NOW)


def _slowest_ms(work: Callable[[], object]) -> float:
    took = []
    for _ in range(TRIES):
        began = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - began))
    return round(max(took), 1)
