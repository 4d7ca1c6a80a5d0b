# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring queue [list|callers|move|priority|front|assign|pick]"""

from __future__ import annotations

import argparse
from typing import Any

from firmware.cli.common import Subparsers, add_command, author_of_shell, control_of, show_rows
from firmware.cli.lists import show_list

_COLUMNS = ("name", "number", "strategy", "waiting", "talking", "longest_wait_since", "available", "agents")
_CALLERS = ("call", "queue", "position", "number", "name", "since", "expected_wait_s", "priority", "offered_to")


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "queue", "queues, who waits in them, and orders to those who wait", run)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    add_command(actions, "list", "list the queues", run)
    add_command(actions, "callers", "list who waits, first in line first", callers)
    move = _order(actions, "move", "send a caller to another queue", "queue")
    move.add_argument("--anew", action="store_true", help="at the end of that line: the wait until now does not count")
    _order(actions, "priority", "give a caller so many points of priority", "priority", type=int)
    _order(actions, "front", "put a caller first in line")
    _order(actions, "assign", "ring an agent of the queue for a caller, out of turn", "agent")
    _order(actions, "pick", "ring an extension that takes a caller past the agents", "extension")


def _order(actions: Subparsers, name: str, purpose: str, *more: str, type: Any = str) -> argparse.ArgumentParser:
    parser = add_command(actions, name, purpose, order)
    parser.add_argument("id", metavar="CALL", help="from tipring queue callers")
    for argument in more:
        parser.add_argument(argument, metavar=argument.upper(), type=type)
    return parser


def run(arguments: argparse.Namespace) -> int:
    return show_list(arguments, "queues", _COLUMNS)


def callers(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        queues = control.request("queues")
    return _show(arguments, [{"queue": queue["name"], **caller} for queue in queues for caller in queue["callers"]])


def order(arguments: argparse.Namespace) -> int:
    names = {"move": "queue", "priority": "priority", "assign": "agent", "pick": "extension"}
    name, what = names.get(arguments.action), {"priority": "prioritise"}.get(arguments.action, arguments.action)
    params: dict[str, Any] = {name: getattr(arguments, name)} if name else {}
    if arguments.action == "move":
        params["keep_wait"] = not arguments.anew
    with control_of(arguments) as control:
        place = control.request(f"waiting.{what}", id=arguments.id, by=author_of_shell(), **params)
    return _show(arguments, [place] if place else [])


def _show(arguments: argparse.Namespace, rows: list[dict[str, Any]]) -> int:
    return show_rows(arguments, rows, _CALLERS, "Nobody waits.")
