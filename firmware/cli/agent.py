# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring agent list|set|today"""

from __future__ import annotations

import argparse

from firmware.cli.common import (
    Subparsers,
    add_command,
    add_group,
    author_of_shell,
    control_of,
    say,
    show_json,
    show_table,
)
from firmware.cli.lists import show_list

STATES = ("available", "paused", "logged_out")
FIGURES = ("id", "calls", "missed", "talk_s", "hold_s", "wrap_s", "paused_s", "logged_in_s", "occupancy")


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "agent", "agents, their states and figures")
    add_command(actions, "list", "list the agents", list_)
    parser = add_command(actions, "set", "make an agent available, paused or logged out", set_state)
    parser.add_argument("id", metavar="ID", help="the agent, e.g. alice")
    parser.add_argument("to", metavar="STATE", choices=STATES, help=", ".join(STATES))
    parser.add_argument("--reason", default="", help="why, e.g. lunch")
    parser.add_argument("--queue", help="log in to this queue, or out of it, only")
    parser.add_argument("--extension", help="log in at this phone")
    add_command(actions, "today", "figures of each agent since midnight", today)


def list_(arguments: argparse.Namespace) -> int:
    return show_list(arguments, "agents", ("id", "name", "extension", "state", "reason", "since", "queues"))


def set_state(arguments: argparse.Namespace) -> int:
    chosen = {"queue": arguments.queue, "extension": arguments.extension}
    with control_of(arguments) as control:
        agent = control.request(
            "agent.set_state", id=arguments.id, state=arguments.to, reason=arguments.reason,
            by=author_of_shell(), via="api", **{name: value for name, value in chosen.items() if value},
        )  # fmt: skip
    return say(arguments, agent, f"{agent['id']} is {agent['state']}")


def today(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        figures = control.request("agents.today")
    if arguments.json:
        show_json(figures)
    else:
        show_table(figures["agents"], FIGURES, "No agents.")
    return 0
