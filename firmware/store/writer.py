# SPDX-License-Identifier: GPL-2.0-or-later
"""The one thread that writes history.db for a service. An fsync takes tens of milliseconds on an SD card."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from firmware.errors import TipringError, Unavailable
from firmware.store import damage, migrations
from firmware.store.connect import as_domain_error, open_for_writing

P = ParamSpec("P")
T = TypeVar("T")
_Job = tuple[Callable[[sqlite3.Connection], Any], "Future[Any]"]
_BATCH = 128
_CLOSE_LIMIT_S = 30.0


class HistoryWriter:
    """Runs functions on history.db (`path`) one after the other, in transactions, in a thread of its own.

    What is queued while a commit is under way shares the next one; each caller is answered after the commit
    that holds its work is on the disk. Unavailable when the file cannot be opened or migrated.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._renewal: Future[Path | None] | None = None
        self._lock = threading.Lock()
        migrations.ensure(path)
        self._db = open_for_writing(path)
        self._thread = threading.Thread(target=self._work, name="history-writer", daemon=True)
        self._thread.start()

    async def run(self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `fn(db, *args)`, once it is committed. What fn raises undoes fn alone and comes here.

        Unavailable when the disk is full or the database locked for more than 5 s. The work is done
        even if the one who waits for it is cancelled.
        """
        return await asyncio.shield(asyncio.wrap_future(self.submit(fn, *args, **kwargs)))

    def submit(
        self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """The same for callers without an event loop: a future."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()  # what is queued is done; nobody can take it back
        with self._lock:
            if self._closed:
                raise Unavailable("The history is closed; the service is ending.")
            self._jobs.put((lambda db: fn(db, *args, **kwargs), future))
        return future

    def close(self, limit_s: float = _CLOSE_LIMIT_S) -> None:
        """Commits what is queued and ends the thread, which is waited for `limit_s`. Further work is refused."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join(limit_s)

    def renew(self) -> Future[Path | None]:
        """Puts a damaged file aside, once what is queued was tried, and goes on with a fresh one; where it is now, or
        None when it is not damaged. Unavailable when there can be no fresh one."""
        self._renewal = future = Future[Path | None]()
        future.set_running_or_notify_cancel()
        self.submit(lambda db: None)  # awakes the thread
        return future

    def _renew(self) -> None:
        future, self._renewal = self._renewal, None
        assert future
        try:
            future.set_result(self._renewed())
        except (TipringError, OSError, sqlite3.Error) as error:
            future.set_exception(self._translated(error))

    def _renewed(self) -> Path | None:
        if not damage.is_marked(self._path):
            return None
        self._db.close()
        aside = damage.put_aside(self._path)
        migrations.ensure(self._path)
        self._db = open_for_writing(self._path)
        return aside

    def _work(self) -> None:
        while True:
            jobs, last = self._gather()
            if self._renewal:
                self._renew()
            if jobs:
                self._commit(jobs)
            if last:
                self._db.close()
                return

    def _gather(self) -> tuple[list[_Job], bool]:
        """Waits for work, then takes what is there. True with the last of it."""
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == _BATCH:
                return jobs, False
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, False
        return jobs, True

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._give_up(jobs, self._translated(error))
            return
        done: list[tuple[Future[Any], Any]] = []
        try:
            for work, future in jobs:
                self._attempt(work, future, done)
            self._db.execute("COMMIT")
        except (sqlite3.Error, _TransactionLost) as error:
            self._one_by_one(jobs, error)
        else:
            for future, result in done:
                future.set_result(result)

    def _attempt(
        self, work: Callable[[sqlite3.Connection], Any], future: Future[Any], done: list[tuple[Future[Any], Any]]
    ) -> None:
        try:
            done.append((future, self._in_savepoint(work)))
        except _TransactionLost:
            raise
        except Exception as error:  # whatever it is, it belongs to the caller
            future.set_exception(self._translated(error))

    def _one_by_one(self, jobs: list[_Job], error: sqlite3.Error | _TransactionLost) -> None:
        """SQLite threw the whole transaction away: each tries alone, so that only those fail that must."""
        self._roll_back()
        if len(jobs) > 1:
            for job in jobs:
                if not job[1].done():
                    self._commit([job])
        else:
            self._give_up(jobs, error.reason if isinstance(error, _TransactionLost) else self._translated(error))

    def _in_savepoint(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        self._db.execute("SAVEPOINT job")
        try:
            result = work(self._db)
        except BaseException as error:
            if not self._db.in_transaction:
                raise _TransactionLost(self._reason(error)) from error
            self._db.execute("ROLLBACK TO job")
            self._db.execute("RELEASE job")
            raise
        self._db.execute("RELEASE job")
        return result

    def _reason(self, error: BaseException) -> Exception:
        """Why SQLite threw the whole transaction away: disk full, I/O error."""
        known = as_domain_error(error, self._path) if isinstance(error, sqlite3.Error) else error
        return known if isinstance(known, TipringError) else Unavailable(f"{self._path} cannot be written: {error}.")

    def _translated(self, error: Exception) -> Exception:
        return as_domain_error(error, self._path) if isinstance(error, sqlite3.Error) else error

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")

    def _give_up(self, jobs: list[_Job], reason: Exception) -> None:
        for _, future in jobs:
            if not future.done():
                future.set_exception(reason)


class _TransactionLost(Exception):
    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason
