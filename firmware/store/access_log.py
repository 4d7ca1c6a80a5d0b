# SPDX-License-Identifier: GPL-2.0-or-later
"""Who came in, who was kept out, and what was changed about who may."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from firmware import times
from firmware.store import migrations
from firmware.store.connect import open_for_writing, transaction, unavailable

KEPT = 10_000  # entries; older ones make room


@dataclass(frozen=True, slots=True)
class Entry:
    """`what` is a word: login, refused, locked, logout, password, role, user, token, passkey, totp, session,
    certificate, let_in, far_away."""

    id: int
    at: datetime
    who: str
    what: str
    detail: str
    address: str

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "id": self.id, "at": times.iso(self.at), "who": self.who, "what": self.what, "detail": self.detail,
            "address": self.address,
        }  # fmt: skip


class AccessLog:
    """In config.db. Every method can raise Unavailable."""

    def __init__(self, state: Path) -> None:
        self.path = state / "config.db"
        migrations.ensure(self.path)

    def write(self, who: str, what: str, detail: str = "", address: str = "") -> None:
        """Keeps an entry, on the disk when this returns."""
        values = (times.iso(times.now()), who[:64], what, detail, address)
        with contextlib.closing(open_for_writing(self.path)) as db, unavailable(self.path), transaction(db, self.path):
            sql = "INSERT INTO access_log (at, who, what, detail, address) VALUES (?, ?, ?, ?, ?) RETURNING id"
            last = db.execute(sql, values).fetchone()["id"]
            db.execute("DELETE FROM access_log WHERE id <= ?", (last - KEPT,))

    def entries(self, limit: int = 50, before: int | None = None) -> list[Entry]:
        """The last ones, the newest first; those before an entry."""
        sql = "SELECT * FROM access_log WHERE id < ? ORDER BY id DESC LIMIT ?"
        with contextlib.closing(open_for_writing(self.path)) as db, unavailable(self.path):
            found = db.execute(sql, (2**62 if before is None else before, limit)).fetchall()
        return [Entry(**{**dict(row), "at": times.parse(row["at"])}) for row in found]
