# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring call list|active|show|make|hangup"""

from __future__ import annotations

import argparse
from datetime import datetime

from firmware.cli.common import (
    Subparsers,
    add_command,
    add_group,
    author_of_shell,
    control_of,
    say,
    show_json,
    show_table,
    sought,
    state_of,
)
from firmware.cli.lists import show_list
from firmware.times import parse

_COLUMNS = ("id", "started_at", "direction", "from_number", "to_number", "queue", "agent", "talk_s", "disposition")
_ACTIVE = ("id", "direction", "state", "from_number", "to_number", "queue", "agent", "started_at")


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "call", "list, show, make and hang up calls")
    list_parser = add_command(actions, "list", "list calls that ended, newest first", list_)
    for option in ("--number", "--queue", "--agent", "--disposition", "--cursor"):
        list_parser.add_argument(option)
    add_span(list_parser)
    add_command(actions, "active", "list calls that go on", active)
    show_parser = add_command(actions, "show", "show a call with all that happened in it", show)
    show_parser.add_argument("id", metavar="ID")
    make_parser = add_command(actions, "make", "ring an extension; when it answers, call a number", make)
    make_parser.add_argument("from_", metavar="EXTENSION")
    make_parser.add_argument("to", metavar="NUMBER")
    hangup_parser = add_command(actions, "hangup", "end a call", hangup)
    hangup_parser.add_argument("id", metavar="ID")


def _time(text: str) -> datetime:
    return parse(text)


_time.__name__ = "time (ISO 8601)"  # argparse shows it in its error


def add_span(parser: argparse.ArgumentParser) -> None:
    """Which of a history: --since, --until, --limit."""
    parser.add_argument("--since", type=_time, metavar="TIME", help="e.g. 2026-11-22T08:00:00Z")
    parser.add_argument("--until", type=_time, metavar="TIME")
    parser.add_argument("--limit", type=int, default=50)


def list_(arguments: argparse.Namespace) -> int:
    from firmware.store.history import History

    page = History(state_of(arguments) / "history.db").calls(
        since=arguments.since,
        until=arguments.until,
        number=sought(arguments),
        queue=arguments.queue,
        agent=arguments.agent,
        limit=arguments.limit,
        cursor=arguments.cursor,
        disposition=arguments.disposition,
    )
    rows = [cdr.as_json() for cdr in page.items]
    if arguments.json:
        show_json({"items": rows, "next": page.next})
    else:
        show_table(rows, _COLUMNS, "No calls.")
    return 0


def active(arguments: argparse.Namespace) -> int:
    return show_list(arguments, "calls", _ACTIVE)


def show(arguments: argparse.Namespace) -> int:
    from firmware.store.history import History

    history = History(state_of(arguments) / "history.db")
    cdr = history.call(arguments.id).as_json()
    trail = [event.as_json() for event in history.trail_of(arguments.id)]
    legs = [leg.as_json() for leg in history.legs_of(arguments.id)]
    if arguments.json:
        show_json(cdr | {"trail": trail, "legs": legs})
        return 0
    show_table(({"field": key, "value": value} for key, value in cdr.items()), ("field", "value"), "")
    print()
    show_table(legs, ("name", "kind", "started_at", "ended_at", "cause"), "No legs.")
    print()
    show_table(trail, ("at", "event", "data"), "No events.")
    return 0


def make(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        call = control.request("call.originate", **{"from": arguments.from_, "to": arguments.to})
    return say(arguments, call, call["id"])


def hangup(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        control.request("call.hangup", id=arguments.id, by=author_of_shell())
    if arguments.json:
        show_json({})
    return 0
