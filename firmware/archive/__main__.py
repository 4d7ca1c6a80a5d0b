# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.archive --state DIR`"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from types import FrameType

from firmware import service
from firmware.archive.archivist import Archivist
from firmware.errors import TipringError

log = logging.getLogger("archive")

NICE = 19  # calls, pages and the uplink come first


def _stop(number: int, frame: FrameType | None) -> None:
    """Leaves at once, wherever it is: what was not committed is done again at the next start."""
    raise SystemExit(0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m firmware.archive", description="Archives recordings.")
    parser.add_argument("--state", metavar="DIR", help="where the box keeps what it remembers (TIPRING_STATE)")
    arguments = parser.parse_args()
    service.log_to_stderr("archive")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    os.nice(NICE)
    state = service.state_dir(arguments.state)
    try:
        with service.hold_lock(state, "archive"):
            archivist = Archivist(state)
            service.notify("READY=1")
            archivist.run()
    except TipringError as error:
        log.error("%s", error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
