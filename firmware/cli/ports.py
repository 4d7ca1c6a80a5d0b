# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring ports"""

from __future__ import annotations

import argparse

from firmware.cli.common import Subparsers, add_command
from firmware.cli.lists import show_list


def register(subparsers: Subparsers) -> None:
    add_command(subparsers, "ports", "the analog ports and their states", run)


def run(arguments: argparse.Namespace) -> int:
    return show_list(arguments, "ports", ("id", "kind", "state", "name", "detail"))
