# SPDX-License-Identifier: GPL-2.0-or-later
"""Databases that are damaged: noticed, put aside, replaced by the last good copy or a fresh one.

Whoever meets a damaged page leaves a mark beside the file; the core, or the next start, does what has to be done.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import struct
import threading
import time
from pathlib import Path

from firmware import times

log = logging.getLogger(__name__)

MARK = ".damaged"  # instead of `.db`
GOOD = "config.good"
_NAMES = ("config.db", "history.db")
_CODES = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
_HEADER = struct.Struct(">16sH6xII60xI")  # https://www.sqlite.org/fileformat.html#the_database_header
_LOOK_S = 1.0


def met(error: sqlite3.Error, path: Path | str) -> None:
    """Leaves a mark when that error says that a database of the box is damaged."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _CODES and isinstance(path, Path) and path.name in _NAMES:
        with contextlib.suppress(OSError):
            path.with_suffix(MARK).touch()


def is_marked(path: Path) -> bool:
    """Whether somebody met a damaged page since it was put in place."""
    return path.with_suffix(MARK).exists()


def wrong_with(path: Path, thoroughly: bool = False) -> str:
    """What is wrong with a database that no service has open, "" when nothing is seen. `thoroughly`: every page."""
    if not path.exists():
        return "it is missing"
    if not path.stat().st_size:
        return "it is empty"
    if is_marked(path):
        return "a damaged page was met"
    try:
        if octets_missing(path):
            return "its end is missing"
        with contextlib.closing(sqlite3.connect(path, timeout=10)) as db:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0] if thoroughly else "ok"
    except (sqlite3.Error, OSError) as error:
        return str(error)
    return "" if found == "ok" else str(found)


def octets_missing(path: Path) -> int:
    """At its end, by its own header."""
    with path.open("rb") as file:
        head = file.read(_HEADER.size).ljust(_HEADER.size, b"\0")
    magic, page, counter, pages, valid_for = _HEADER.unpack(head)
    size = 65536 if page == 1 else page
    if not magic.startswith(b"SQLite format 3") or counter != valid_for:
        return 0
    return max(0, int(pages * size) - path.stat().st_size)


def put_aside(path: Path) -> Path:
    """Under another name, with its journal; where it is now. OSError."""
    place = path.with_name(f"{path.stem}-damaged-{times.now():%Y%m%d-%H%M%S}{path.suffix}")
    for ending in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(place.with_name(place.name + ending))
    path.with_suffix(MARK).unlink(missing_ok=True)
    return place


# ---- the configuration's last good copy --------------------------------------------------------------------


def keep_good_copy(path: Path) -> str:
    """Of config.db, checked before it takes the place of the former; what is wrong when there is none to be had."""
    new, good = path.with_name(f"{GOOD}.new"), path.with_name(GOOD)
    try:
        new.unlink(missing_ok=True)
        with (
            contextlib.closing(sqlite3.connect(path, timeout=10)) as old,
            contextlib.closing(sqlite3.connect(new)) as db,
        ):
            old.backup(db, pages=-1)
            db.execute("PRAGMA journal_mode = DELETE")
            found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except (sqlite3.Error, OSError) as error:
        found = str(error)
    if found != "ok":
        new.unlink(missing_ok=True)
        return found
    new.chmod(path.stat().st_mode & 0o777)
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(good)
    return ""


def take_good_copy(path: Path) -> None:
    """Puts it in the damaged one's place, and keeps it. OSError."""
    new = path.with_name(f"{GOOD}.new")
    new.write_bytes(path.with_name(GOOD).read_bytes())
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(path)


class GoodCopy:
    """Call `look` now and then, in one thread: copies config.db when it has changed, not too often."""

    EVERY_S = 300.0  # who logs in changes it, too; a revision is copied at once

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] = (-1, -1)
        self._copied_at = float("-inf")

    def look(self) -> str:
        """What is wrong with config.db; "" when nothing is."""
        try:
            with contextlib.closing(sqlite3.connect(self._path, timeout=1)) as db:
                revision = db.execute("SELECT coalesce(max(id), 0) FROM revisions").fetchone()[0]
        except sqlite3.OperationalError:
            return ""  # it is in use
        except sqlite3.Error as error:
            return str(error)
        seen = (revision, _changed_at(self._path))
        waits = time.monotonic() - self._copied_at < self.EVERY_S
        if seen == self._seen or (waits and revision == self._seen[0]):
            return ""
        self._seen, self._copied_at = seen, time.monotonic()
        return keep_good_copy(self._path)


def _changed_at(path: Path) -> int:
    files = (path, path.with_name(f"{path.name}-wal"))
    return max((file.stat().st_mtime_ns for file in files if file.exists()), default=0)


# ---- who has it open ---------------------------------------------------------------------------------------


def end_when_replaced(path: Path) -> None:
    """Ends this process, to be started again, when another file has taken that one's place."""
    there = path.stat().st_ino

    def watch() -> None:
        while True:
            time.sleep(_LOOK_S)
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_ino != there:
                    log.warning("%s was replaced; beginning again", path)
                    logging.shutdown()
                    os._exit(os.EX_TEMPFAIL)

    threading.Thread(target=watch, name="replaced", daemon=True).start()
