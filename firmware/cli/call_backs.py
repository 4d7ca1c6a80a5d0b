# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring call-backs list|add|cancel|take"""

from __future__ import annotations

import argparse
from typing import Any

from firmware.cli.common import Subparsers, add_command, add_group, author_of_shell, control_of, say, show_rows

_COLUMNS = ("id", "queue", "number", "name", "state", "due", "since", "due_at", "tries", "agent", "reason")


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "call-backs", "customers who are to be called back")
    add_command(actions, "list", "those that are still to be kept, the longest wait first", list_)
    parser = add_command(actions, "add", "a customer is to be called by an agent of a queue", add)
    parser.add_argument("queue", metavar="QUEUE")
    parser.add_argument("number", metavar="NUMBER")
    parser.add_argument("--name", default="", help="of the customer")
    parser.add_argument("--at", default="", metavar="TIME", help="not before, e.g. 2026-12-24T10:00:00Z")
    parser = add_command(actions, "cancel", "nobody is called any more", cancel)
    parser.add_argument("id", metavar="ID")
    parser = add_command(actions, "take", "an agent calls, instead of whoever the queue finds", take)
    parser.add_argument("id", metavar="ID")
    parser.add_argument("agent", metavar="AGENT")
    parser.add_argument("--call", action="store_true", help="the agent's phone rings now, then the customer's")


def list_(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        rows = control.request("call_backs")
    return show_rows(arguments, rows, _COLUMNS, "Nobody waits to be called back.")


def add(arguments: argparse.Namespace) -> int:
    from firmware.telephone_numbers import dialled

    given = {name: value for name in ("name", "at") if (value := getattr(arguments, name))}
    return _tell(arguments, "call_back.add", queue=arguments.queue, number=dialled(arguments.number), **given)


def cancel(arguments: argparse.Namespace) -> int:
    return _tell(arguments, "call_back.cancel", id=arguments.id, author=author_of_shell())


def take(arguments: argparse.Namespace) -> int:
    return _tell(
        arguments, "call_back.call" if arguments.call else "call_back.take", id=arguments.id, agent=arguments.agent
    )


def _tell(arguments: argparse.Namespace, method: str, **params: Any) -> int:
    """How it is then."""
    with control_of(arguments) as control:
        item = control.request(method, **params)
    return say(arguments, item, f"{item['id']} {item['state']}")
