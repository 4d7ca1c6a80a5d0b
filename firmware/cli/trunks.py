# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring trunks"""

from __future__ import annotations

import argparse

from firmware.cli.common import Subparsers, add_command
from firmware.cli.lists import show_list

_COLUMNS = ("name", "kind", "state", "registered", "reachable", "latency_ms", "calls", "last_error")


def register(subparsers: Subparsers) -> None:
    add_command(subparsers, "trunks", "ways out, and whether they work", run)


def run(arguments: argparse.Namespace) -> int:
    return show_list(arguments, "trunks", _COLUMNS)
