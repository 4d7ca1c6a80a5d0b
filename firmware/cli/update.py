# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring update show|install|call-off|keep|back"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from firmware.cli.common import Subparsers, add_command, add_group, author_of_shell, control_of, say
from firmware.cli.config import add_trial


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "update", "which version runs, and updates of it")
    add_command(actions, "show", "which version runs, and how far an update is", show)
    parser = add_command(actions, "install", "begin an update", install)
    parser.add_argument("source", metavar="SOURCE", nargs="?", help="a bundle, or its address (https://…); without it "
                        "the address that is configured, or the package archive")  # fmt: skip
    parser.add_argument("--downgrade", action="store_true", help="although the version is not newer")
    parser.add_argument("--now", action="store_true", help="do not wait for the last call: it is cut off, unless it "
                        "is one for help")  # fmt: skip
    add_trial(parser)
    add_command(actions, "call-off", "the update that is under way is not wanted any more", call_off)
    add_command(actions, "keep", "the version that is on trial stays", keep)
    add_command(actions, "back", "the version that is on trial goes: the former one comes back", back)


def show(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        found = control.request("update")
    return say(arguments, found, _sentence(found))


def install(arguments: argparse.Namespace) -> int:
    """Returns when the update has begun; `tipring update show` tells how far it is."""
    source = arguments.source or ""
    if source and "://" not in source:
        source = str(Path(source).resolve())
    with control_of(arguments) as control:
        wanted = {"source": source, "downgrade": arguments.downgrade, "now": arguments.now,
                  "trial_s": arguments.trial}  # fmt: skip
        found = control.request("update.start", author=author_of_shell(), **wanted)
    return say(arguments, found, "the update has begun; `tipring update show` tells how far it is")


def call_off(arguments: argparse.Namespace) -> int:
    """Exit status 1 when it is too late."""
    return _told(arguments, "update.call_off", "the update is called off")


def keep(arguments: argparse.Namespace) -> int:
    """Exit status 1 when no version is on trial."""
    return _told(arguments, "update.keep", "the new version stays")


def back(arguments: argparse.Namespace) -> int:
    """The same."""
    return _told(arguments, "update.back", "the former version comes back as soon as nobody calls")


def _told(arguments: argparse.Namespace, method: str, done: str) -> int:
    with control_of(arguments) as control:
        found = control.request(method, author=author_of_shell())
    return say(arguments, found, done)


def _sentence(found: dict[str, Any]) -> str:
    progress = found["progress"]
    said = f"version {found['version']} runs"
    if progress["phase"] == "none":
        return said
    percent = f" {progress['percent']} %" if progress["percent"] else ""
    reason = f": {progress['text']}" if progress["text"] else ""
    calls = f", {progress['calls']} calls go on" if progress["calls"] else ""
    until = f", until {progress['until']}" if progress["until"] else ""
    return f"{said}\nupdate to {progress['version'] or '?'}: {progress['phase']}{percent}{calls}{until}{reason}"
