# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring bans"""

from __future__ import annotations

import argparse

from firmware.cli.common import Subparsers, add_command, control_of, say
from firmware.cli.lists import show_list

_COLUMNS = ("address", "reason", "since", "until")


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "bans", "addresses that the SIP edge does not listen to any more", run)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    lift = add_command(actions, "lift", "listen to an address again", run_lift)
    lift.add_argument("address", metavar="ADDRESS")


def run(arguments: argparse.Namespace) -> int:
    return show_list(arguments, "bans", _COLUMNS)


def run_lift(arguments: argparse.Namespace) -> int:
    """At once."""
    with control_of(arguments) as control:
        control.request("bans.lift", address=arguments.address)
    return say(arguments, {}, f"{arguments.address} is heard again")
