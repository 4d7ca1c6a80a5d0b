# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends events to webhooks, signed, each in a queue of its own: what one receiver does not take holds up no other one.

What waits is in history.db: it may be sent twice (the receiver knows it by its id), never not at all within a week.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import logging
import sqlite3
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from firmware import times
from firmware.ids import uuid7
from firmware.records import Alarm, Severity
from firmware.store import history, webhooks
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing, transaction
from firmware.store.outbox import Item
from firmware.store.webhooks import DONE, FAILED, WAITING, Delivery, Health
from firmware.uplink.backoff import Backoff
from firmware.uplink.cloud import cloud_event
from firmware.uplink.document import Latest
from firmware.uplink.follower import Follower
from firmware.uplink.peer import Connect, Peer, Refused, Request, TryAgain
from firmware.uplink.reach import connect_outside

log = logging.getLogger("webhooks")

LOOK_S = 0.5
PAUSE_S = 5.0
LONGEST_S = 900.0  # between two tries
ANSWER_S = 15.0
BATCH = 20
GIVE_UP_DAYS = 5
AT_ONCE = 8  # receivers that are sent to at the same time
GONE = 410
DISABLED = "webhook_disabled:"  # before its name, as an alarm
FORGET_EVERY_S = 600.0


def signed(secret: str, id: str, at: int, body: bytes) -> dict[str, str]:
    """Headers of Standard Webhooks 1.0: HMAC-SHA256 over `id.at.body`; `at` is seconds since 1970."""
    digest = hmac.new(_key(secret), f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": id, "webhook-timestamp": str(at), "webhook-signature": signature}


def _key(secret: str) -> bytes:
    """`whsec_` is before a key in Base64 (the configuration's check saw to it); any other text is the key itself."""
    if secret.startswith("whsec_"):
        return base64.b64decode(secret.removeprefix("whsec_"))
    return secret.encode()


class WebhookSender(Follower):
    """Of all webhooks. `connect` opens sockets; `longest_s` is the longest pause between two tries."""

    def __init__(
        self, state: Path, connect: Connect = connect_outside, look_s: float = LOOK_S, longest_s: float = LONGEST_S
    ) -> None:
        super().__init__("webhooks", state, PAUSE_S, look_s)
        self._source = f"urn:uuid:{ConfigDb(state).box_id()}"
        self._connect, self._longest_s = connect, longest_s
        self._receivers: dict[str, _Receiver] = {}
        self._forget_at = 0.0

    def _look(self, db: sqlite3.Connection, latest: Latest) -> None:
        wanted = {item["name"]: item for item in latest.document().get("webhook", [])}
        for name in set(self._receivers) - set(wanted):
            del self._receivers[name]
        for name, settings in wanted.items():
            known = self._receivers.get(name)
            if known is None or known.settings != settings:
                self._receivers[name] = _Receiver(
                    settings, self._source, self._path, Backoff(self._longest_s), self._connect
                )
        due = [receiver for receiver in self._receivers.values() if receiver.is_due(db)]
        if due:
            with ThreadPoolExecutor(AT_ONCE, "webhook") as pool:
                list(pool.map(_Receiver.send_waiting, due))  # raises what one of them raised
        if time.monotonic() >= self._forget_at:
            self._forget_at = time.monotonic() + FORGET_EVERY_S
            with transaction(db, self._path):
                webhooks.forget_old(db, times.now())


class _Receiver:
    """One webhook."""

    def __init__(
        self, settings: Mapping[str, Any], source: str, path: Path, backoff: Backoff, connect: Connect
    ) -> None:
        self.settings, self._name = settings, settings["name"]
        self._source, self._path, self._backoff = source, path, backoff
        self._connect = connect
        self._not_before = 0.0

    def is_due(self, db: sqlite3.Connection) -> bool:
        """Whether something waits, and may be tried now."""
        if time.monotonic() < self._not_before or not webhooks.waiting(db, self._name, 1):
            return False
        return not webhooks.health(db, self._name).disabled_at

    def send_waiting(self) -> None:
        """What waits, until it is all sent or one fails. Unavailable."""
        with (
            contextlib.closing(open_for_writing(self._path)) as db,
            contextlib.closing(Peer(self.settings["url"], self._connect)) as peer,
        ):
            for delivery in webhooks.waiting(db, self._name, BATCH):
                if not self._sent(db, peer, delivery):
                    return

    def _sent(self, db: sqlite3.Connection, peer: Peer, delivery: Delivery) -> bool:
        """False when it has to be tried again."""
        try:
            status = self._post(peer, delivery)
        except (Refused, TryAgain) as error:
            self._failed(db, delivery, error)
            return False
        now = times.now()
        with transaction(db, self._path):
            webhooks.tried(db, delivery.id, DONE, status, "", now)
            webhooks.set_health(db, self._name, Health())
            _clear(db, self._name)
        self._backoff.reset()
        return True

    def _post(self, peer: Peer, delivery: Delivery) -> int:
        item = Item(0, delivery.event, "event", delivery.type, delivery.subject, delivery.time, dict(delivery.data))
        body = json.dumps(cloud_event(item, self._source), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/cloudevents+json"}
        headers |= signed(self.settings["secret"], delivery.event, int(time.time()), body)
        parts = urlsplit(self.settings["url"])
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return peer.request(Request("POST", target, body, len(body), headers, ANSWER_S))

    def _failed(self, db: sqlite3.Connection, delivery: Delivery, error: Refused | TryAgain) -> None:
        log.warning("webhook %s did not take %s: %s", self._name, delivery.event, error)
        now, status = times.now(), error.status
        asked_s = error.after_s if isinstance(error, TryAgain) else 0.0
        self._not_before = time.monotonic() + self._backoff.next(asked_s)
        too_old = now - delivery.time > webhooks.KEPT / 2 and delivery.tries > 0
        with transaction(db, self._path):
            webhooks.tried(db, delivery.id, FAILED if too_old else WAITING, status, str(error)[:300], now)
            self._note_failure(db, now, status)

    def _note_failure(self, db: sqlite3.Connection, now: datetime, status: int | None) -> None:
        """Disabled when it is gone (410), or has failed for too many days without a break."""
        known = webhooks.health(db, self._name)
        since = known.failing_since or now
        days = self.settings.get("give_up_days", GIVE_UP_DAYS)
        over = status == GONE or now - since > timedelta(days=days)
        reason = ("it answered 410 Gone" if status == GONE else f"it has failed for {days} days") if over else ""
        webhooks.set_health(db, self._name, Health(since, now if over else None, reason))
        if over:
            text = f"The webhook {self._name} is switched off: {reason}. Mend its receiver, then enable it again."
            alarm = Alarm(uuid7(), f"{DISABLED}{self._name}", Severity.WARNING, text, now)
            history.alarm_raised(db, alarm, cloud=True)


def _clear(db: sqlite3.Connection, name: str) -> None:
    for alarm in history.standing_alarms(db):
        if alarm.kind == f"{DISABLED}{name}":
            history.alarm_cleared(db, alarm.id, times.now(), cloud=True)
