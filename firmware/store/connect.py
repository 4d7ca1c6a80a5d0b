# SPDX-License-Identifier: GPL-2.0-or-later
"""How every part of the box opens its databases."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from firmware import modes
from firmware.errors import Unavailable
from firmware.store import damage

BUSY_TIMEOUT_S = 5.0
_NOT_NOW = frozenset(
    (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_NOMEM,
    )
)


def open_for_writing(path: Path) -> sqlite3.Connection:
    """A connection whose commits are on the disk when they return. Transactions are explicit."""
    with unavailable(path):
        with contextlib.suppress(OSError):  # SQLite says better what is wrong with the place
            modes.make(path)
        db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        db.row_factory = sqlite3.Row
        _keep_a_log(db)
        db.execute("PRAGMA synchronous = FULL")
        return db


def _keep_a_log(db: sqlite3.Connection) -> None:
    """SQLite does not wait when two processes turn the same new database to WAL at once: one of them has to let go."""
    given_up = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > given_up:
                raise
            time.sleep(0.01)


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write."""
    with unavailable(path):
        uri = f"{path.resolve().as_uri()}?mode=ro"
        db = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA query_only = ON")
        return db


def as_domain_error(error: sqlite3.Error, path: Path | str) -> Exception:
    """Unavailable for what the disk or another process causes; a mistake of ours stays what it is."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    damage.met(error, path)
    if code == sqlite3.SQLITE_FULL:
        return Unavailable(f"{path} cannot be written: the disk is full. Free some space.", code="disk_full")
    if code in _NOT_NOW:
        return Unavailable(f"{path} cannot be used now: {error}.")
    return error


@contextlib.contextmanager
def unavailable(path: Path | str) -> Iterator[None]:
    """Turns errors of the disk and of locking into Unavailable."""
    try:
        yield
    except sqlite3.Error as error:
        raise as_domain_error(error, path) from error


@contextlib.contextmanager
def transaction(db: sqlite3.Connection, path: Path | str) -> Iterator[sqlite3.Connection]:
    """All or nothing, on the disk when it returns."""
    with unavailable(path):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
