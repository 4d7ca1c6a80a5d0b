# SPDX-License-Identifier: GPL-2.0-or-later
"""The `tipring` command: one small module a subcommand, of which only the one that is called is imported.

A subcommand's module has `register(subparsers)`: it adds its parser and sets `run`, a function that takes the
parsed arguments and returns the exit status: 0; 1 after errors, one a line on stderr; 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from keyword import iskeyword

from firmware import SUPPORTED_UNTIL, __version__
from firmware.cli import common
from firmware.cli.common import common_options
from firmware.errors import TipringError

COMMANDS = {
    "up": "run every service of the box in the foreground",
    "status": "services, ports, calls, queues at a glance",
    "config": "check, apply and show the configuration",
    "ports": "the analog ports and their states",
    "extension": "forwards, do not disturb and call waiting of extensions",
    "trunks": "ways out, and whether they work",
    "phones": "SIP phones that are registered",
    "phone": "what to enter into a SIP phone of an extension",
    "bans": "addresses that the SIP edge does not listen to any more",
    "certificate": "the certificate that SIP phones see; verify one of an acceptance",
    "call": "list, show, make and hang up calls",
    "call-backs": "customers who are to be called back",
    "contacts": "the phone book: names of callers",
    "queue": "queues and who waits in them",
    "agent": "agents and their states",
    "record": "recordings",
    "recordings": "what is kept of calls: proof, export, holds, room, erasure",
    "report": "figures of a span, by queue, agent, line, hour, day",
    "export": "calls, their trails, and the queue_log of other tools",
    "night": "the night switch: by the schedules, open, or closed",
    "tolls": "limits against toll fraud, and what was stopped",
    "route": "what would happen to a call, step by step",
    "voicemail": "voicemail boxes and their messages",
    "sms": "text messages over cellular modems",
    "modem": "modems: what is plugged in, voice modems as lines, cellular ones",
    "prompt": "prompts of the office: what menus and queues say",
    "alarms": "what a person has to look after, and who is told of it",
    "board": "LEDs, button, lifeline relay, watchdog: how the board is, and the drill",
    "update": "which version runs, and updates of it",
    "logs": "what the services said, and how much they say",
    "diagnostics": "one file for whoever helps from afar, without secrets",
    "token": "bearer tokens for the API",
    "user": "who may log in, and which queues they see",
    "sim": "play the telephone exchange and the phones of a simulated card",
    "doctor": "examine a line, and propose its settings",
    "accept": "run the checks of the acceptance, and issue its certificate",
    "backup": "one encrypted file with all that the box remembers; places, tests",
    "restore": "make this box what another one was, from a backup",
    "import": "take over extensions, queues, routes and calls of another telephone system",
    "bench": "measure the box",
}


def _module(command: str) -> str:
    return f"firmware.cli.{command.replace('-', '_') + '_' * iskeyword(command)}"


def _chosen(arguments: Sequence[str]) -> str | None:
    """The subcommand, wherever it stands among the common options."""
    _, rest = common_options().parse_known_args(arguments)
    return next((argument for argument in rest if not argument.startswith("-")), None)


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tipring", description="Tipring, the PBX box.", parents=[common_options()])
    parser.add_argument(
        "--version", action="version", version=f"tipring {__version__}, security updates until {SUPPORTED_UNTIL}"
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command, purpose in COMMANDS.items():
        if importlib.util.find_spec(_module(command)) is None:
            continue
        if command == chosen:
            importlib.import_module(_module(command)).register(subparsers)
        else:
            subparsers.add_parser(command, help=purpose)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one subcommand and returns the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parsed = _parser(_chosen(arguments)).parse_args(arguments)
    parsed.state = getattr(parsed, "state", None)
    parsed.json = getattr(parsed, "json", False)
    try:
        return int(parsed.run(parsed) or 0)
    except TipringError as error:
        common.report(error, parsed.json)
        return 1
    except BrokenPipeError:
        # Whoever read us has seen enough; Python must not complain again when it flushes at its end.
        sys.stdout = None
        return 1
    except KeyboardInterrupt:
        return 130
