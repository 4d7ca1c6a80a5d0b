# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.backup --state DIR due | now [TARGET] | test [TARGET] | pack | stage`: one piece of work, for the
services. `pack` writes a backup to standard output; `stage` reads a passphrase (one line) and a backup from standard
input. What went wrong is one JSON object on standard error's last line, exit status 1.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from pathlib import Path
from typing import BinaryIO

from firmware import service
from firmware.backup import running
from firmware.backup.packing import pack
from firmware.backup.restoring import stage
from firmware.backup.settings import Settings
from firmware.errors import TipringError, Unavailable, told

NICE = 19  # calls come first
_LONGEST = 1024


def main() -> int:
    parser = argparse.ArgumentParser(prog="tipring-backup", description="Makes, tests and restores backups.")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("work", choices=("due", "now", "test", "pack", "stage"))
    parser.add_argument("target", nargs="?")
    options = parser.parse_args()
    os.nice(NICE)
    service.log_to_stderr("backup")
    try:
        with running.alone(options.state):
            _do(options.state, options.work, options.target)
    except TipringError as error:
        return _refused(error)
    except OSError as error:
        return _refused(Unavailable(str(error)))
    return 0


def _refused(error: TipringError) -> int:
    logging.shutdown()
    print(json.dumps(told(error)), file=sys.stderr)
    return 1


def _do(state: Path, work: str, target: str | None) -> None:
    if work == "due":
        running.what_is_due(state)
        return
    if work == "stage":
        _stage(state, sys.stdin.buffer)
        return
    settings = Settings(state)
    if work == "pack":
        pack(state, settings.what, settings.passphrase, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    for place in [settings.target(target)] if target else settings.targets:
        running.to_place(state, place) if work == "now" else running.test(state, place)


def _stage(state: Path, given: BinaryIO) -> None:
    passphrase = given.readline(_LONGEST).decode(errors="replace").rstrip("\n")
    print(json.dumps(stage(state, given, passphrase).as_json()))


if __name__ == "__main__":
    sys.exit(main())
