# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring status"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from firmware import __version__, service
from firmware.cli.common import Subparsers, add_command, control_of, show_json, show_table, state_of
from firmware.cli.night import night_line
from firmware.errors import TipringError


def register(subparsers: Subparsers) -> None:
    add_command(subparsers, "status", "services, ports, calls, queues at a glance", run)


def run(arguments: argparse.Namespace) -> int:
    """What runs and what it does. Works with nothing running too."""
    state = state_of(arguments)
    found = {"version": __version__, "state_dir": str(state), "services": _services(state), **_core(arguments, state)}
    found |= _history(state, found.get("alarms", []))
    if arguments.json:
        show_json(found)
    else:
        _show(found)
    return 0


def _services(state: Path) -> dict[str, str]:
    from firmware.edge import ports

    running = {name: service.is_up(state, name) for name in service.SERVICES}
    may_lack = {"bench", "board"} if ports.program() else {"bench", "board", "edge"}
    return {name: "up" if up else "down" for name, up in running.items() if up or name not in may_lack}


def _core(arguments: argparse.Namespace, state: Path) -> dict[str, Any]:
    if not service.is_up(state, "core"):
        return {"degraded": ["Call control is not running; tipring up starts it."]}
    try:
        with control_of(arguments) as control:
            status: dict[str, Any] = control.request("status")
    except TipringError as error:
        return {"degraded": [error.message]}
    return status


def _history(state: Path, alarms: list[dict[str, Any]]) -> dict[str, Any]:
    """What waits for the cloud, and the alarms of all services: the core knows its own only."""
    nothing = {"alarms": alarms, "outbox": None}
    if not (state / "history.db").exists():
        return nothing
    from firmware.store.history import History

    try:
        history = History(state / "history.db")
        pending, parked = history.outbox()
        standing = [alarm.as_json() for alarm in history.alarms()]
    except TipringError as error:
        return {**nothing, "history": error.message}
    known = {alarm["id"]: alarm for alarm in [*alarms, *standing]}
    return {"alarms": list(known.values()), "outbox": {"pending": pending, "parked": parked}}


def _show(found: dict[str, Any]) -> None:
    services = "  ".join(f"{name} {state}" for name, state in found["services"].items())
    print(f"Tipring {found['version']}   {services}")
    alarms = {alarm["text"]: f"{alarm['severity']}: {alarm['text']}" for alarm in found["alarms"]}
    for sentence in dict.fromkeys([*found.get("degraded", ()), *alarms, *filter(None, [found.get("history")])]):
        print(f"! {alarms.get(sentence, sentence)}")
    if found["outbox"] and any(found["outbox"].values()):
        print(f"outbox: {found['outbox']['pending']} waiting, {found['outbox']['parked']} parked")
    if "ports" in found:
        _show_core(found)


def _show_core(found: dict[str, Any]) -> None:
    if found.get("night"):
        print()
        print(night_line(found["night"]))
    for heading, columns in (
        ("ports", ("id", "state", "name", "detail")),
        ("calls", ("id", "direction", "state", "from_number", "to_number", "queue", "agent")),
        ("queues", ("name", "number", "waiting", "talking", "available")),
        ("agents", ("id", "state", "extension", "reason")),
    ):
        print()
        show_table(found.get(heading, ()), columns, f"No {heading}.")
