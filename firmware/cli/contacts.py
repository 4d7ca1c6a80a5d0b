# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring contacts list|add|delete|import|export"""

from __future__ import annotations

import argparse
import sys

from firmware.cli.common import Subparsers, add_command, add_group, control_of, show_rows
from firmware.errors import Invalid


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "contacts", "the phone book: names of callers")
    parser = add_command(actions, "list", "those whose name or number has this", list_)
    parser.add_argument("text", metavar="TEXT", nargs="?", default="")
    parser = add_command(actions, "add", "whose number it is", add)
    parser.add_argument("number", metavar="NUMBER")
    parser.add_argument("name", metavar="NAME")
    parser = add_command(actions, "delete", "a number is nobody's any more", delete)
    parser.add_argument("number", metavar="NUMBER")
    parser = add_command(actions, "import", "take in a CSV file with the columns number and name", import_)
    parser.add_argument("file", metavar="FILE")
    add_command(actions, "export", "all of them as CSV on standard output", export)


def list_(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        rows = control.request("contacts", text=arguments.text)["items"]
    return show_rows(arguments, rows, ("number", "name"), "Nobody in the phone book.")


def add(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        control.request("contact.save", number=arguments.number, name=arguments.name)
    return 0


def delete(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        control.request("contact.delete", number=arguments.number)
    return 0


def import_(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from firmware.contacts_csv import read

    try:
        content = sys.stdin.buffer.read() if arguments.file == "-" else Path(arguments.file).read_bytes()
    except OSError as error:
        raise Invalid(f"{arguments.file} cannot be read: {error.strerror}.") from None
    with control_of(arguments) as control:
        done = control.request("contacts.import", items=read(content))
    print(f"{done['count']} in the phone book")
    return 0


def export(arguments: argparse.Namespace) -> int:
    from firmware.contacts_csv import write

    with control_of(arguments) as control:
        items = control.request("contacts", limit=100_000)["items"]
    sys.stdout.write(write(items))
    return 0
