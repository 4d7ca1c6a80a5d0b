# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring extension [NUMBER [SETTING=VALUE …]]"""

from __future__ import annotations

import argparse
from typing import Any

from firmware.cli.common import Subparsers, add_command, control_of, show_json, show_table
from firmware.cli.lists import show_list
from firmware.errors import Invalid

_COLUMNS = ("extension", "name", "lamp", "do_not_disturb", "call_waiting", "forward_always", "forward_busy",
            "forward_no_answer", "forward_unregistered")  # fmt: skip
_WORDS: dict[str, bool | None] = {"on": True, "off": False, "default": None}


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "extension", "forwards, do not disturb and call waiting of extensions", run)
    parser.add_argument("number", metavar="NUMBER", nargs="?")
    parser.add_argument(
        "settings", metavar="SETTING=VALUE", nargs="*", help="on, off, a number, nothing, or default: as configured"
    )


def run(arguments: argparse.Namespace) -> int:
    """One extension, changed or not; or all of them."""
    if not arguments.number:
        return show_list(arguments, "extensions", _COLUMNS)
    values = dict(_setting(text) for text in arguments.settings)
    with control_of(arguments) as control:
        if values:
            found = control.request("extension.set", extension=arguments.number, settings=values)
        else:
            found = control.request("extension.settings", extension=arguments.number)
    if arguments.json:
        show_json(found)
    else:
        show_table([found], _COLUMNS, "")
    return 0


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Invalid(f"{text} is no setting; write it like forward_busy=202 or do_not_disturb=on.")
    return name, _WORDS.get(value, value)
