# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring config check|diff|apply|show|history|rollback|trial|keep|back"""

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


UNITS_S = {"s": 1, "m": 60, "h": 3600}
NETWORK = ("network", "edge", "web")
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
            add_trial(parser)
    parser = add_command(actions, "show", "print the configuration in force as TOML", show)
    parser.add_argument("--revision", type=int, metavar="N", help="a former one instead")
    parser = add_command(actions, "history", "who changed what and when, the newest first", history)
    parser.add_argument("--before", type=int, metavar="N", help="only what is older than this revision")
    add_command(actions, "reset-network", "put the network's settings back as they were delivered", reset_network)
    parser = add_command(actions, "rollback", "put a former revision in force again", rollback)
    parser.add_argument("revision", type=int, metavar="N", help="as `tipring config history` shows it")
    _add_word(parser)
    add_trial(parser)
    add_command(actions, "trial", "what is on trial, and how long it has", trial)
    add_command(actions, "keep", "confirm what is on trial: it stays", keep)
    add_command(actions, "back", "end the trial now: what was before is in force again", back)


def _add_word(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--without-emergency", action="store_true", help="although emergency numbers cannot be called any more"
    )


def add_trial(parser: argparse.ArgumentParser) -> None:
    """The option of commands whose change can be on trial."""
    parser.add_argument("--trial", type=_seconds, metavar="TIME", help="go back by itself after this time, such as 5m, "
                        "unless somebody confirms (`tipring config keep`)")  # fmt: skip


def _seconds(text: str) -> float:
    from firmware.store.config_trial import LONGEST_S, SHORTEST_S

    number, unit = (text[:-1], text[-1]) if text[-1:] in UNITS_S else (text, "s")
    seconds = int(number) * UNITS_S[unit] if number.isascii() and number.isdigit() else 0
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise argparse.ArgumentTypeError(f'"{text}" cannot be used; use {SHORTEST_S}s to 24h, such as 5m')
    return seconds


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
    return put_in_force(arguments, document)


def _rehearse(arguments: argparse.Namespace, document: dict[str, Any]) -> int:
    """Exit status 1 when the change would be refused for emergency calls."""
    from firmware.rehearsal.preview import preview
    from firmware.store.config_db import ConfigDb

    state = state_of(arguments)
    configs = ConfigDb(state)
    told = preview(_in_force(arguments), document, configs.ports(), state / "history.db", configs.choices())
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
    return put_in_force(arguments, document)


def reset_network(arguments: argparse.Namespace) -> int:
    """What a held button does, too: a box that cannot be reached any more can be again. As a new revision."""
    document = {table: settings for table, settings in _in_force(arguments).items() if table not in NETWORK}
    if document == _in_force(arguments):
        print("nothing changes: the network's settings are as they were delivered")
        return 0
    arguments.without_emergency = True  # better reached than not
    arguments.trial = None
    return put_in_force(arguments, document, ends_trial=True)


def put_in_force(arguments: argparse.Namespace, document: dict[str, Any], *, ends_trial: bool = False) -> int:
    """Through the core when it runs, else straight into config.db."""
    from firmware.config import trial as trials
    from firmware.rehearsal.emergency import guard
    from firmware.rehearsal.preview import known
    from firmware.store.config_db import ConfigDb

    state, author = state_of(arguments), author_of_shell()
    for change in _changes(_in_force(arguments), document):
        print(change, file=sys.stderr)
    if service.is_up(state, "core"):
        with control_of(arguments) as control:
            wanted = {"without_emergency": arguments.without_emergency, "ends_trial": ends_trial,
                      "trial_s": arguments.trial}  # fmt: skip
            given = {name: value for name, value in wanted.items() if value}
            revision = control.request("config.apply", document=document, author=author, **given)["revision"]
    else:
        configs = ConfigDb(state)
        if not arguments.without_emergency:
            ports = ConfigDb(state).ports()
            guard(known(_in_force(arguments), ports), _checked(state, document), ports or ())
        if not ends_trial:
            trials.guard(configs, document, configs.ports())
        revision = configs.apply(document, author, trial_s=arguments.trial, ends_trial=ends_trial).id
    return say(arguments, {"revision": revision}, f"revision {revision} is in force{_for(arguments.trial)}")


def _for(seconds: float | None) -> str:
    """How long it is on trial, in words."""
    return f" for {round(seconds)} s; `tipring config keep` confirms it" if seconds else ""


def trial(arguments: argparse.Namespace) -> int:
    """Exit status 0 whether or not anything is on trial."""
    from firmware.deadline import Moment
    from firmware.store.config_db import ConfigDb
    from firmware.store.config_trial import as_json

    found = ConfigDb(state_of(arguments)).trial()
    sentence = "nothing is on trial"
    if found:
        left = f"{found.left_s(Moment.now()):.0f} s left, then revision {found.former} comes back"
        sentence = f"revision {found.revision} by {found.author} is on trial: {left}"
    return say(arguments, {"trial": as_json(found)}, sentence)


def keep(arguments: argparse.Namespace) -> int:
    """Through the core when it runs, else straight into config.db."""
    from firmware.store.config_db import ConfigDb

    state = state_of(arguments)
    if service.is_up(state, "core"):
        with control_of(arguments) as control:
            revision = control.request("config.trial.confirm", author=author_of_shell())["revision"]
    else:
        revision = ConfigDb(state).confirm().revision
    return say(arguments, {"revision": revision}, f"revision {revision} stays")


def back(arguments: argparse.Namespace) -> int:
    """Through the core when it runs, else straight into config.db."""
    from firmware.config.trial import go_back
    from firmware.store.config_db import ConfigDb, no_trial

    state = state_of(arguments)
    if service.is_up(state, "core"):
        with control_of(arguments) as control:
            revision = control.request("config.trial.end", author=author_of_shell())["revision"]
    else:
        configs = ConfigDb(state)
        if (standing := configs.trial()) is None:
            raise no_trial()
        revision = go_back(configs, standing, author_of_shell(), configs.ports()).id
    return say(arguments, {"revision": revision}, f"revision {revision} is in force: what was before the trial")


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
