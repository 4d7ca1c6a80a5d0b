# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring token create|list|revoke"""

from __future__ import annotations

import argparse

from firmware.cli.common import Subparsers, add_command, add_group, say, show_json, show_rows, state_of
from firmware.times import iso

ROLES = ("admin", "supervisor", "agent", "readonly")
_COLUMNS = ("id", "role", "queues", "name", "created_at")


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "token", "bearer tokens for the API")
    create_parser = add_command(actions, "create", "make a token and print it, this once", create)
    create_parser.add_argument("--role", required=True, choices=ROLES)
    create_parser.add_argument("--name", default="", help="what it is for")
    create_parser.add_argument(
        "--queue", action="append", default=[], metavar="QUEUE", help="sees this queue only; may be given again"
    )
    add_command(actions, "list", "list the tokens, without their secrets", list_)
    revoke_parser = add_command(actions, "revoke", "make a token void", revoke)
    revoke_parser.add_argument("id", metavar="ID", help="from tipring token list")


def create(arguments: argparse.Namespace) -> int:
    from firmware.store.access import Access

    token = Access(state_of(arguments)).create_token(arguments.role, arguments.name, arguments.queue)
    return say(arguments, {"token": token, "role": arguments.role, "queues": sorted(set(arguments.queue))}, token)


def list_(arguments: argparse.Namespace) -> int:
    from firmware.store.access import Access

    rows = [
        {
            "id": token.id,
            "role": token.role,
            "queues": list(token.queues),
            "name": token.name,
            "created_at": iso(token.created_at),
        }
        for token in Access(state_of(arguments)).tokens()
    ]
    return show_rows(arguments, rows, _COLUMNS, "No tokens.")


def revoke(arguments: argparse.Namespace) -> int:
    from firmware.store.access import Access

    Access(state_of(arguments)).revoke_token(arguments.id)
    if arguments.json:
        show_json({})
    return 0
