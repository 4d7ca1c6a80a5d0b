# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring config check|diff|apply|show|history|rollback"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firmware import service
from firmware.cli.common import (
    Subparsers,
    add_command,
    add_group,
    author_of_shell,
    control_of,
    say,
    show_json,
    state_of,
)
from firmware.errors import Invalid

if TYPE_CHECKING:
    from firmware.config import Change, Config


NETWORK = ("edge", "web")
"""The tables that decide who reaches the box."""


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "config", "check, apply and show the configuration, its changes and the way back")
    for name, purpose, run in (
        ("check", "name everything that is wrong with a file, and change nothing", check),
        ("diff", "show what applying a file would change, and change nothing", diff),
        ("apply", "check a file, show what changes, and put it in force", apply),
    ):
        parser = add_command(actions, name, purpose, run)
        parser.add_argument("file", metavar="FILE", help="a TOML file, or - for standard input")
        if run is apply:
            parser.add_argument("--rehearse", action="store_true", help="only show what would change, and which calls "
                                "of the last 30 days would have gone elsewhere")  # fmt: skip
            _add_word(parser)
    parser = add_command(actions, "show", "print the configuration in force as TOML", show)
    parser.add_argument("--revision", type=int, metavar="N", help="a former one instead")
    parser = add_command(actions, "history", "who changed what and when, the newest first", history)
    parser.add_argument("--before", type=int, metavar="N", help="only what is older than this revision")
    add_command(actions, "reset-network", "put the network's settings back as they were delivered", reset_network)
    parser = add_command(actions, "rollback", "put a former revision in force again", rollback)
    parser.add_argument("revision", type=int, metavar="N", help="as `tipring config history` shows it")
    _add_word(parser)


def _add_word(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--without-emergency", action="store_true", help="although emergency numbers cannot be called any more"
    )


def check(arguments: argparse.Namespace) -> int:
    """Every error as `path: what is wrong, what is allowed`."""
    config = _checked(state_of(arguments), load(arguments.file))
    _notice(config)
    return say(arguments, {"ok": True}, f"{arguments.file}: no errors")


def diff(arguments: argparse.Namespace) -> int:
    """Exit status 0 whether or not anything changes."""
    document = load(arguments.file)
    _checked(state_of(arguments), document)
    found = _changes(_in_force(arguments), document)
    return say(arguments, [change.as_json() for change in found], "\n".join(map(str, found)) or "nothing changes")


def apply(arguments: argparse.Namespace) -> int:
    """What changes is told on stderr before it does."""
    document = load(arguments.file)
    _notice(_checked(state_of(arguments), document))
    if arguments.rehearse:
        return _rehearse(arguments, document)
    return _put_in_force(arguments, document)


def _rehearse(arguments: argparse.Namespace, document: dict[str, Any]) -> int:
    """Exit status 1 when the change would be refused for emergency calls."""
    from firmware.rehearsal.preview import preview
    from firmware.store.config_db import ConfigDb

    state = state_of(arguments)
    told = preview(_in_force(arguments), document, ConfigDb(state).ports(), state / "history.db")
    if arguments.json:
        show_json(told)
        return 1 if told["emergency"] else 0
    print("\n".join(map(str, _changes(_in_force(arguments), document))) or "nothing changes")
    if rehearsal := told["rehearsal"]:
        print(f"of {rehearsal['of']} calls of {rehearsal['days']} days that this could touch, {rehearsal['calls']} "
              f"were looked at; {rehearsal['moved']} would have gone elsewhere")  # fmt: skip
        for group in rehearsal["groups"]:
            print(f"  {group['message']} For example: {', '.join(call['id'] for call in group['examples'])}")
    if told["emergency"]:
        print(told["emergency"], file=sys.stderr)
    return 1 if told["emergency"] else 0


def rollback(arguments: argparse.Namespace) -> int:
    """The former configuration becomes a new revision, so the way forward is kept as well."""
    from firmware.store.config_db import ConfigDb

    state = state_of(arguments)
    document = ConfigDb(state).revision(arguments.revision).document
    _checked(state, document)
    return _put_in_force(arguments, document)


def reset_network(arguments: argparse.Namespace) -> int:
    """What a held button does, too: a box that cannot be reached any more can be again. As a new revision."""
    document = {table: settings for table, settings in _in_force(arguments).items() if table not in NETWORK}
    if document == _in_force(arguments):
        print("nothing changes: the network's settings are as they were delivered")
        return 0
    arguments.without_emergency = True  # better reached than not
    return _put_in_force(arguments, document)


def _put_in_force(arguments: argparse.Namespace, document: dict[str, Any]) -> int:
    """Through the core when it runs, else straight into config.db."""
    from firmware.rehearsal.emergency import guard
    from firmware.rehearsal.preview import known
    from firmware.store.config_db import ConfigDb

    state, author = state_of(arguments), author_of_shell()
    for change in _changes(_in_force(arguments), document):
        print(change, file=sys.stderr)
    if service.is_up(state, "core"):
        with control_of(arguments) as control:
            word = {"without_emergency": True} if arguments.without_emergency else {}
            revision = control.request("config.apply", document=document, author=author, **word)["revision"]
    else:
        if not arguments.without_emergency:
            ports = ConfigDb(state).ports()
            guard(known(_in_force(arguments), ports), _checked(state, document), ports or ())
        revision = ConfigDb(state).apply(document, author).id
    return say(arguments, {"revision": revision}, f"revision {revision} is in force")


def show(arguments: argparse.Namespace) -> int:
    """The document in force or a former one, secrets included."""
    from firmware.config.toml import dumps
    from firmware.store.config_db import ConfigDb
    from firmware.times import iso

    configs = ConfigDb(state_of(arguments))
    shown = configs.current() if arguments.revision is None else configs.revision(arguments.revision)
    if arguments.json:
        head = {"revision": shown.id, "at": iso(shown.at), "author": shown.author}
        show_json(head | {"document": shown.document})
    else:
        print(dumps(shown.document), end="")
    return 0


def history(arguments: argparse.Namespace) -> int:
    """Each revision with what it changed; secrets are covered."""
    from firmware.store.config_db import ConfigDb
    from firmware.store.config_history import steps

    found = steps(ConfigDb(state_of(arguments)), arguments.before)
    if arguments.json:
        show_json([step.as_json() for step in found])
        return 0
    for step in found:
        print(f"{step.id}  {step.at.astimezone():%Y-%m-%d %H:%M:%S}  {step.author}")
        for change in step.changes:
            print(f"    {change}")
    return 0


def _in_force(arguments: argparse.Namespace) -> dict[str, Any]:
    """{} before the first configuration."""
    from firmware.errors import NotFound
    from firmware.store.config_db import ConfigDb

    try:
        return ConfigDb(state_of(arguments)).current().document
    except NotFound:
        return {}


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    from firmware.config.changes import changes

    return changes(before, after)


def load(file: str) -> dict[str, Any]:
    from firmware.config.toml import loads
    from firmware.config.written import as_dialled

    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        document: dict[str, Any] = as_dialled(loads(data.decode()))
        return document
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
