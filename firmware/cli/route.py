# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring route NUMBER|LINE [--at TIME] [--from WHO] [--to NUMBER]"""

from __future__ import annotations

import argparse
from typing import Any

from firmware.cli.common import Subparsers, add_command, control_of, show_json


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "route", "what would happen to a call, step by step", run)
    parser.add_argument(
        "what", metavar="NUMBER|LINE", help="a number that a phone dials; or a line or trunk that calls"
    )
    parser.add_argument("--at", metavar="TIME", help="at the site, e.g. 2026-12-24T10:00; left out: now")
    parser.add_argument(
        "--from", dest="from_", metavar="WHO", default="", help="the extension that dials, or the caller"
    )
    parser.add_argument("--to", metavar="NUMBER", default="", help="the number that is called, on a trunk")
    parser.add_argument("--private", action="store_true", help="the caller withholds the number")


def run(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        asked = {"at": arguments.at, "from": arguments.from_, "private": arguments.private}
        if arguments.what in _origins(control.request("config.show")["document"]):
            asked |= {"line": arguments.what, "number": arguments.to}
        else:
            asked |= {"number": arguments.what}
        found = control.request("simulate", **asked)
    if arguments.json:
        show_json(found)
        return 0
    for place, step in enumerate(found["steps"], 1):
        print(f"{place:2}. {step}")
    print(f"=> {found['ends']}" + (f": {found['target']}" if found["target"] else ""))
    return 0


def _origins(document: dict[str, Any]) -> set[str]:
    """Lines and trunks."""
    lines = {str(line.get("port")) for line in document.get("line", ())}
    return lines | {str(trunk.get("name")) for trunk in document.get("trunk", ())}
