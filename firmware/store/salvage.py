# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.store.salvage --state DIR`: what can be read of a damaged history goes into the new one.

A range of rows that cannot be read is cut in halves until only the damaged rows are left out. It gives way to calls.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from firmware import service
from firmware.records import Severity
from firmware.store import alarms, damage, migrations
from firmware.store.connect import open_for_writing, transaction

log = logging.getLogger("salvage")

PIECE = 500  # rows of a transaction
PROBE = 16  # fewer rows than a page has
SMALLEST = 16  # octets of a row with its key
PAUSE_S = 0.02  # between two: others write
DONE = ".saved"  # instead of `.db`: of a file that was read already
KIND = "history_damaged"
FRESH = (
    "The call history was damaged. It was put aside, and a fresh one is written; what can be read of the old one is "
    "being saved."
)
_HEADER_BYTES = 100
_PASSED = ("sqlite_", "recording_words_", "_sqlite_migrations", "recordings_total")  # made by others of these tables


@dataclass
class Count:
    """`lost`: row ids that cannot be looked up, at most so many rows."""

    saved: int = 0
    lost: int = 0
    tables: list[str] = field(default_factory=list)  # that could not be read at all


def waiting(state: Path) -> list[Path]:
    """Histories that were put aside and not read yet."""
    return [path for path in sorted(state.glob("history-damaged-*.db")) if not path.with_suffix(DONE).exists()]


def salvage(damaged: Path, into: Path) -> Count:
    """Unavailable when the new one cannot be written."""
    count = Count()
    _mend_header(damaged, into)
    with (
        contextlib.closing(sqlite3.connect(damaged, isolation_level=None)) as old,
        contextlib.closing(open_for_writing(into)) as new,
    ):
        old.text_factory = lambda octets: octets.decode(errors="replace")
        new.execute("PRAGMA foreign_keys = OFF")
        for table in _tables(new):
            try:
                _table(old, new, into, table, count)
            except sqlite3.DatabaseError as error:
                log.warning("%s: %s", table, error)
                count.tables.append(table)
    return count


def _mend_header(damaged: Path, good: Path) -> None:
    """The first 100 octets are the same in every history of this version, but for counters that SQLite finds anew."""
    with damaged.open("r+b") as old, good.open("rb") as new:
        if not old.read(16).startswith(b"SQLite format 3\0"):
            old.seek(0)
            old.write(new.read(_HEADER_BYTES))
            old.seek(28)
            old.write(bytes(4))  # its pages are counted by the size of the file
        if missing := damage.octets_missing(damaged):
            old.truncate(damaged.stat().st_size + missing)  # SQLite reads nothing of a file that is too short


def _tables(db: sqlite3.Connection) -> list[str]:
    found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    return [row[0] for row in found if not row[0].startswith(_PASSED)]


def _table(old: sqlite3.Connection, new: sqlite3.Connection, path: Path, table: str, count: Count) -> None:
    theirs = {row[1] for row in old.execute(f'PRAGMA table_info("{table}")')}
    names = [row[1] for row in new.execute(f'PRAGMA table_info("{table}")') if row[1] in theirs]
    columns = ", ".join(f'"{name}"' for name in names)
    put = f'INSERT OR IGNORE INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(names))})'  # noqa: S608
    read = f'SELECT {columns} FROM "{table}"'  # noqa: S608
    rows = _by_rowid(old, read, table, count) if _has_rowid(old, table) else _in_order(old, read, count)
    for piece in rows:
        with transaction(new, path):
            new.executemany(put, [tuple(row) for row in piece])
        count.saved += len(piece)
        time.sleep(PAUSE_S)


def _has_rowid(db: sqlite3.Connection, table: str) -> bool:
    sql = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return bool(sql) and "WITHOUT ROWID" not in sql[0].upper()


def _in_order(db: sqlite3.Connection, read: str, count: Count) -> Iterator[list[tuple[object, ...]]]:
    """A table without row ids: up to its first damaged page."""
    cursor = db.execute(read)
    while True:
        piece = []
        try:
            piece = cursor.fetchmany(PIECE)
        except sqlite3.DatabaseError:
            count.lost += 1
        if not piece:
            return
        yield piece


def _by_rowid(db: sqlite3.Connection, read: str, table: str, count: Count) -> Iterator[list[tuple[object, ...]]]:
    """Ranges of row ids. The ends of the table may be what is damaged, so they are felt for."""
    last = _last(db, table)
    ranges = [(low, min(low + PIECE - 1, last)) for low in range(1, last + 1, PIECE)]
    for low, high in ranges:
        yield from _range(db, read, low, high, count)


def _range(db: sqlite3.Connection, read: str, low: int, high: int, count: Count) -> Iterator[list[tuple[object, ...]]]:
    try:
        piece = db.execute(f"{read} WHERE rowid BETWEEN ? AND ?", (low, high)).fetchall()
    except sqlite3.DatabaseError:
        if low == high or not _any_of(db, read, low, high):
            count.lost += high - low + 1
            return
        middle = (low + high) // 2
        yield from _range(db, read, low, middle, count)
        yield from _range(db, read, middle + 1, high, count)
    else:
        if piece:
            yield piece


def _any_of(db: sqlite3.Connection, read: str, low: int, high: int) -> bool:
    """Whether a part of that range can be read at all: far beyond the last row nothing can, when its page is lost."""
    for rowid in (*range(low, high, PROBE), high):
        with contextlib.suppress(sqlite3.DatabaseError):
            db.execute(f"{read} WHERE rowid = ?", (rowid,)).fetchall()
            return True
    return False


def _last(db: sqlite3.Connection, table: str) -> int:
    """The highest row id; if the way to it is damaged, what it can be at most in a file of that size."""
    with contextlib.suppress(sqlite3.DatabaseError):
        return int(db.execute(f'SELECT coalesce(max(rowid), 0) FROM "{table}"').fetchone()[0])  # noqa: S608
    pages, size = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages * size) // SMALLEST


def save_all(state: Path) -> None:
    """Every one that waits; what it came to is an alarm that somebody may acknowledge."""
    path = state / "history.db"
    migrations.ensure(path)
    for damaged in waiting(state):
        log.warning("saving what can be read of %s", damaged.name)
        count = salvage(damaged, path)
        damaged.with_suffix(DONE).write_text(f"{count.saved} {count.lost} {' '.join(count.tables)}\n")
        text = (
            f"The call history was damaged. A fresh one is written since, and {count.saved} entries of the old one "
            f"were saved; what lay on damaged pages is lost. The old one is kept as {damaged.name}."
        )
        log.warning("%s", text)
        alarms.say(state, KIND, text, Severity.WARNING)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tipring-salvage", description="Saves what is readable of a damaged history.")
    parser.add_argument("--state", type=Path, required=True)
    state: Path = parser.parse_args().state
    os.nice(19)
    service.log_to_stderr("salvage")
    with service.hold_lock(state, "salvage"):
        save_all(state)
    return 0


if __name__ == "__main__":
    sys.exit(main())
