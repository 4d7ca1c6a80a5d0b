# SPDX-License-Identifier: GPL-2.0-or-later
"""SMDR: each call that has ended goes as one line to a serial port, in its order, however long nobody reads there.

The `seq` of the last call that was told is kept in history.db: after a restart the next one follows. What was sent
right before a crash may be sent twice, but nothing is left out.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from firmware import times
from firmware.ids import uuid7
from firmware.records import Alarm, Cdr, Direction, Severity
from firmware.reports import smdr
from firmware.store import history, queries, rows
from firmware.store.connect import transaction
from firmware.uplink.document import Latest
from firmware.uplink.follower import Follower
from firmware.uplink.serial_line import SerialLine, Unplugged

log = logging.getLogger("smdr")

LOOK_S = 0.5
RETRY_S = 2.0
AWAY_S = 60.0  # a port that is away for longer is told
BATCH = 50  # calls between two commits of the place
PLACE = "smdr"  # among `uplink`
ALARM = "smdr_port"
DEFAULTS: dict[str, Any] = {
    "baud": 9600, "data_bits": 8, "parity": "none", "stop_bits": 1, "flow": "none", "line_end": "crlf",
    "internal": False, "format": smdr.FORMAT,
}  # fmt: skip


class SmdrSender(Follower):
    """Tells calls on the serial port. `away_s`: a port that is away for longer is an alarm."""

    def __init__(self, state: Path, retry_s: float = RETRY_S, look_s: float = LOOK_S, away_s: float = AWAY_S) -> None:
        super().__init__("smdr", state, retry_s, look_s)
        self._retry_s, self._away_s = retry_s, away_s
        self._away_since: float | None = None

    def _look(self, db: sqlite3.Connection, latest: Latest) -> None:
        document = latest.document()
        if "smdr" not in document:
            self._forget(db)
            return
        self._begin(db)
        try:
            with contextlib.closing(SerialLine(DEFAULTS | document["smdr"])) as port:
                self._stream(db, latest, port)
        except Unplugged as error:
            self._away(db, error)
            self._stopping.wait(self._retry_s)

    def _stream(self, db: sqlite3.Connection, latest: Latest, port: SerialLine) -> None:
        """Until the configuration changes."""
        document = latest.document()
        self._back(db)
        telling = _Telling(document)
        while not self._stopping.is_set() and latest.document() is document:
            asked = queries.ended_after(_place(db), BATCH)
            found = db.execute(asked.sql, asked.parameters).fetchall()
            told = self._tell(port, telling, found)
            if told:
                self._save(db, told)
            if told == (found[-1]["seq"] if found else None) and len(found) == BATCH:
                continue
            self._stopping.wait(self._look_s)

    def _tell(self, port: SerialLine, telling: _Telling, found: list[sqlite3.Row]) -> int | None:
        """The `seq` of the last one told. What the port does not take is told later."""
        told: int | None = None
        try:
            for row in found:
                text = telling.line(row)
                if text is not None and not port.write(text, self._stopping):
                    break
                told = row["seq"]
        except Unplugged:
            if told is None:
                raise
        return told

    # ---- the place -----------------------------------------------------------------------------

    def _save(self, db: sqlite3.Connection, seq: int) -> None:
        with transaction(db, self._path):
            db.execute("INSERT OR REPLACE INTO uplink (key, value) VALUES (?, ?)", (PLACE, str(seq)))

    def _begin(self, db: sqlite3.Connection) -> None:
        """The first call told is the first that ends from now on."""
        if db.execute("SELECT 1 FROM uplink WHERE key = ?", (PLACE,)).fetchone() is None:
            last = db.execute("SELECT coalesce(max(seq), 0) FROM calls WHERE seq > 0").fetchone()[0]
            self._save(db, last)

    def _forget(self, db: sqlite3.Connection) -> None:
        if db.execute("SELECT 1 FROM uplink WHERE key = ?", (PLACE,)).fetchone():
            with transaction(db, self._path):
                db.execute("DELETE FROM uplink WHERE key = ?", (PLACE,))
            self._back(db)

    # ---- the alarm -----------------------------------------------------------------------------

    def _away(self, db: sqlite3.Connection, why: Unplugged) -> None:
        log.debug("the serial port cannot be used: %s", why)
        self._away_since = self._away_since or time.monotonic()
        if time.monotonic() - self._away_since < self._away_s:
            return
        text = "The serial port of SMDR cannot be used. Calls are kept and told later; check its cable and [smdr]."
        with transaction(db, self._path):
            history.alarm_raised(db, Alarm(uuid7(), ALARM, Severity.WARNING, text, times.now()), cloud=True)

    def _back(self, db: sqlite3.Connection) -> None:
        self._away_since = None
        for alarm in history.standing_alarms(db):
            if alarm.kind == ALARM:
                with transaction(db, self._path):
                    history.alarm_cleared(db, alarm.id, times.now(), cloud=True)


def _place(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT value FROM uplink WHERE key = ?", (PLACE,)).fetchone()["value"])


class _Telling:
    """How calls are told, by one configuration."""

    def __init__(self, document: dict[str, Any]) -> None:
        settings = DEFAULTS | document["smdr"]
        self._format, self._internal = settings["format"], settings["internal"]
        self._zone = ZoneInfo(document.get("site", {}).get("timezone", "UTC"))
        self._homes = {agent["id"]: agent.get("extension", "") for agent in document.get("agent", [])}
        self._extensions = {extension["number"] for extension in document.get("extension", [])}

    def line(self, row: sqlite3.Row) -> str | None:
        """None for a call that is not told."""
        cdr = rows.cdr(row, ())
        if cdr.direction == Direction.INTERNAL and not self._internal:
            return None
        return smdr.line(self._format, cdr, self._extension(cdr), row["disposition_code"] or "", self._zone)

    def _extension(self, cdr: Cdr) -> str:
        if cdr.direction != Direction.INBOUND:
            return cdr.from_number
        home = self._homes.get(cdr.agent or "", "")
        return home or (cdr.to_number if cdr.to_number in self._extensions else "") or cdr.agent or ""
