# SPDX-License-Identifier: GPL-2.0-or-later
"""What is carried out while no service runs: a factory reset, a restore, the mending of what is damaged.

`tipring up` does it by itself. Under systemd a unit before the services runs `python -m firmware.before_start`: the
dial tone waits for it, so it imports only what there is work for.
"""

from __future__ import annotations

import sys
from pathlib import Path

from firmware import service
from firmware.backup import report
from firmware.board import factory_reset
from firmware.store import mending


def carry_out(state: Path) -> None:
    """Each of them only if it is asked for. OSError."""
    if factory_reset.is_asked(state):
        factory_reset.carry_out(state)
    if report.is_ready(state):
        from firmware.backup import restoring

        restoring.take_over(state)
    mending.mend(state)


def main() -> int:
    import argparse

    parser = argparse.ArgumentParser(prog="tipring-before-start", description="Factory reset, restore, mending.")
    parser.add_argument("--state", metavar="DIR", help="where the box keeps what it remembers (TIPRING_STATE)")
    state = service.state_dir(parser.parse_args().state)
    service.log_to_stderr("before-start")
    carry_out(state)
    return 0


if __name__ == "__main__":
    sys.exit(main())
