# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring logs"""

from __future__ import annotations

import argparse

from firmware.cli.common import Subparsers, add_command, show_json, state_of


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "logs", "what the services said", run)
    parser.add_argument("--service", metavar="NAME", default="", help="core, web, uplink, archive or bench")
    parser.add_argument("--level", choices=("info", "warning", "error"), default="info", help="this, or worse")
    parser.add_argument("--text", default="", help="only with this in it")
    parser.add_argument("--limit", type=int, default=200, metavar="N", help="so many of the newest")


def run(arguments: argparse.Namespace) -> int:
    """From the files, so that it works with nothing running."""
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
