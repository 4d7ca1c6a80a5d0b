# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring logs"""

from __future__ import annotations

import argparse

from firmware.cli.common import Subparsers, add_command, show_json, show_rows, state_of


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "logs", "what the services said, and how much they say", run)
    parser.add_argument("--service", metavar="NAME", default="", help="core, web, uplink, archive or bench")
    parser.add_argument("--level", choices=("debug", "info", "warning", "error"), default="info", help="this, or worse")
    parser.add_argument("--text", default="", help="only with this in it")
    parser.add_argument("--set", metavar="AREA=LEVEL", help="how much an area says from now on; AREA= as delivered")
    parser.add_argument("--levels", action="store_true", help="which areas say more or less than as delivered")
    parser.add_argument("--limit", type=int, default=200, metavar="N", help="so many of the newest")


def run(arguments: argparse.Namespace) -> int:
    """From the files, so that it works with nothing running."""
    if arguments.set is not None or arguments.levels:
        return _levels(arguments)
    from firmware import logs
    from firmware.times import iso

    wanted = (arguments.service,) if arguments.service else ()
    found = logs.entries(state_of(arguments), wanted, arguments.level, arguments.text, max(1, arguments.limit))[::-1]
    rows = [{"at": iso(e.at), "service": e.service, "level": e.level, "area": e.area, "text": e.text} for e in found]
    if arguments.json:
        show_json(rows)
    else:
        for row in rows:
            print("{at} {service} {level} {area}: {text}".format(**row))
    return 0


def _levels(arguments: argparse.Namespace) -> int:
    """Invalid."""
    from firmware.log_levels import levels, set_level

    state = state_of(arguments)
    if arguments.set is None:
        found = levels(state)
    else:
        area, _, level = arguments.set.rpartition("=")
        found = set_level(state, area, level)
    rows = [{"area": area or "everything", "level": level} for area, level in sorted(found.items())]
    return show_rows(arguments, rows, ("area", "level"), "As delivered.")
