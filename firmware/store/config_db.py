# SPDX-License-Identifier: GPL-2.0-or-later
"""config.db: each applied configuration is one row, kept for ever."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firmware import times
from firmware.errors import Conflict, NotFound
from firmware.ids import uuid7
from firmware.store import config_trial
from firmware.store.config_file import ConfigFile
from firmware.store.config_trial import Trial
from firmware.store.connect import transaction

_COLUMNS = "id, at, author, document"
_CHOICES = "choices:"  # and an extension's number: what people chose for it
_PHONE = "phone:"  # and an extension's number: keys of generated passwords in the table `box`


@dataclass(frozen=True, slots=True)
class Revision:
    """One configuration as it was applied. `document` is what the TOML file would hold."""

    id: int
    at: datetime
    author: str
    document: dict[str, Any]


def canonical(document: dict[str, Any]) -> str:
    """The one JSON text of a document: sorted keys, no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def no_trial() -> NotFound:
    """There is nothing to keep or to take back."""
    return NotFound("Nothing is on trial: what is in force stays.", code="no_trial")


def second_trial(standing: Trial) -> Conflict:
    """There is one already."""
    return Conflict(
        f"A change by {standing.author} is on trial. Keep it or go back first, then try the next one.",
        code="trial_stands",
    )


def _revision(row: sqlite3.Row) -> Revision:
    return Revision(row["id"], times.parse(row["at"]), row["author"], json.loads(row["document"]))


class ConfigDb(ConfigFile):
    """The configurations of a state directory."""

    def current(self) -> Revision:
        """The configuration in force. NotFound (`no_config`) before the first one is applied."""
        with self._open() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM revisions ORDER BY id DESC LIMIT 1").fetchone()  # noqa: S608
        if row is None:
            raise NotFound("No configuration has been applied yet; use tipring config apply FILE.", code="no_config")
        return _revision(row)

    def apply(
        self, document: dict[str, Any], author: str, expected: int | None = None, *, trial_s: float | None = None,
        ends_trial: bool = False,
    ) -> Revision:  # fmt: skip
        """Keeps a checked document as the one in force, on the disk when this returns; for `trial_s` on trial.

        `expected` is the revision it was made from (0: none yet): Conflict (`config_conflict`) when it is not the last.
        Conflict (`trial_stands`) for a second trial.
        """
        text, at = canonical(document), times.iso(times.now())
        with self._open() as db, transaction(db, self.path):
            last = db.execute("SELECT coalesce(max(id), 0) FROM revisions").fetchone()[0]
            if expected is not None and expected != last:
                message = f"The configuration was changed meanwhile (revision {last}, yours is made from {expected})."
                raise Conflict(f"{message} Load it again and repeat your change.", code="config_conflict")
            row = db.execute(
                f"INSERT INTO revisions (at, author, document) VALUES (?, ?, ?) RETURNING {_COLUMNS}",  # noqa: S608
                (at, author, text),
            ).fetchone()
            if ends_trial:
                config_trial.end(db)
            if trial_s is not None:
                if standing := config_trial.standing(db):
                    raise second_trial(standing)
                config_trial.begin(db, row["id"], last, author, trial_s)
        return _revision(row)

    def trial(self) -> Trial | None:
        """The change that stands on trial."""
        with self._open() as db:
            return config_trial.standing(db)

    def confirm(self) -> Trial:
        """What stands on trial stays. NotFound (`no_trial`)."""
        with self._open() as db, transaction(db, self.path):
            if (found := config_trial.standing(db)) is None:
                raise no_trial()
            config_trial.end(db)
        return found

    def revision(self, id: int) -> Revision:
        """One configuration of the past. NotFound."""
        with self._open() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM revisions WHERE id = ?", (id,)).fetchone()  # noqa: S608
        if row is None:
            raise NotFound(f"There is no configuration revision {id}.")
        return _revision(row)

    def revisions(self, limit: int = 50, before: int | None = None) -> list[Revision]:
        """The last configurations, newest first; those older than revision `before`."""
        query = f"SELECT {_COLUMNS} FROM revisions WHERE id < ? ORDER BY id DESC LIMIT ?"  # noqa: S608
        with self._open() as db:
            rows = db.execute(query, (sys.maxsize if before is None else before, limit))
            return [_revision(row) for row in rows]

    def clean(self, cleaned: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
        """Changes every configuration that was ever in force, for what the law wants forgotten; how many differ."""
        with self._open() as db, transaction(db, self.path):
            found = db.execute("SELECT id, document FROM revisions").fetchall()
            changed = [(canonical(cleaned(json.loads(row["document"]))), row["id"], row["document"]) for row in found]
            differ = [(text, id) for text, id, before in changed if text != before]
            db.executemany("UPDATE revisions SET document = ? WHERE id = ?", differ)
        return len(differ)

    def remember_ports(self, ports: Collection[str]) -> None:
        """Notes which ports the box has, for checks while the core is down."""
        text = json.dumps(sorted(ports))
        with self._open() as db:
            row = db.execute("SELECT value FROM box WHERE key = 'ports'").fetchone()
            if row is None or row["value"] != text:
                db.execute("INSERT OR REPLACE INTO box (key, value) VALUES ('ports', ?)", (text,))

    def box_id(self) -> str:
        """The identity of this box: a UUID, made at the first question."""
        with self._open() as db:
            db.execute("INSERT OR IGNORE INTO box (key, value) VALUES ('id', ?)", (uuid7(),))
            return str(db.execute("SELECT value FROM box WHERE key = 'id'").fetchone()["value"])

    def ports(self) -> list[str] | None:
        """The ports that the core last had; None when it has never run."""
        with self._open() as db:
            row = db.execute("SELECT value FROM box WHERE key = 'ports'").fetchone()
        return json.loads(row["value"]) if row else None

    # ---- generated passwords of phones ---------------------------------------------------------------

    def phone_passwords(self) -> dict[str, str]:
        """Of each extension that has one."""
        with self._open() as db:
            rows = db.execute("SELECT key, value FROM box WHERE key LIKE ?", (f"{_PHONE}%",)).fetchall()
        return {row["key"].removeprefix(_PHONE): row["value"] for row in rows}

    def keep_phone_password(self, number: str, password: str) -> str:
        """Keeps it unless the extension has one already; the one that it has now."""
        with self._open() as db:
            db.execute("INSERT OR IGNORE INTO box (key, value) VALUES (?, ?)", (_PHONE + number, password))
            return str(db.execute("SELECT value FROM box WHERE key = ?", (_PHONE + number,)).fetchone()["value"])

    def forget_phone_password(self, number: str) -> None:
        """The next one is another."""
        with self._open() as db:
            db.execute("DELETE FROM box WHERE key = ?", (_PHONE + number,))

    # ---- what people chose for their extensions ------------------------------------------------------

    def choices(self) -> dict[str, dict[str, Any]]:
        """Of each extension that has any."""
        with self._open() as db:
            rows = db.execute("SELECT key, value FROM box WHERE key LIKE ?", (f"{_CHOICES}%",)).fetchall()
        return {row["key"].removeprefix(_CHOICES): json.loads(row["value"]) for row in rows}

    def keep_choices(self, number: str, chosen: Mapping[str, Any]) -> None:
        """Those of one extension, in place of its former ones; none: it has what the configuration says."""
        with self._open() as db:
            if chosen:
                row = (_CHOICES + number, json.dumps(chosen, ensure_ascii=False))
                db.execute("INSERT OR REPLACE INTO box (key, value) VALUES (?, ?)", row)
            else:
                db.execute("DELETE FROM box WHERE key = ?", (_CHOICES + number,))
