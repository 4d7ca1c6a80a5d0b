# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring config check|apply|show"""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firmware import service
from firmware.cli.common import Subparsers, add_command, add_group, control_of, show_json, state_of
from firmware.errors import Invalid

if TYPE_CHECKING:
    from firmware.config import Config


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "config", "check, apply and show the configuration")
    for name, purpose, run in (
        ("check", "name everything that is wrong with a file, and change nothing", check),
        ("apply", "check a file and put it in force", apply),
    ):
        parser = add_command(actions, name, purpose, run)
        parser.add_argument("file", metavar="FILE", help="a TOML file, or - for standard input")
    add_command(actions, "show", "print the configuration in force as TOML", show)


def check(arguments: argparse.Namespace) -> int:
    """Every error as `path: what is wrong, what is allowed`."""
    config = _checked(state_of(arguments), load(arguments.file))
    _notice(config)
    if arguments.json:
        show_json({"ok": True})
    else:
        print(f"{arguments.file}: no errors")
    return 0


def apply(arguments: argparse.Namespace) -> int:
    """Through the core when it runs, else straight into config.db."""
    state, document = state_of(arguments), load(arguments.file)
    _notice(_checked(state, document))
    author = f"cli:{_user()}"
    if service.is_up(state, "core"):
        with control_of(arguments) as control:
            revision = control.request("config.apply", document=document, author=author)["revision"]
    else:
        from firmware.store.config_db import ConfigDb

        revision = ConfigDb(state).apply(document, author).id
    if arguments.json:
        show_json({"revision": revision})
    else:
        print(f"revision {revision} is in force")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """The document in force, secrets included."""
    from firmware.config.toml import dumps
    from firmware.store.config_db import ConfigDb
    from firmware.times import iso

    current = ConfigDb(state_of(arguments)).current()
    if arguments.json:
        head = {"revision": current.id, "at": iso(current.at), "author": current.author}
        show_json(head | {"document": current.document})
    else:
        print(dumps(current.document), end="")
    return 0


def load(file: str) -> dict[str, Any]:
    from firmware.config.toml import loads

    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return loads(data.decode())
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{file} is not UTF-8 text (byte {error.start}); a configuration is a TOML file.") from error


def _checked(state: Path, document: dict[str, Any]) -> Config:
    """Against the ports that the core last had, where it ever ran."""
    from firmware.config import check as check_document
    from firmware.store.config_db import ConfigDb

    ports = ConfigDb(state).ports() if (state / "config.db").exists() else None
    return check_document(document, ports)


def _notice(config: Config) -> None:
    from firmware.config import notices

    for notice in notices(config):
        print(f"note: {notice}", file=sys.stderr)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        return "unknown"
