# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.importing --state DIR take | look | apply | calls | forget`: one piece of work,
for the pages and the API.

`take` reads files (`frames`) and keeps what was understood, `look` says what an import of it would do, `apply` puts it
in force as one revision, `calls` adds past calls to the history. `look` and `apply` read what was chosen, as JSON, from
standard input and answer on standard output. What went wrong is one JSON object on standard error's last line, exit
status 1.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sqlite3
import sys
from pathlib import Path

from firmware import service
from firmware.errors import Conflict, TipringError, Unavailable, told
from firmware.importing.progress import LOCK
from firmware.importing.work import Import

NICE = 19  # calls come first


def main() -> int:
    parser = argparse.ArgumentParser(prog="tipring-import", description="Takes over what another system knows.")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("work", choices=("take", "look", "apply", "calls", "forget"))
    options = parser.parse_args()
    os.nice(NICE)
    service.log_to_stderr("import")
    try:
        _do(options.state, options.work)
    except TipringError as error:
        return _refused(error)
    except (OSError, sqlite3.Error) as error:
        return _refused(Unavailable(str(error)))
    return 0


def _do(state: Path, work: str) -> None:
    if work == "look":
        print(json.dumps(Import(state).look(json.load(sys.stdin))))
        return
    try:
        lock = service.hold_lock(state, LOCK)
    except Conflict:
        message = "Files of another system are being read or imported already; wait for it."
        raise Conflict(message, code="import_in_progress") from None
    with lock:
        if work == "take":
            Import(state).take(sys.stdin.buffer)
        elif work == "forget":
            Import(state).forget()
        elif work == "apply":
            print(json.dumps(Import(state).apply(json.load(sys.stdin))))
        else:
            Import(state).calls()


def _refused(error: TipringError) -> int:
    logging.shutdown()
    print(json.dumps(told(error)), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
