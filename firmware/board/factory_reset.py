# SPDX-License-Identifier: GPL-2.0-or-later
"""The box as it was delivered: asked for by a file, carried out while no service runs.

`tipring up` does it by itself. Under systemd a unit before the services runs `python -m firmware.board.factory_reset`.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from firmware import service
from firmware.files import sync_folder

log = logging.getLogger("factory-reset")

MARK = "factory-reset"


def ask(state: Path) -> None:
    """From here on it happens at the next start, also after a power cut."""
    with (state / MARK).open("w") as mark:
        os.fsync(mark.fileno())
    sync_folder(state)


def is_asked(state: Path) -> bool:
    """Whether somebody asked."""
    return (state / MARK).exists()


def carry_out(state: Path) -> None:
    """Deletes what the box remembers, the mark last: a power cut in the middle begins it again. OSError."""
    import shutil  # a start should not wait for what is hardly ever needed

    log.warning("factory reset: %s is emptied", state)
    for path in state.iterdir():
        if path.name == MARK:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    sync_folder(state)
    (state / MARK).unlink(missing_ok=True)
    sync_folder(state)


def main() -> int:
    import argparse

    parser = argparse.ArgumentParser(prog="tipring-factory-reset", description=__doc__)
    parser.add_argument("--state", metavar="DIR", help="where the box keeps what it remembers (TIPRING_STATE)")
    state = service.state_dir(parser.parse_args().state)
    service.log_to_stderr("factory-reset")
    if is_asked(state):
        carry_out(state)
    return 0


if __name__ == "__main__":
    sys.exit(main())
