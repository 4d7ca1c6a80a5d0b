# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring agent list|set"""

from __future__ import annotations

import argparse

from firmware.cli.common import Subparsers, add_command, add_group, control_of, show_json
from firmware.cli.lists import show_list

STATES = ("available", "paused", "logged_out")


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "agent", "agents and their states")
    add_command(actions, "list", "list the agents", list_)
    parser = add_command(actions, "set", "make an agent available, paused or logged out", set_state)
    parser.add_argument("id", metavar="ID", help="the agent, e.g. alice")
    parser.add_argument("to", metavar="STATE", choices=STATES, help=", ".join(STATES))
    parser.add_argument("--reason", default="", help="why, e.g. lunch")


def list_(arguments: argparse.Namespace) -> int:
    return show_list(arguments, "agents", ("id", "name", "extension", "state", "reason", "since", "queues"))


def set_state(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        agent = control.request("agent.set_state", id=arguments.id, state=arguments.to, reason=arguments.reason)
    if arguments.json:
        show_json(agent)
    else:
        print(f"{agent['id']} is {agent['state']}")
    return 0
