# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring status"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from firmware import __version__, service
from firmware.cli.common import Subparsers, add_command, control_of, show_json, show_table, state_of
from firmware.errors import TipringError


def register(subparsers: Subparsers) -> None:
    add_command(subparsers, "status", "services, ports, calls, queues at a glance", run)


def run(arguments: argparse.Namespace) -> int:
    """What runs and what it does. Works with nothing running too."""
    state = state_of(arguments)
    found = {"version": __version__, "state_dir": str(state), "services": _services(state), **_core(arguments, state)}
    found["outbox"] = _outbox(state)
    if arguments.json:
        show_json(found)
    else:
        _show(found)
    return 0


def _services(state: Path) -> dict[str, str]:
    running = {name: service.is_up(state, name) for name in service.SERVICES}
    return {name: "up" if up else "down" for name, up in running.items() if up or name != "bench"}


def _core(arguments: argparse.Namespace, state: Path) -> dict[str, Any]:
    if not service.is_up(state, "core"):
        return {"degraded": ["Call control is not running; tipring up starts it."]}
    try:
        with control_of(arguments) as control:
            status: dict[str, Any] = control.request("status")
    except TipringError as error:
        return {"degraded": [error.message]}
    return status


def _outbox(state: Path) -> dict[str, int] | None:
    if not (state / "history.db").exists():
        return None
    from firmware.store.history import History

    pending, parked = History(state / "history.db").outbox()
    return {"pending": pending, "parked": parked}


def _show(found: dict[str, Any]) -> None:
    services = "  ".join(f"{name} {state}" for name, state in found["services"].items())
    print(f"Tipring {found['version']}   {services}")
    for sentence in found.get("degraded", ()):
        print(f"! {sentence}")
    for alarm in found.get("alarms", ()):
        print(f"! {alarm['severity']}: {alarm['text']}")
    if found["outbox"] and any(found["outbox"].values()):
        print(f"outbox: {found['outbox']['pending']} waiting, {found['outbox']['parked']} parked")
    if "ports" in found:
        _show_core(found)


def _show_core(found: dict[str, Any]) -> None:
    for heading, columns in (
        ("ports", ("id", "state", "name", "detail")),
        ("calls", ("id", "direction", "state", "from_number", "to_number", "queue", "agent")),
        ("queues", ("name", "number", "waiting", "talking", "available")),
        ("agents", ("id", "state", "extension", "reason")),
    ):
        print()
        show_table(found.get(heading, ()), columns, f"No {heading}.")
