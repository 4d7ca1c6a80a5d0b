# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring import"""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import Any

from firmware.cli.common import Subparsers, add_command, document_of, show_json, state_of


def register(subparsers: Subparsers) -> None:
    text = "take over extensions, queues, routes and calls of another telephone system"
    parser = add_command(subparsers, "import", text, run)
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a FreePBX backup, Asterisk's .conf files "
                        "(alone or as .tar.gz), CSV of extensions, numbers or calls")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="only show what would be made, and what would not")
    parser.add_argument("--existing", choices=("keep", "replace"), default="keep", help="what is there already stays "
                        "(the default), or takes over what is new")  # fmt: skip
    parser.set_defaults(without_emergency=False, trial=None)


def run(arguments: argparse.Namespace) -> int:
    """One revision of the configuration, then the calls. What is not understood is listed, and holds nothing up."""
    from firmware.cli.config import put_in_force
    from firmware.importing.outcome import outcome, told
    from firmware.importing.sending import send
    from firmware.store.config_db import ConfigDb

    state = state_of(arguments)
    ports = ConfigDb(state).ports() if (state / "config.db").exists() else None
    found = outcome(arguments.files, document_of(arguments), ports, arguments.existing)
    if arguments.json:
        show_json(told(found))
    else:
        _show(found)
    if arguments.dry_run:
        return 0
    if found["changed"]:
        with contextlib.redirect_stdout(sys.stderr):
            put_in_force(argparse.Namespace(**vars(arguments) | {"json": False}), found["document"])
    if found["calls"]:
        count = send(state, found["calls"], lambda sent, new: None)
        print(f"{count} calls are in the history that were not", file=sys.stderr)
    return 0


def _show(found: dict[str, Any]) -> None:
    for made in found["made"]:
        print(f"new: {made['count']} {made['table']}: {', '.join(made['names'])}")
    if found["call_count"]:
        print(f"new: {found['call_count']} calls, less those that are known")
    for title, key in (("there already", "collisions"), ("not taken over", "not_understood")):
        for note in found[key]:
            print(f"{title}: {note['where']}: {note['message']}" if note["where"] else f"{title}: {note['message']}")
