# SPDX-License-Identifier: GPL-2.0-or-later
"""Brings a database to this version's schema, in a process of its own: `python -m firmware.store.migrations FILE…`.

sqlite-utils costs 20 MB that a service would keep for its life; after the first start nothing needs it.
"""

from __future__ import annotations

import contextlib
import fcntl
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from firmware import modes
from firmware.errors import Unavailable

VERSIONS = {"config.db": 8, "history.db": 28}
"""How many migrations of `schema.py` each file has had when it is up to date (its `PRAGMA user_version`)."""
OLDEST = {"config.db": 8, "history.db": 24}
"""The oldest schema whose program can work with a file of this version: an update that is rolled back finds its files
migrated. Raise it with a migration that takes away or changes what an older program uses."""
_FOR = 10_000  # the file's `PRAGMA application_id` is this times its version, plus the oldest
_LIMIT_S = 60
_ROOT = Path(__file__).parents[2]


def ensure(path: Path) -> None:
    """Makes or migrates the database if need be. Unavailable when that fails; the file is then as it was."""
    wanted = VERSIONS[path.name]
    present, oldest = _versions(path)
    if present > wanted and oldest // _FOR == present and wanted >= oldest % _FOR:
        return
    if present > wanted:
        raise Unavailable(f"{path} was written by a newer Tipring (schema {present}, this one knows {wanted}). Update.")
    if present == wanted:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    import subprocess  # not kept in the memory of services that seldom need it

    command = [sys.executable, "-m", "firmware.store.migrations", str(path.resolve())]
    try:
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=_LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"Bringing {path} to this version took more than {_LIMIT_S} s.") from None
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Unavailable(f"{path} cannot be brought to this version: {reason}")


def _versions(path: Path) -> tuple[int, int]:
    """The file's schema version, and what it says of the oldest that can work with it; 0 when there is no file."""
    if not path.exists():
        return 0, 0
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=10)) as db:
            says = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id")]
            return int(says[0]), int(says[1])
    except sqlite3.Error as error:
        raise Unavailable(f"{path} cannot be read: {error}. Put a backup in its place.") from error


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One migration at a time: the core and the web may start together."""
    with path.with_suffix(".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate(path: Path) -> None:
    """Applies what is missing. The schema version is written last."""
    from sqlite_utils import Database

    from firmware.store.schema import SETS

    modes.make(path)
    with _alone(path), contextlib.closing(sqlite3.connect(path, timeout=10)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        SETS[path.name].apply(Database(connection))
        connection.execute(f"PRAGMA application_id = {VERSIONS[path.name] * _FOR + OLDEST[path.name]:d}")
        connection.execute(f"PRAGMA user_version = {VERSIONS[path.name]:d}")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        migrate(Path(name))
