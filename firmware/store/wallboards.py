# SPDX-License-Identifier: GPL-2.0-or-later
"""Links by which a screen on the wall shows some queues, and nothing else, without a log-in; in config.db."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firmware import times
from firmware.errors import Conflict, Invalid, NotFound
from firmware.ids import uuid7
from firmware.store.access import hash_of
from firmware.store.config_file import ConfigFile

MOST = 100
NAME_LENGTH = 64
_INSERT = """INSERT INTO wallboards (id, hash, name, queues, author, created_at)
             SELECT ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM wallboards) < ?"""


@dataclass(frozen=True, slots=True)
class Link:
    """Without its secret. `name` says where the screen is."""

    id: str
    name: str
    queues: tuple[str, ...]
    author: str
    created_at: datetime

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "id": self.id, "name": self.name, "queues": list(self.queues), "author": self.author,
            "created_at": times.iso(self.created_at),
        }  # fmt: skip


def _link(row: sqlite3.Row) -> Link:
    queues = tuple(json.loads(row["queues"]))
    return Link(row["id"], row["name"], queues, row["author"], times.parse(row["created_at"]))


class Wallboards(ConfigFile):
    """Of the secrets only SHA-256 hashes are kept: they are 192 random bits."""

    def create(self, name: str, queues: Iterable[str], author: str) -> tuple[Link, str]:
        """A new link and its secret, which is shown this once. Invalid; Conflict when there are `MOST`."""
        name, chosen = name.strip(), tuple(dict.fromkeys(queues))
        if not name or len(name) > NAME_LENGTH or not name.isprintable():
            raise Invalid(f"Say where the screen is, in at most {NAME_LENGTH} characters.", field="name")
        if not chosen:
            raise Invalid("Choose at least one queue.", field="queues")
        secret, link = secrets.token_urlsafe(24), Link(uuid7(), name, chosen, author, times.now())
        values = (link.id, hash_of(secret), name, json.dumps(chosen), author, times.iso(link.created_at))
        with self._open() as db:
            if not db.execute(_INSERT, (*values, MOST)).rowcount:
                raise Conflict(f"There are {MOST} links; revoke one that is not used.", code="too_many_wallboards")
        return link, secret

    def find(self, secret: str) -> Link | None:
        """The link of a secret; None when there is none, or it was revoked."""
        with self._open() as db:
            row = db.execute("SELECT * FROM wallboards WHERE hash = ?", (hash_of(secret),)).fetchone()
        return _link(row) if row else None

    def all(self) -> list[Link]:
        """Oldest first."""
        with self._open() as db:
            return [_link(row) for row in db.execute("SELECT * FROM wallboards ORDER BY id")]

    def revoke(self, id: str) -> Link:
        """It is void from now on. NotFound."""
        with self._open() as db:
            row = db.execute("DELETE FROM wallboards WHERE id = ? RETURNING *", (id,)).fetchone()
        if row is None:
            raise NotFound(f"There is no link {id}.", code="no_such_wallboard")
        return _link(row)
