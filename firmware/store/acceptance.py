# SPDX-License-Identifier: GPL-2.0-or-later
"""The acceptance in config.db: what was seen, what was left out, the certificates, and the key that signs them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from firmware import times
from firmware.acceptance.check import Result, Seen
from firmware.errors import NotFound
from firmware.store.config_file import ConfigFile
from firmware.store.connect import transaction

KEY = "acceptance_key"  # in the table `box`
KEPT = 50  # certificates

Json = dict[str, Any]


class AcceptanceFile(ConfigFile):
    """On the disk when a method returns."""

    def see(self, seen: Seen) -> None:
        """In place of what was known of the check; what was seen and what was left out are kept apart."""
        values = (seen.check, seen.result is Result.LEFT_OUT, seen.result.value, times.iso(seen.at), seen.by, seen.text,
                  json.dumps(dict(seen.data)))  # fmt: skip
        with self._open() as db, transaction(db, self.path):
            db.execute("INSERT OR REPLACE INTO acceptance_seen VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def forget(self, check: str) -> None:
        """A decision to leave it out is taken back."""
        with self._open() as db, transaction(db, self.path):
            db.execute('DELETE FROM acceptance_seen WHERE "check" = ? AND left_out', (check,))

    def begin_again(self) -> None:
        """Nothing was seen; certificates stay."""
        with self._open() as db, transaction(db, self.path):
            db.execute("DELETE FROM acceptance_seen")

    def seen(self) -> tuple[dict[str, Seen], dict[str, Seen]]:
        """By check: what was seen, and what was left out."""
        with self._open() as db:
            rows = db.execute("SELECT * FROM acceptance_seen").fetchall()
        found: tuple[dict[str, Seen], dict[str, Seen]] = ({}, {})
        for row in rows:
            at, data = times.parse(row["at"]), json.loads(row["data"])
            seen = Seen(row["check"], Result(row["result"]), at, row["by"], row["text"], data)
            found[row["left_out"]][seen.check] = seen
        return found

    def keep(self, certificate: Json) -> None:
        """One more; the oldest make room."""
        values = (certificate["id"], certificate["issued_at"], json.dumps(certificate, ensure_ascii=False))
        with self._open() as db, transaction(db, self.path):
            db.execute("INSERT INTO acceptance_certificates VALUES (?, ?, ?)", values)
            old = "SELECT id FROM acceptance_certificates ORDER BY id DESC LIMIT -1 OFFSET ?"
            db.execute(f"DELETE FROM acceptance_certificates WHERE id IN ({old})", (KEPT,))  # noqa: S608

    def certificates(self) -> list[Json]:
        """Newest first."""
        with self._open() as db:
            rows = db.execute("SELECT document FROM acceptance_certificates ORDER BY id DESC").fetchall()
        return [json.loads(row["document"]) for row in rows]

    def certificate(self, id: str) -> Json:
        """One of them. NotFound (`no_such_certificate`)."""
        with self._open() as db:
            row = db.execute("SELECT document FROM acceptance_certificates WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise NotFound(f"There is no acceptance certificate {id}.", code="no_such_certificate", field="id")
        found: Json = json.loads(row["document"])
        return found

    def key(self, new: Callable[[], bytes]) -> bytes:
        """The box's own, made by `new` at the first question."""
        with self._open() as db:
            made = base64.b64encode(new()).decode()
            db.execute("INSERT OR IGNORE INTO box (key, value) VALUES (?, ?)", (KEY, made))
            return base64.b64decode(db.execute("SELECT value FROM box WHERE key = ?", (KEY,)).fetchone()["value"])
