# SPDX-License-Identifier: GPL-2.0-or-later
"""What the subcommands share: options, where the state is, how results and errors are shown."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firmware import service
from firmware.errors import TipringError

if TYPE_CHECKING:
    from firmware.api import Control

Run = Callable[[argparse.Namespace], int]
Subparsers = Any  # argparse keeps the type of add_subparsers() to itself


def common_options() -> argparse.ArgumentParser:
    """The options that may stand before and after the subcommand: a parent for its parser."""
    options = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    options.add_argument(
        "--state",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="where the box keeps what it remembers (TIPRING_STATE)",
    )
    options.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="JSON for scripts")
    return options


def add_command(subparsers: Subparsers, name: str, purpose: str, run: Run | None) -> argparse.ArgumentParser:
    """A subcommand (or one below a subcommand) with the common options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name, help=purpose, description=purpose[:1].upper() + purpose[1:] + ".", parents=[common_options()]
    )
    if run:
        parser.set_defaults(run=run)
    return parser


def add_group(subparsers: Subparsers, name: str, purpose: str) -> Subparsers:
    """A subcommand that has subcommands of its own."""
    parser = add_command(subparsers, name, purpose, None)
    return parser.add_subparsers(dest="action", metavar="ACTION", required=True)


def state_of(arguments: argparse.Namespace) -> Path:
    """The state directory."""
    return service.state_dir(arguments.state)


def control_of(arguments: argparse.Namespace, timeout_s: float = 10.0) -> Control:
    """The running core, which has so long for an answer."""
    from firmware.api import Control

    return Control(state_of(arguments) / "control.sock", timeout_s)


def document_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The configuration in force; {} before there is one."""
    from firmware.errors import NotFound
    from firmware.store.config_db import ConfigDb

    try:
        return ConfigDb(state_of(arguments)).current().document
    except NotFound:
        return {}


def sought(arguments: argparse.Namespace) -> Sequence[str] | None:
    """All forms of the number that `--number` names; None without it."""
    from firmware import telephone_numbers

    country = document_of(arguments).get("site", {}).get("country") or "us"
    return telephone_numbers.sought(arguments.number, country) if arguments.number else None


def author_of_shell() -> str:
    """Who uses the command, for trails of changes."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a user id without a name
        return "cli:unknown"


def show_rows(
    arguments: argparse.Namespace, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], empty: str
) -> int:
    """As JSON or as a table, as it was asked for; the exit code of a command that ends with it."""
    if arguments.json:
        show_json(rows)
    else:
        show_table(rows, columns, empty)
    return 0


def say(arguments: argparse.Namespace, value: object, sentence: str) -> int:
    """`value` as JSON, or the sentence; the exit code of a command that ends with it."""
    if arguments.json:
        show_json(value)
    else:
        print(sentence)
    return 0


def show_json(value: object) -> None:
    """One JSON text on stdout."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def show_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], empty: str) -> None:
    """Rows under headings, as wide as they need; `empty` is said when there are none."""
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    if not cells:
        print(empty)
        return
    headings = [column.replace("_", " ").upper() for column in columns]
    widths = [max(len(row[place]) for row in [headings, *cells]) for place in range(len(columns))]
    for row in [headings, *cells]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, (list, tuple)):
        return ", ".join(_cell(item) for item in value) or "-"
    return str(value)


def report(error: TipringError, as_json: bool) -> None:
    """An error on stderr, one line for each problem; with --json as an object on stdout too."""
    problems = getattr(error, "errors", ())
    for line in problems or (error.message,):
        print(line if problems else f"tipring: {line}", file=sys.stderr)
    if as_json:
        shown: dict[str, Any] = {"code": error.code, "message": error.message, "field": error.field}
        if problems:
            shown["errors"] = [{"path": problem.path, "message": problem.message} for problem in problems]
        show_json({"error": shown})
