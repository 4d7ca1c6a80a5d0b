# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring queue"""

from __future__ import annotations

import argparse

from firmware.cli.common import Subparsers, add_command
from firmware.cli.lists import show_list

_COLUMNS = ("name", "number", "strategy", "waiting", "talking", "longest_wait_since", "available", "agents")


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "queue", "queues and who waits in them", run)
    parser.add_argument("action", nargs="?", choices=("list",), default="list")


def run(arguments: argparse.Namespace) -> int:
    return show_list(arguments, "queues", _COLUMNS)
