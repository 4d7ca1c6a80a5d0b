# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.acme --state DIR`: one order, for tipring-web. Exit status 1 when it failed: see STATE/acme."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path

from firmware import service
from firmware.acme.order import order
from firmware.acme.settings import settings
from firmware.errors import TipringError

LIMIT_S = 600


def main() -> int:
    """Ended by SIGALRM, should it hang."""
    parser = argparse.ArgumentParser(prog="tipring-acme", description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    state: Path = parser.parse_args().state
    service.log_to_stderr("acme")
    signal.alarm(LIMIT_S)
    try:
        order(state, settings(state))
    except TipringError as error:
        logging.getLogger("firmware.acme").error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
