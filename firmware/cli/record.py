# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring record list"""

from __future__ import annotations

import argparse

from firmware.cli.call import add_span
from firmware.cli.common import Subparsers, add_command, add_group, show_json, show_table, sought, state_of

_COLUMNS = ("id", "call", "started_at", "duration_s", "bytes", "state", "path")


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "record", "recordings")
    parser = add_command(actions, "list", "list recordings, newest first", list_)
    for option in ("--call", "--number", "--queue", "--agent", "--cursor"):
        parser.add_argument(option)
    add_span(parser)


def list_(arguments: argparse.Namespace) -> int:
    from firmware.store.history import History

    page = History(state_of(arguments) / "history.db").recordings(
        since=arguments.since,
        until=arguments.until,
        call=arguments.call,
        number=sought(arguments),
        queue=arguments.queue,
        agent=arguments.agent,
        limit=arguments.limit,
        cursor=arguments.cursor,
    )
    rows = [recording.as_json() for recording in page.items]
    if arguments.json:
        show_json({"items": rows, "next": page.next})
    else:
        show_table(rows, _COLUMNS, "No recordings.")
    return 0
