# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring accept: every check of the acceptance, and the certificate."""

from __future__ import annotations

import argparse
import sys

from firmware.cli.common import Subparsers, add_command, author_of_shell, control_of, show_json, show_table

COLUMNS = ("result", "id", "title", "found")
ANSWER_S = 30.0


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "accept", "run the checks of the acceptance", run)
    parser.add_argument("--issue", action="store_true", help="write a signed certificate to standard output, as JSON")
    out = parser.add_mutually_exclusive_group()
    out.add_argument("--leave-out", metavar="CHECK", help="do without a check; say why with --why")
    out.add_argument("--again", action="store_true", help="begin anew: what people saw has to be seen again")
    parser.add_argument("--why", metavar="TEXT", default="", help="without it a check is taken up again")


def run(arguments: argparse.Namespace) -> int:
    """Exit status 1 while a check has failed or is still to be done."""
    with control_of(arguments, ANSWER_S) as control:
        if arguments.leave_out:
            who = {"check": arguments.leave_out, "author": author_of_shell()}
            control.request("acceptance.leave_out", why=arguments.why, **who)
        if arguments.again:
            control.request("acceptance.again")
        if arguments.issue:
            certificate = control.request("acceptance.certify", author=author_of_shell())
            show_json(certificate)
            return 1 if certificate["verdict"] == "failed" else 0
        found = control.request("acceptance")
    if arguments.json:
        show_json(found)
    else:
        show_table(found["checks"], COLUMNS, "There is nothing to check.")
    missing = [check for check in found["checks"] if check["result"] in ("fail", "open")]
    for check in missing if not arguments.json else []:
        print(f"{check['title']}: {check['todo']}", file=sys.stderr)
    return 1 if missing else 0
