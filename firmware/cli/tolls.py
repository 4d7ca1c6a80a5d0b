# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring tolls list | lift KIND"""

from __future__ import annotations

import argparse
from typing import Any

from firmware.cli.common import Subparsers, add_command, add_group, control_of, show_json, show_table

KINDS = ("international", "premium")


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "tolls", "limits against toll fraud, and what was stopped")
    add_command(actions, "list", "what was used of each limit", list_)
    parser = add_command(actions, "lift", "let calls of a kind go out again; what was used until now is forgiven", lift)
    parser.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))


def list_(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        return _show(arguments, control.request("tolls"))


def lift(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        return _show(arguments, control.request("tolls.lift", kind=arguments.kind))


def _show(arguments: argparse.Namespace, found: list[dict[str, Any]]) -> int:
    if arguments.json:
        show_json(found)
        return 0
    rows = [
        {"kind": item["kind"], "stopped": item["reason"] if item["stopped_since"] else "no", **_used(item)}
        for item in found
    ]
    show_table(rows, ("kind", *found[0]["limits"], "stopped"), "")
    return 0


def _used(item: dict[str, Any]) -> dict[str, str]:
    return {name: f"{used:g} of {item['limits'][name]}" for name, used in item["used"].items()}
