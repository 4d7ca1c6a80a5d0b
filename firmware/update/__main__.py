# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.update`: carries out the order that the core wrote. `--after-start`: looks at what has started.

Units: `tipring-update.path` starts it when there is an order, `tipring-update-check.service` after each start.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from pathlib import Path

from firmware import service
from firmware.errors import TipringError
from firmware.update import methods
from firmware.update.by_package import PackageUpdater
from firmware.update.by_slots import SlotUpdater
from firmware.update.package import Package
from firmware.update.progress import UpdateFiles
from firmware.update.rauc import SYSTEM_CONF, Rauc
from firmware.update.updater import Updater


def _updater(state: Path, arguments: argparse.Namespace) -> Updater:
    if arguments.conf == SYSTEM_CONF and methods.of_this_machine() == methods.PACKAGE:
        return PackageUpdater(state, Package())
    restart = shlex.split(arguments.restart)
    return SlotUpdater(state, Rauc(arguments.conf), lambda: subprocess.run(restart, check=True))


def main() -> int:
    parser = argparse.ArgumentParser(prog="tipring-update", description=__doc__)
    parser.add_argument("--state", metavar="DIR", help="where the box keeps what it remembers (TIPRING_STATE)")
    parser.add_argument("--conf", type=Path, default=SYSTEM_CONF, help="RAUC's system.conf")
    parser.add_argument("--restart", default="systemctl reboot", help="the command that starts the machine anew")
    parser.add_argument("--after-start", action="store_true", help="look whether the version that started works")
    arguments = parser.parse_args()
    state = service.state_dir(arguments.state)
    service.log_to_stderr("update")
    files = UpdateFiles(state)
    try:
        files.make()
        with files.alone(patient=not arguments.after_start) as alone:
            return _work(state, files, arguments) if alone else 0  # who updates now looks at it, too
    except TipringError as error:
        print(f"tipring-update: {error.message}", file=sys.stderr)
        return 1


def _work(state: Path, files: UpdateFiles, arguments: argparse.Namespace) -> int:
    updater = _updater(state, arguments)
    if arguments.after_start:
        updater.after_start()
        return 0
    order = files.take()
    return 0 if order is None or updater.run(order) else 1


if __name__ == "__main__":
    sys.exit(main())
