# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring restore"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from firmware import service
from firmware.cli.common import Subparsers, add_command, show_json, state_of
from firmware.errors import NotFound

VARIABLE = "TIPRING_PASSPHRASE"


def register(subparsers: Subparsers) -> None:
    text = "make this box what another one was, from a backup"
    parser = add_command(subparsers, "restore", text, run)
    parser.add_argument("file", metavar="FILE", help="- is standard input; with --from a name at that place")
    parser.add_argument("--from", dest="place", metavar="PLACE", help="a place for backups of this box")


def run(arguments: argparse.Namespace) -> int:
    """Nothing is changed by one that is refused. Takes effect at once when no service runs, else at the next start."""
    from firmware.backup import restoring, running

    state = state_of(arguments)
    passphrase = os.environ.get(VARIABLE) or getpass.getpass("Passphrase of the backup: ")
    with running.alone(state), _opened(state, arguments) as file:
        found = restoring.stage(state, file, passphrase)
    up = [name for name in service.SERVICES if service.is_up(state, name)]
    if not up:
        restoring.take_over(state)
    if arguments.json:
        show_json(found.as_json() | {"in_force": not up})
        return 0
    counts = ", ".join(f"{number} {what}" for what, number in found.counts.items())
    print(f"The backup of {found.about.name or found.about.box}, made {found.about.made_at}: {counts}.")
    for item in found.left_out:
        print(f"Left out: {item['path']}: {item['message']}")
    print("It takes effect at the next start of the box: start it again." if up else "The box is what that one was.")
    return 0


def _opened(state: Path, arguments: argparse.Namespace) -> AbstractContextManager[BinaryIO]:
    if arguments.place:
        from firmware.backup.places import place_of
        from firmware.backup.settings import Settings

        return place_of(Settings(state).target(arguments.place), state, False).open(arguments.file)
    if arguments.file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(arguments.file).open("rb")
    except OSError as error:
        raise NotFound(f"{arguments.file} cannot be read: {error.strerror}.", field="file") from error
