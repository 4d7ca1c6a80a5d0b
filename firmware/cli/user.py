# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring user list|limit"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from firmware.cli.common import Subparsers, add_command, add_group, author_of_shell, show_rows, state_of

if TYPE_CHECKING:
    from firmware.store.access import User

_COLUMNS = ("name", "role", "queues", "extension")


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "user", "who may log in, and which queues they see")
    add_command(actions, "list", "list the users", list_)
    limit_parser = add_command(actions, "limit", "let a supervisor or a read-only user see some queues only", limit)
    limit_parser.add_argument("name", metavar="USER")
    limit_parser.add_argument("queues", nargs="*", metavar="QUEUE", help="none: all of them")


def _shown(user: User) -> dict[str, object]:
    return {"name": user.name, "role": user.role, "queues": list(user.queues), "extension": user.extension}


def _show(arguments: argparse.Namespace, users: list[User]) -> int:
    rows = [_shown(user) for user in users]
    return show_rows(arguments, rows, _COLUMNS, "No users.")


def list_(arguments: argparse.Namespace) -> int:
    from firmware.store.access import Access

    return _show(arguments, Access(state_of(arguments)).users())


def limit(arguments: argparse.Namespace) -> int:
    from firmware.errors import Invalid
    from firmware.store.access import Access
    from firmware.store.access_log import AccessLog
    from firmware.store.config_db import ConfigDb

    state = state_of(arguments)
    known = {queue["name"] for queue in ConfigDb(state).current().document.get("queue", [])}
    if missing := sorted(set(arguments.queues) - known):
        raise Invalid(f"There is no queue {missing[0]}.", field="queues")
    access = Access(state)
    access.set_role(arguments.name, access.user(arguments.name).role, arguments.queues)
    AccessLog(state).write(author_of_shell(), "role", f"{arguments.name}: {', '.join(arguments.queues) or '*'}")
    return _show(arguments, [access.user(arguments.name)])
