# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring voicemail boxes, list, delete"""

from __future__ import annotations

import argparse

from firmware.cli.call import add_span
from firmware.cli.common import (
    Subparsers,
    add_command,
    add_group,
    control_of,
    show_json,
    show_rows,
    show_table,
    state_of,
)

_BOXES = ("box", "name", "new", "saved")
_MESSAGES = ("id", "box", "from_number", "from_name", "started_at", "duration_s", "state")


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "voicemail", "voicemail boxes and their messages")
    add_command(actions, "boxes", "boxes and how many messages they have", boxes)
    parser = add_command(actions, "list", "list messages, newest first", list_)
    for option in ("--box", "--cursor"):
        parser.add_argument(option)
    add_span(parser)
    add_command(actions, "delete", "delete a message", delete).add_argument("id")


def boxes(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        rows = control.request("voicemail")
    return show_rows(arguments, rows, _BOXES, "No voicemail boxes. Give an extension voicemail = true.")


def list_(arguments: argparse.Namespace) -> int:
    from firmware.store.history import History

    page = History(state_of(arguments) / "history.db").messages(
        box=arguments.box,
        since=arguments.since,
        until=arguments.until,
        limit=arguments.limit,
        cursor=arguments.cursor,
    )
    rows = [message.as_json() for message in page.items]
    if arguments.json:
        show_json({"items": rows, "next": page.next})
    else:
        show_table(rows, _MESSAGES, "No messages.")
    return 0


def delete(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        control.request("voicemail.delete", id=arguments.id)
    return 0
