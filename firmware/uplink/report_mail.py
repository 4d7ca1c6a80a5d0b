# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports that go out by themselves, each day, week or month, in a thread of the uplink.

What was sent last is kept in history.db: a report is sent once, or twice after a crash in the wrong moment, not never.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import Any

from firmware import times
from firmware.ids import uuid7
from firmware.records import Alarm, Severity
from firmware.reports import periods
from firmware.reports.choice import FILTERS, By, Choice, Of, Office
from firmware.store import history
from firmware.store.connect import transaction
from firmware.uplink import smtp
from firmware.uplink.document import Latest
from firmware.uplink.follower import Follower

log = logging.getLogger("reports")

LOOK_S = 5.0
RETRY_S = (30.0, 3600.0)
GIVE_UP_S = 4 * 86400.0
KEY = "report:"  # before a report's name, among `uplink`
UNSENT = "report_unsent:"  # before its name, as an alarm
DEFAULTS: dict[str, Any] = {"every": "day", "at": "07:00", "of": "queues", "by": "queue"}


class ReportMailer(Follower):
    """Sends reports whose period has ended."""

    def __init__(self, state: Path, retry_s: tuple[float, float] = RETRY_S, look_s: float = LOOK_S) -> None:
        super().__init__("reports", state, retry_s[0], look_s)
        self._retry_s = retry_s
        self._tries: dict[str, int] = {}
        self._next: dict[str, float] = {}

    def _look(self, db: sqlite3.Connection, latest: Latest) -> None:
        self.look(db, latest.document(), times.now())

    def look(self, db: sqlite3.Connection, document: dict[str, Any], now: datetime) -> None:
        """Sends each report whose period has ended."""
        for settings in document.get("report", []):
            wanted = DEFAULTS | settings
            office = Office.of(document)
            at = clock_time.fromisoformat(wanted["at"])
            first, end = periods.last(wanted["every"], at, office.clock, now)
            sent = _sent(db, wanted["name"])
            if sent is None:
                self._save(db, wanted["name"], end)  # it begins with the period that goes on now
            elif sent < end and time.monotonic() >= self._next.get(wanted["name"], 0.0):
                self._one(db, document, office, wanted, first, end, now)

    def _one(
        self, db: sqlite3.Connection, document: dict[str, Any], office: Office, wanted: dict[str, Any], first: date,
        end: date, now: datetime,
    ) -> None:  # fmt: skip
        name = wanted["name"]
        try:
            if "mail" not in document:
                raise OSError("no mail server is configured")
            smtp.send(document["mail"], _mail(db, document, office, wanted, first, end))
        except smtp.Never as error:
            self._failed(db, name, error, True, end)
        except OSError as error:
            due = datetime.combine(end, clock_time.fromisoformat(wanted["at"]), office.clock.zone)
            self._failed(db, name, error, (now - due.astimezone(UTC)).total_seconds() > GIVE_UP_S, end)
        else:
            log.info("the report %s of %s was sent", name, first)
            self._tries.pop(name, None)
            self._save(db, name, end)
            self._clear(db, name)

    def _failed(self, db: sqlite3.Connection, name: str, error: Exception, for_good: bool, end: date) -> None:
        log.warning("the report %s was not sent: %s", name, error)
        tries = self._tries[name] = self._tries.get(name, 0) + 1
        first, longest = self._retry_s
        self._next[name] = time.monotonic() + min(longest, first * 2.0 ** (tries - 1))
        if for_good:
            self._save(db, name, end)
            self._tries.pop(name)
        if for_good or tries >= 3:
            text = f"The report {name} cannot be sent by e-mail. Check its addresses and [mail]."
            with transaction(db, self._path):
                alarm = Alarm(uuid7(), f"{UNSENT}{name}", Severity.WARNING, text, times.now())
                history.alarm_raised(db, alarm, cloud=True)

    def _save(self, db: sqlite3.Connection, name: str, end: date) -> None:
        with transaction(db, self._path):
            values = (f"{KEY}{name}", json.dumps({"until": end.isoformat()}))
            db.execute("INSERT OR REPLACE INTO uplink (key, value) VALUES (?, ?)", values)

    def _clear(self, db: sqlite3.Connection, name: str) -> None:
        for alarm in history.standing_alarms(db):
            if alarm.kind == f"{UNSENT}{name}":
                with transaction(db, self._path):
                    history.alarm_cleared(db, alarm.id, times.now(), cloud=True)


def _sent(db: sqlite3.Connection, name: str) -> date | None:
    """Up to which day a report was sent."""
    row = db.execute("SELECT value FROM uplink WHERE key = ?", (f"{KEY}{name}",)).fetchone()
    return date.fromisoformat(json.loads(row["value"])["until"]) if row else None


def _mail(
    db: sqlite3.Connection, document: dict[str, Any], office: Office, wanted: dict[str, Any], first: date, end: date
) -> Any:
    from firmware.reports import mail_page  # only here: most boxes send none
    from firmware.reports.report import report

    site = document.get("site", {})
    filters = {name: wanted[name] for name in FILTERS if wanted.get(name)}
    span = (office.clock.midnight(first), office.clock.midnight(end))
    choice = Choice(*span, Of(wanted["of"]), By(wanted["by"]), filters)
    return mail_page.compose(
        report(db, choice, office, times.now()),
        name=wanted["name"],
        first=first,
        end=end,
        sender=document["mail"]["sender"],
        site=site.get("name", "Tipring"),
        to=list(wanted["to"]),
        language=wanted.get("language") or site.get("language", "en"),
        agents={agent["id"]: agent.get("name") or agent["id"] for agent in document.get("agent", [])},
        id=f"report-{wanted['name']}-{end}",
        at=times.now().astimezone(office.clock.zone),
    )
