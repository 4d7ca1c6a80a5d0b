# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.board --state DIR --board auto`: looks after the board until SIGTERM."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from typing import IO, NoReturn

from board.board import BoardError
from board.reading import find_in_child
from firmware import logs, service
from firmware.errors import TipringError

log = logging.getLogger("board")

FOREVER_S = str(2**31 - 1)  # POSIX knows no "infinity"


def _idle(lock: IO[str]) -> NoReturn:
    """On a machine without any board: `sleep` takes this process over, with its lock, and 11 MB are free."""
    log.info("no board is known here (--board names one): no LEDs, no button, no lifeline, no watchdog")
    logging.shutdown()
    os.set_inheritable(lock.fileno(), True)
    service.notify("READY=1", "WATCHDOG_USEC=0")
    os.execvp("sleep", ["sleep", FOREVER_S])  # noqa: S606


def main() -> int:
    """Exit status 1 when something is wrong that a person has to mend, 78 when everything is to start anew."""
    parser = argparse.ArgumentParser(prog="tipring-board", description=__doc__)
    parser.add_argument("--state", metavar="DIR", help="where the box keeps what it remembers (TIPRING_STATE)")
    parser.add_argument("--board", default="auto", help="auto, none, a profile's name, or the path of one")
    arguments = parser.parse_args()
    service.log_to_stderr("board")
    state = service.state_dir(arguments.state)
    try:
        with service.hold_lock(state, "board") as lock:
            logs.keep(state, "board")
            profile = find_in_child(arguments.board)
            if not profile:
                _idle(lock)
            import asyncio

            from firmware.board.running import run

            return asyncio.run(run(state, profile))
    except (TipringError, BoardError) as error:
        log.error("%s", error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
