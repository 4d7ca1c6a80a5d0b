# SPDX-License-Identifier: GPL-2.0-or-later
"""What is to be written to history.db, kept in order until it is on the disk, however long that takes."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from firmware.errors import TipringError, Unavailable
from firmware.store.connect import as_domain_error
from firmware.store.writer import HistoryWriter

log = logging.getLogger(__name__)

RETRY_S = 3.0
BATCH = 200
MOST = 20_000  # jobs, some 20 MB; beyond it only what matters most is kept


@dataclass(frozen=True, slots=True)
class Job:
    """One function of `firmware.store.history` with its arguments. `essential`: kept to the last."""

    fn: Callable[..., Any]
    args: tuple[Any, ...]
    essential: bool


class Backlog:
    """Hands jobs to the writer one batch at a time, and each batch again until it was written.

    `on_written` is called in the asyncio thread after each try, with what went wrong or None.
    """

    def __init__(self, writer: HistoryWriter, on_written: Callable[[Exception | None], None]) -> None:
        self._writer, self._on_written = writer, on_written
        self._loop = asyncio.get_running_loop()
        self._jobs: deque[Job] = deque()
        self._under_way = 0  # jobs at the head that the writer has now
        self._timer: asyncio.TimerHandle | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, fn: Callable[..., Any], *args: Any, essential: bool = False) -> None:
        """Writes after everything that was put before."""
        self._jobs.append(Job(fn, args, essential))
        self._idle.clear()
        if len(self._jobs) > MOST:
            self._thin_out()
        if not self._under_way and not self._timer:
            self._submit()

    async def flush(self, timeout_s: float) -> None:
        """Waits until everything is written, but not longer; what is not is named in the log."""
        if self._timer:
            self._retry()
        try:
            await asyncio.wait_for(self._idle.wait(), timeout_s)
        except TimeoutError:
            log.error("%d entries of the history could not be written and are lost", len(self._jobs))

    def _submit(self) -> None:
        batch = [self._jobs[n] for n in range(min(BATCH, len(self._jobs)))]
        self._under_way = len(batch)
        try:
            future = self._writer.submit(_run_all, batch)
        except TipringError as error:
            self._tried(error)
        else:
            future.add_done_callback(self._done)

    def _done(self, future: Future[None]) -> None:
        """In the writer's thread."""
        try:
            self._loop.call_soon_threadsafe(self._tried, future.exception())
        except RuntimeError:  # the loop has ended
            log.debug("nobody waits for the history any more")

    def _tried(self, error: BaseException | None) -> None:
        if error is None:
            for _ in range(self._under_way):
                self._jobs.popleft()
        else:
            self._timer = self._loop.call_later(RETRY_S, self._retry)
        self._on_written(error if isinstance(error, Exception) else None)  # may put more
        self._under_way = 0
        if self._jobs and not self._timer:
            self._submit()
        elif not self._jobs:
            self._idle.set()

    def _retry(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
        if self._jobs and not self._under_way:
            self._submit()

    def _thin_out(self) -> None:
        """Trails go first, then the oldest of the rest; never what the writer has now."""
        head = [self._jobs.popleft() for _ in range(self._under_way)]
        kept = [job for job in self._jobs if job.essential][-MOST // 2 :]
        log.error(
            "%d entries of the history are dropped: it cannot be written for too long", len(self._jobs) - len(kept)
        )
        self._jobs = deque([*head, *kept])


def _run_all(db: sqlite3.Connection, jobs: list[Job]) -> None:
    """All or, while the disk is away, none. A job that is wrong in itself is left out."""
    for job in jobs:
        db.execute("SAVEPOINT entry")
        try:
            job.fn(db, *job.args)
        except Exception as error:
            if isinstance(error, sqlite3.Error) and isinstance(as_domain_error(error, "history.db"), Unavailable):
                raise
            log.exception("not written: %s", job.fn.__name__)
            db.execute("ROLLBACK TO entry")
        db.execute("RELEASE entry")
