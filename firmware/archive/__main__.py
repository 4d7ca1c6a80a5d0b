# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.archive --state DIR`: looks for work, and does it in a child that ends when there is none.

So an idle box keeps half the memory that the archive needs at work.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from firmware import logs, service
from firmware.errors import TipringError, Unavailable
from firmware.store import migrations
from firmware.store.connect import open_for_reading, unavailable

log = logging.getLogger("archive")

NICE = 19  # calls, pages and the uplink come first
POLL_S = 0.5
CHILD_POLL_S = 0.05
HOUSEKEEPING_S = 600.0  # and after each work
AGAIN_S = 30.0  # after a child that could not do everything
PR_SET_PDEATHSIG = 1  # prctl(2)


def _stop(number: int, frame: FrameType | None) -> None:
    """Leaves at once, wherever it is: what was not committed is done again at the next start."""
    raise SystemExit(0)


class Watch:
    """Is there something to do? A look costs microseconds. Unavailable when the databases cannot be opened."""

    def __init__(self, state: Path) -> None:
        for name in ("config.db", "history.db"):
            migrations.ensure(state / name)
        self._config, self._history = (open_for_reading(state / name) for name in ("config.db", "history.db"))
        self._path = state / "history.db"
        self._version, self._file = -1, self._path.stat().st_ino
        self._worked_at = self._not_before = float("-inf")

    @property
    def is_replaced(self) -> bool:
        """Another history.db has taken the place of the one that is open, which was damaged."""
        return self._path.exists() and self._path.stat().st_ino != self._file

    def due(self) -> bool:
        """True at the start, after a change of the configuration, when a recording waits, and now and then."""
        with unavailable(self._path):
            version = self._config.execute("PRAGMA data_version").fetchone()[0]
            sql = "SELECT 1 FROM recordings WHERE state = 'ready' AND archived_at IS NULL LIMIT 1"
            waits = self._history.execute(sql).fetchone() is not None
        now = time.monotonic()
        changed, self._version = version != self._version, version
        return changed or now - self._worked_at > HOUSEKEEPING_S or (waits and now >= self._not_before)

    def worked(self, whole: bool) -> None:
        """Work was done; `whole`: nothing was left."""
        self._worked_at = time.monotonic()
        self._not_before = self._worked_at + (0.0 if whole else AGAIN_S)


def _serve(state: Path) -> NoReturn:
    watch = Watch(state)
    service.notify("READY=1")
    sweep = True
    heart = service.Heartbeat()
    while True:
        heart.beat()
        try:
            if watch.due():
                whole = _in_child(state, sweep, heart)
                watch.worked(whole)
                sweep = sweep and not whole
        except Unavailable as error:
            log.warning("%s", error)
        if watch.is_replaced:
            raise SystemExit(os.EX_TEMPFAIL)  # to be started again
        time.sleep(POLL_S)


def _in_child(state: Path, sweep: bool, heart: service.Heartbeat) -> bool:
    """Whether it did all there was."""
    child = os.fork()
    if not child:
        _child(state, sweep)
    try:
        while not (ended := os.waitpid(child, os.WNOHANG))[0]:  # two hours of speech take minutes
            heart.beat()
            time.sleep(CHILD_POLL_S)
        return ended[1] == 0
    except SystemExit:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        raise


def _child(state: Path, sweep: bool) -> NoReturn:
    import ctypes

    from firmware.archive.archivist import Archivist

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    status = 1
    try:
        status = 0 if Archivist(state).run(sweep) else 1
    except SystemExit:
        status = 0
    except TipringError as error:
        log.error("%s", error)
    except Exception:
        log.exception("the archive made a mistake")
    os._exit(status)


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
            logs.keep(state, "archive")
            _serve(state)
    except TipringError as error:
        log.error("%s", error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
