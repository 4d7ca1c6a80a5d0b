# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the edge keeps its files, and the databases that Kamailio reads."""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from firmware import modes
from firmware.store.connect import open_for_writing, transaction, unavailable

REALM = "tipring"
"""In every digest: a change makes all phones' passwords wrong."""

_PHONES = "CREATE TABLE IF NOT EXISTS phones (login TEXT PRIMARY KEY, ha1 TEXT NOT NULL, extension TEXT NOT NULL)"

# Kamailio's usrloc writes these columns; it takes a time only from a column declared DATETIME (5.6, db_sqlite).
_LOCATION = """
CREATE TABLE IF NOT EXISTS location (
    id INTEGER PRIMARY KEY, ruid TEXT NOT NULL DEFAULT '' UNIQUE, username TEXT NOT NULL DEFAULT '', domain TEXT,
    contact TEXT NOT NULL DEFAULT '', received TEXT, path TEXT, expires DATETIME NOT NULL, q REAL NOT NULL DEFAULT 1.0,
    callid TEXT NOT NULL, cseq INTEGER NOT NULL DEFAULT 1, last_modified DATETIME NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0, cflags INTEGER NOT NULL DEFAULT 0, user_agent TEXT NOT NULL DEFAULT '',
    socket TEXT, methods INTEGER, instance TEXT, reg_id INTEGER NOT NULL DEFAULT 0,
    server_id INTEGER NOT NULL DEFAULT 0, connection_id INTEGER NOT NULL DEFAULT 0,
    keepalive INTEGER NOT NULL DEFAULT 0, partition INTEGER NOT NULL DEFAULT 0
)"""

_PRESENCE_SQL = Path("/usr/share/kamailio/db_sqlite")


@dataclass(frozen=True, slots=True)
class EdgeFiles:
    """Everything under STATE/edge."""

    state: Path

    @property
    def folder(self) -> Path:
        return self.state / "edge"

    @property
    def config(self) -> Path:
        return self.folder / "kamailio.cfg"

    @property
    def tls(self) -> Path:
        return self.folder / "tls.cfg"

    @property
    def addresses(self) -> Path:
        """Networks that are trusted, and providers."""
        return self.folder / "addresses"

    @property
    def rpc(self) -> Path:
        return self.folder / "rpc"

    @property
    def phones(self) -> Path:
        return self.folder / "phones" / "phones.db"

    @property
    def location(self) -> Path:
        return self.folder / "location" / "location.db"

    @property
    def presence(self) -> Path:
        return self.folder / "presence" / "presence.db"

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def key(self) -> Path:
        return self.folder / "key.pem"

    def secret(self) -> str:
        """What edge and core know each other by; made at the first question."""
        file = self.folder / "secret"
        self.folder.mkdir(mode=modes.folder(), exist_ok=True)
        with contextlib.suppress(FileExistsError), file.open("x") as new:
            file.chmod(modes.file())
            new.write(secrets.token_hex(16))
        return file.read_text()

    def prepare(self) -> None:
        """Makes folders and databases that are not there. Unavailable when the disk does not let us."""
        for database in (self.phones, self.location, self.presence):
            database.parent.mkdir(mode=modes.folder(), parents=True, exist_ok=True)
        for database, schema in ((self.phones, _PHONES), (self.location, _LOCATION)):
            with contextlib.closing(open_for_writing(database)) as db, unavailable(database):
                db.execute(schema)
        with contextlib.closing(open_for_writing(self.presence)) as db, unavailable(self.presence):
            _make_presence_tables(db, self.presence)

    def forget_devices(self, extensions: Iterable[str]) -> None:
        """Ends registrations while Kamailio does not run."""
        with contextlib.closing(open_for_writing(self.location)) as db, transaction(db, self.location):
            db.executemany("DELETE FROM location WHERE username = ?", [(number,) for number in extensions])


def _make_presence_tables(db: sqlite3.Connection, path: Path) -> None:
    """By Kamailio's own scripts: it checks names and version numbers, and keeps nothing in them. Core and edge may both
    come here at the first start, and what was cut half way is made anew."""
    script = "".join((_PRESENCE_SQL / f"{name}-create.sql").read_text() for name in ("standard", "presence"))
    wanted = set(re.findall(r"CREATE TABLE (\w+)", script))
    if wanted <= _tables(db):
        return
    with transaction(db, path):
        there = _tables(db)
        if wanted <= there:  # the other one's, meanwhile
            return
        for statement in (*(f"DROP TABLE {name}" for name in there), *script.split(";")):  # none has one within
            db.execute(statement)


def _tables(db: sqlite3.Connection) -> set[str]:
    rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {row["name"] for row in rows}


def ha1(login: str, password: str) -> str:
    """What digest makes of a password (RFC 2617, 3.2.2.2)."""
    return hashlib.md5(f"{login}:{REALM}:{password}".encode(), usedforsecurity=False).hexdigest()


def write_phones(database: Path, passwords: Iterable[tuple[str, str]]) -> list[str]:
    """Makes (extension, password) those that may register. The extensions that may not any more, or not with that
    password. Kamailio sees it at the next request."""
    wanted = {number: ha1(number, password) for number, password in passwords}
    with contextlib.closing(open_for_writing(database)) as db, transaction(db, database):
        known = {row["extension"]: row["ha1"] for row in db.execute("SELECT extension, ha1 FROM phones")}
        gone = [number for number, digest in known.items() if wanted.get(number) != digest]
        db.executemany("DELETE FROM phones WHERE login = ?", [(number,) for number in gone])
        new = [(number, digest, number) for number, digest in wanted.items() if known.get(number) != digest]
        db.executemany("INSERT INTO phones (login, ha1, extension) VALUES (?, ?, ?)", new)
    return gone
