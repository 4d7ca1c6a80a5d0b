# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring backup now, list, test, file, key, forget-host, sticks"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from firmware.cli.common import Subparsers, add_command, add_group, show_json, show_table, state_of

if TYPE_CHECKING:
    from firmware.config.backup import BackupTarget


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "backup", "one encrypted file with all that the box remembers")
    now = add_command(actions, "now", "make one, at one place or at all of them", run_now)
    now.add_argument("target", metavar="PLACE", nargs="?")
    list_ = add_command(actions, "list", "backups at the places, newest first; how the last ones went", run_list)
    list_.add_argument("target", metavar="PLACE", nargs="?")
    test = add_command(actions, "test", "restore the newest one of a place into a scratch folder, and count", run_test)
    test.add_argument("target", metavar="PLACE", nargs="?")
    file = add_command(actions, "file", "make one as a file", run_file)
    file.add_argument("file", metavar="FILE", help="- is standard output")
    add_command(actions, "key", "the box's public key, for a server's authorized_keys", run_key)
    forget = add_command(actions, "forget-host", "take whatever key the server of a place shows next", run_forget)
    forget.add_argument("target", metavar="PLACE")
    add_command(actions, "sticks", "USB sticks that are plugged in", run_sticks)


def run_now(arguments: argparse.Namespace) -> int:
    """Each is told as it is done. Exit status 1 at the first failure."""
    from firmware.backup import running
    from firmware.times import iso

    state, made = state_of(arguments), []
    with running.alone(state):
        for target in _targets(state, arguments.target):
            kept = running.to_place(state, target)
            made.append({"place": target.name, "at": iso(kept.at), "name": kept.name, "octets": kept.octets})
    _show(arguments, made, "There is no place for backups yet: add [[backup_target]].")
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """Asks each place."""
    from firmware.backup import running
    from firmware.backup.places import place_of
    from firmware.store.config_db import ConfigDb
    from firmware.times import iso

    state = state_of(arguments)
    box = ConfigDb(state).box_id()
    found = [
        {"place": target.name, "at": iso(kept.at), "name": kept.name, "octets": kept.octets}
        for target in _targets(state, arguments.target)
        for kept in running.kept_at(place_of(target, state, False), box)
    ]
    _show(arguments, found, "There is no backup yet.")
    return 0


def run_test(arguments: argparse.Namespace) -> int:
    """What is in it, counted."""
    from firmware.backup import running

    state = state_of(arguments)
    with running.alone(state):
        found = [{"place": t.name, **running.test(state, t)} for t in _targets(state, arguments.target)]
    if arguments.json:
        show_json(found)
    else:
        show_table(found, list(found[0]) if found else [], "There is no place for backups yet.")
    return 0


def run_file(arguments: argparse.Namespace) -> int:
    """Whole, or not there."""
    from firmware.backup import running
    from firmware.backup.naming import PART
    from firmware.backup.packing import pack
    from firmware.backup.settings import Settings

    state = state_of(arguments)
    settings = Settings(state)
    with running.alone(state):
        if arguments.file == "-":
            pack(state, settings.what, settings.passphrase, sys.stdout.buffer)
            return 0
        part = Path(arguments.file + PART)
        try:
            with part.open("wb") as file:
                pack(state, settings.what, settings.passphrase, file)
            part.rename(arguments.file)
        finally:
            part.unlink(missing_ok=True)
    return 0


def run_key(arguments: argparse.Namespace) -> int:
    """One line."""
    from firmware.backup.hosts import Hosts

    print(Hosts(state_of(arguments)).own_public_key())
    return 0


def run_forget(arguments: argparse.Namespace) -> int:
    """For a server that was replaced."""
    from firmware.backup.hosts import Hosts
    from firmware.backup.settings import Settings

    state = state_of(arguments)
    if sftp := Settings(state).target(arguments.target).sftp:
        Hosts(state).forget(sftp.host, sftp.port)
    return 0


def run_sticks(arguments: argparse.Namespace) -> int:
    """By the names that `usb` takes."""
    from dataclasses import asdict

    from firmware.backup.usb import sticks

    rows = [asdict(stick) for stick in sticks()]
    if arguments.json:
        show_json(rows)
    else:
        show_table(rows, ("name", "device", "folder", "free"), "No USB stick is plugged in.")
    return 0


def _targets(state: Path, name: str | None) -> list[BackupTarget]:
    from firmware.backup.settings import Settings

    settings = Settings(state)
    return [settings.target(name)] if name else settings.targets


def _show(arguments: argparse.Namespace, rows: list[dict[str, object]], empty: str) -> None:
    if arguments.json:
        show_json(rows)
    else:
        show_table(rows, ("place", "at", "name", "octets"), empty)
