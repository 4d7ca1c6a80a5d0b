# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring report [figures|lines|staffing]"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from firmware import times
from firmware.cli.common import Subparsers, add_command, document_of, show_json, show_table, state_of

if TYPE_CHECKING:
    from firmware.reports.choice import Choice, Office
    from firmware.store.history import History

OPTIONS = ("of", "by", "since", "until", "queue", "agent", "line", "trunk", "direction")


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "report", "figures of a span, as docs/reports.md defines them", run)
    views = ("figures", "lines", "staffing")
    parser.add_argument("view", nargs="?", choices=views, default="figures", metavar="|".join(views))
    for option in OPTIONS:
        parser.add_argument(f"--{option}")
    parser.add_argument("--csv", action="store_true", help="CSV on standard output")


def run(arguments: argparse.Namespace) -> int:
    """Figures by queue of this month, if nothing else is said."""
    from firmware.reports import choice, sheet
    from firmware.store.history import History

    history, office = History(state_of(arguments) / "history.db"), office_of(arguments)
    asked = {name: text for name in OPTIONS if (text := getattr(arguments, name))}
    chosen = choice.read(asked, office.clock, times.now())
    value, rows = _VIEWS[arguments.view](history, chosen, office)
    if arguments.csv:
        sys.stdout.write(sheet.sheet(rows))
    elif arguments.json:
        show_json(value)
    else:
        flat = [{name: cell for name, cell in row.items() if not isinstance(cell, dict)} for row in rows]
        show_table(flat, list(flat[0]) if flat else [], "No calls in this time.")
    return 0


def office_of(arguments: argparse.Namespace) -> Office:
    """What reports need of the configuration in force; without one, the defaults."""
    from firmware.reports.choice import Office

    return Office.of(document_of(arguments))


Answer = tuple[dict[str, Any], list[dict[str, Any]]]


def _figures(history: History, chosen: Choice, office: Office) -> Answer:
    from firmware.reports.report import report

    found = history.read(report, chosen, office, times.now())
    return found.as_json(), [*found.rows, {"key": "total", **found.total}] if found.rows else []


def _lines(history: History, chosen: Choice, office: Office) -> Answer:
    from firmware.reports import lines

    found = history.read(lines.occupancy, chosen, office)
    rows = [{"name": row["line"], **row} for row in found["lines"]]
    return found, rows + [{"name": row["trunk"], **row} for row in found["trunks"]]


def _staffing(history: History, chosen: Choice, office: Office) -> Answer:
    from firmware.reports import staffing

    found = history.read(staffing.staffing, chosen, office)
    return found, [hour for hour in found["hours"] if hour["calls"]]


_VIEWS = {"figures": _figures, "lines": _lines, "staffing": _staffing}
