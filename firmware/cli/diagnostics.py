# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring diagnostics"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from firmware.cli.common import Subparsers, add_command, say, state_of


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "diagnostics", "one file for whoever helps from afar, without secrets", run)
    parser.add_argument("-o", "--output", metavar="FILE", help="where to; left out, or -: standard output")


def run(arguments: argparse.Namespace) -> int:
    """It works with nothing running."""
    from firmware.diagnostics.bundle import write

    if arguments.output in (None, "-"):
        write(state_of(arguments), sys.stdout.buffer)
        return 0
    path = Path(arguments.output)
    with path.open("wb") as out:
        path.chmod(0o600)
        write(state_of(arguments), out)
    return say(arguments, {"file": str(path), "bytes": path.stat().st_size}, f"{path}: {path.stat().st_size} bytes.")
