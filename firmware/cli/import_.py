# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring import"""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firmware.cli.common import Subparsers, add_command, document_of, show_json, state_of
from firmware.importing.parts import EXISTING, PARTS

if TYPE_CHECKING:
    from firmware.importing.waiting import Waiting


def register(subparsers: Subparsers) -> None:
    text = "take over extensions, queues, routes and calls of another telephone system"
    parser = add_command(subparsers, "import", text, run)
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a FreePBX backup, Asterisk's .conf files "
                        "(alone or as .tar.gz), CSV of extensions, numbers or calls")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="only show what would be made, and what would not")
    parser.add_argument("--existing", choices=EXISTING, default="keep", help="what is there already stays "
                        "(the default), or takes over what is new")  # fmt: skip
    parser.add_argument("--only", metavar="PARTS", help="with commas between them: "
                        f"{', '.join(PARTS)}; the others are left out")  # fmt: skip
    parser.set_defaults(without_emergency=False, trial=None)


def run(arguments: argparse.Namespace) -> int:
    """One revision of the configuration, then the calls. What is not understood is listed, and holds nothing up."""
    from firmware.importing.apart import take_files
    from firmware.importing.waiting import scratch

    with scratch() as waiting:
        take_files(arguments.files, waiting)
        return _import(arguments, waiting)


def _import(arguments: argparse.Namespace, waiting: Waiting) -> int:
    from firmware.cli.config import put_in_force
    from firmware.importing.calls import house_of
    from firmware.importing.outcome import outcome, told
    from firmware.importing.parts import CALLS
    from firmware.importing.sending import send
    from firmware.store.config_db import ConfigDb

    state = state_of(arguments)
    ports = ConfigDb(state).ports() if (state / "config.db").exists() else None
    parts = arguments.only.split(",") if arguments.only else tuple(PARTS)
    found = outcome(waiting.plan(), document_of(arguments), ports, arguments.existing, parts)
    count = waiting.call_count() if CALLS in parts else 0
    if arguments.json:
        show_json(told(found) | {"call_count": count})
    else:
        _show(found, count)
    if arguments.dry_run:
        return 0
    if found["changed"]:
        with contextlib.redirect_stdout(sys.stderr):
            put_in_force(argparse.Namespace(**vars(arguments) | {"json": False}), found["document"])
    if count:
        new = send(state, waiting, house_of(found["document"]), lambda sent, new: None)
        print(f"{new} calls are in the history that were not", file=sys.stderr)
    return 0


def _show(found: dict[str, Any], count: int) -> None:
    for made in found["made"]:
        print(f"new: {made['count']} {made['table']}: {', '.join(made['names'])}")
    if count:
        print(f"new: {count} calls, less those that are known")
    if numbers := found["new_passwords"]:
        print(f"new password: {', '.join(numbers)}: the page Phones has it, and sets up the phone")
    if numbers := found["without_pin"]:
        print(f"no PIN: {', '.join(numbers)}: these mailboxes are opened from their own phones only")
    for title, key in (("there already", "collisions"), ("not taken over", "not_understood")):
        for note in found[key]:
            print(f"{title}: {note['where']}: {note['message']}" if note["where"] else f"{title}: {note['message']}")
