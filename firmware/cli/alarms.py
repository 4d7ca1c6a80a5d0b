# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring alarms"""

from __future__ import annotations

import argparse

from firmware.cli.common import Subparsers, add_command, control_of, show_rows, state_of

_COLUMNS = ("raised_at", "severity", "kind", "text", "acknowledged_at", "cleared_at")


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "alarms", "what a person has to look after", run)
    parser.add_argument("--all", action="store_true", help="those that are cleared too")
    parser.add_argument("--acknowledge", action="store_true", help="they are known: the alarm LED stops blinking")


def run(arguments: argparse.Namespace) -> int:
    """From history.db, so that it works with nothing running."""
    from firmware.store.history import History

    if arguments.acknowledge:
        with control_of(arguments) as control:
            control.request("alarms.acknowledge")
    alarms = History(state_of(arguments) / "history.db").alarms(standing=not arguments.all)
    rows = [alarm.as_json() for alarm in alarms]
    return show_rows(
        arguments, rows, ("raised_at", "severity", "kind", "text", "acknowledged_at", "cleared_at"), "No alarms."
    )
