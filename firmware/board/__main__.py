# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.board --state DIR --board auto`: looks after the board until SIGTERM."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading

from board.board import BoardError
from board.reading import find_in_child
from firmware import logs, service
from firmware.errors import TipringError

log = logging.getLogger("board")


def _idle() -> int:
    """On a machine without any board, which is spared the 8 MB of the service."""
    log.info("no board is known here (--board names one): no LEDs, no button, no lifeline, no watchdog")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    service.notify("READY=1")
    heart = service.Heartbeat()
    while not stop.wait(heart.every_s or None):
        heart.beat()
    return 0


def main() -> int:
    """Exit status 1 when something is wrong that a person has to mend, 78 when everything is to start anew."""
    parser = argparse.ArgumentParser(prog="tipring-board", description=__doc__)
    parser.add_argument("--state", metavar="DIR", help="where the box keeps what it remembers (TIPRING_STATE)")
    parser.add_argument("--board", default="auto", help="auto, none, a profile's name, or the path of one")
    arguments = parser.parse_args()
    service.log_to_stderr("board")
    state = service.state_dir(arguments.state)
    try:
        with service.hold_lock(state, "board"):
            logs.keep(state, "board")
            profile = find_in_child(arguments.board)
            if not profile:
                return _idle()
            import asyncio

            from firmware.board.running import run

            return asyncio.run(run(state, profile))
    except (TipringError, BoardError) as error:
        log.error("%s", error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
