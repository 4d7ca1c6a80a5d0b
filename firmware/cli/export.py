# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring export calls|trail|queue_log"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from firmware import times
from firmware.cli.common import Subparsers, add_command, add_group, sought, state_of
from firmware.cli.report import office_of


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "export", "write records to standard output")
    calls_parser = add_command(actions, "calls", "calls that ended, in the order in which they began", calls)
    calls_parser.add_argument("--after", type=int, metavar="SEQ", help="those that ended after the one with this seq")
    trail_parser = add_command(actions, "trail", "what happened in those calls", trail)
    log_parser = add_command(actions, "queue_log", "the same of queues and agents, as Asterisk writes it", queue_log)
    for parser in (calls_parser, trail_parser, log_parser):
        for option in ("--since", "--until", "--number", "--queue", "--agent"):
            parser.add_argument(option)
    for parser in (calls_parser, trail_parser):
        parser.add_argument("--format", choices=("jsonl", "json", "csv"), default="jsonl")


def calls(arguments: argparse.Namespace) -> int:
    from firmware.reports import export

    history = _history(arguments)
    records = (
        export.calls(history, _wanted(arguments))
        if arguments.after is None
        else export.calls_after(history, arguments.after)
    )
    return _write(_formatted(arguments.format, records, export.CALL_COLUMNS))


def trail(arguments: argparse.Namespace) -> int:
    from firmware.reports import export

    records = export.events(_history(arguments), _wanted(arguments))
    return _write(_formatted(arguments.format, records, export.TRAIL_COLUMNS))


def queue_log(arguments: argparse.Namespace) -> int:
    from firmware.reports import export

    return _write(export.as_queue_log(_history(arguments), _wanted(arguments)))


def _history(arguments: argparse.Namespace) -> Any:
    from firmware.store.history import History

    return History(state_of(arguments) / "history.db")


def _wanted(arguments: argparse.Namespace) -> Any:
    from firmware.reports import choice, export

    spanned = {name: text for name in ("since", "until") if (text := getattr(arguments, name))}
    span = choice.read(spanned, office_of(arguments).clock, times.now())
    return export.Wanted(span.since, span.until, sought(arguments), arguments.queue, arguments.agent)


def _formatted(kind: str, records: Iterator[dict[str, Any]], columns: Iterable[str]) -> Iterator[str]:
    from firmware.reports import export

    if kind == "csv":
        return export.as_csv(records, columns)
    return export.as_json(records) if kind == "json" else export.as_json_lines(records)


def _write(lines: Iterable[str]) -> int:
    sys.stdout.writelines(lines)
    return 0
