# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends messages of voicemail boxes by e-mail, in a thread of the uplink: mail servers may hang, calls never wait.

What is to be sent is in `mails` of history.db, written with the message itself: it may be sent twice, never not at all.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from firmware import times
from firmware.ids import uuid7
from firmware.records import Alarm, Message, Severity
from firmware.store import history, message_files, voicemail
from firmware.store.connect import transaction
from firmware.uplink import smtp
from firmware.uplink.document import Latest
from firmware.uplink.follower import Follower
from firmware.uplink.mail_text import compose

log = logging.getLogger("mail")

LOOK_S = 1.0
RETRY_S = (30.0, 3600.0)
MOST_TRIES = 100  # four days
TELL_AFTER = 3  # tries, then a person is told
UNSENT, REFUSED = "mail_unsent", "mail_refused"


class Mailer(Follower):
    """Sends voicemail that is due."""

    def __init__(self, state: Path, retry_s: tuple[float, float] = RETRY_S, look_s: float = LOOK_S) -> None:
        super().__init__("mail", state, retry_s[0], look_s)
        self._folder, self._retry_s = state / "voicemail", retry_s

    def _look(self, db: sqlite3.Connection, latest: Latest) -> None:
        due = voicemail.mails_due(db, times.now())
        document = latest.document() if due else {}
        if document.get("mail"):
            for message, address, tries in due:
                self._one(db, document, message, address, tries)

    def _one(
        self, db: sqlite3.Connection, document: dict[str, Any], message: Message, address: str, tries: int
    ) -> None:
        try:
            audio = message_files.sound_path(self._folder, message).read_bytes()
        except OSError:
            self._done(db, voicemail.mailed, message.id)  # it was deleted
            return
        try:
            _send(document, message, address, audio)
        except (smtp.Never, OSError) as error:
            self._failed(db, message, tries, error)
        else:
            log.info("message %s was sent to %s", message.id, address)
            self._done(db, voicemail.mailed, message.id)

    def _done(self, db: sqlite3.Connection, what: Callable[..., None], id: str) -> None:
        with transaction(db, self._path):
            what(db, id)
            for alarm in history.standing_alarms(db):
                if alarm.kind == UNSENT:
                    history.alarm_cleared(db, alarm.id, times.now(), cloud=True)

    def _failed(self, db: sqlite3.Connection, message: Message, tries: int, error: Exception) -> None:
        log.warning("message %s was not sent: %s", message.id, error)
        first, longest = self._retry_s
        with transaction(db, self._path):
            if isinstance(error, smtp.Never) or tries >= MOST_TRIES:
                voicemail.park_mail(db, message.id, str(error)[:500])
                _alarm(
                    db, REFUSED, f"The mail server refuses messages of the mailbox {message.box}. Check its address."
                )
                return
            voicemail.mail_later(db, message.id, times.now() + timedelta(seconds=min(longest, first * 2.0**tries)))
            if tries + 1 >= TELL_AFTER:
                _alarm(
                    db, UNSENT, "Messages cannot be sent by e-mail now. They are kept and tried again. Check [mail]."
                )


def _alarm(db: sqlite3.Connection, kind: str, text: str) -> None:
    history.alarm_raised(db, Alarm(uuid7(), kind, Severity.WARNING, text, times.now()), cloud=True)


def _send(document: dict[str, Any], message: Message, address: str, audio: bytes) -> None:
    """smtp.Never or OSError."""
    settings, site = document["mail"], document.get("site", {})
    mail = compose(
        message,
        audio,
        sender=settings["sender"],
        site=site.get("name", "Tipring"),
        to=address,
        box=_words(document, message.box),
        language=site.get("language", "en"),
        at=_local(message.started_at, site.get("timezone", "UTC")),
    )
    smtp.send(settings, mail)


def _words(document: dict[str, Any], box: str) -> str:
    names = {item.get("number"): item.get("name", "") for item in document.get("extension", [])}
    return " ".join(filter(None, (box, names.get(box, ""))))


def _local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))
