# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring modem list|find|lines|take|give-back|ussd|unlock"""

from __future__ import annotations

import argparse

from firmware.cli.common import Subparsers, add_command, add_group, author_of_shell, control_of, say, show_rows

FIND_S, NETWORK_S = 15.0, 130.0
_COLUMNS = ("name", "state", "sim", "registration", "operator", "signal_dbm", "stored", "waiting", "trouble")


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "modem", "modems: what is plugged in, voice modems as lines, cellular ones")
    add_command(actions, "list", "SIM card, network and signal of each", list_)
    add_command(actions, "find", "which modems are plugged in, and what they are", find)
    add_command(actions, "lines", "voice modems that are lines, and what they can", lines)
    parser = add_command(actions, "take", "make a voice modem that is plugged in a line of the box", take)
    parser.add_argument("device", metavar="DEVICE", help="as `find` names it")
    parser = add_command(actions, "give-back", "the modem is no line any more", give_back)
    parser.add_argument("port", metavar="PORT")
    parser = add_command(actions, "ussd", "send a code such as *100#, or an answer to the network", ussd)
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("code", metavar="CODE")
    parser = add_command(actions, "unlock", "try the PIN of the configuration once more", unlock)
    parser.add_argument("name", metavar="NAME")


def list_(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        return show_rows(arguments, control.request("modems"), _COLUMNS, "No cellular modem.")


def find(arguments: argparse.Namespace) -> int:
    with control_of(arguments, FIND_S) as control:
        rows = control.request("modems.find")
    return show_rows(arguments, rows, ("device", "kind", "used_by", "detail"), "No modem is plugged in.")


def lines(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        rows = control.request("modems.voice")
    return show_rows(arguments, rows, ("port", "device", "model", "can", "fault"), "No voice modem is a line.")


def take(arguments: argparse.Namespace) -> int:
    with control_of(arguments, FIND_S) as control:
        done = control.request("modem.take", device=arguments.device, author=author_of_shell())
    return say(arguments, done, f"It is line {done['port']}.")


def give_back(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        control.request("modem.give_back", port=arguments.port, author=author_of_shell())
    return 0


def ussd(arguments: argparse.Namespace) -> int:
    with control_of(arguments, NETWORK_S) as control:
        reply = control.request("modem.ussd", name=arguments.name, code=arguments.code)
    return say(arguments, reply, reply["text"] + ("\n(waits for an answer)" if reply["more"] else ""))


def unlock(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        control.request("modem.unlock", name=arguments.name)
    return 0
