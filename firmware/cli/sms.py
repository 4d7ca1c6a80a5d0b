# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring sms list|send"""

from __future__ import annotations

import argparse

from firmware.cli.common import Subparsers, add_command, add_group, author_of_shell, control_of, show_json, show_table

_COLUMNS = ("at", "direction", "modem", "number", "state", "text", "reason")


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "sms", "text messages over cellular modems")
    parser = add_command(actions, "list", "those that came and went, newest first", list_)
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="how many at most, up to 200")
    parser = add_command(actions, "send", "send one; it goes out as soon as a modem has a network", send)
    parser.add_argument("number", metavar="NUMBER")
    parser.add_argument("text", metavar="TEXT")
    parser.add_argument("--modem", default="", metavar="NAME", help="over this one; left out: one that has a network")


def list_(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        rows = control.request("sms", limit=arguments.limit)
    if arguments.json:
        show_json(rows)
    else:
        show_table(rows, _COLUMNS, "No text messages.")
    return 0


def send(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        item = control.request(
            "sms.send", number=arguments.number, text=arguments.text, modem=arguments.modem, author=author_of_shell()
        )
    if arguments.json:
        show_json(item)
    else:
        print(f"{item['id']} {item['state']}")
    return 0
