# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring phones"""

from __future__ import annotations

import argparse

from firmware.cli.common import Subparsers, add_command
from firmware.cli.lists import show_list

_COLUMNS = ("extension", "transport", "source", "user_agent", "since", "expires", "contact")


def register(subparsers: Subparsers) -> None:
    add_command(subparsers, "phones", "SIP phones that are registered", run)


def run(arguments: argparse.Namespace) -> int:
    return show_list(arguments, "phones", _COLUMNS)
