# SPDX-License-Identifier: GPL-2.0-or-later
"""Drains the outbox, strictly in order. What the cloud refuses is set aside; what fails is tried again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import math
import sqlite3
import time
from itertools import takewhile
from pathlib import Path
from typing import NoReturn

from firmware import times
from firmware.archive.library import Library, Sound, key_of
from firmware.errors import Conflict, NotFound, Unavailable
from firmware.ids import uuid7
from firmware.records import Alarm, Recording, Severity
from firmware.service import Heartbeat
from firmware.store import history, migrations, outbox, rows
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_reading, open_for_writing, transaction, unavailable
from firmware.store.outbox import Item
from firmware.uplink.backoff import Backoff
from firmware.uplink.cloud import Cloud, CloudSettings, Refused, TryAgain

log = logging.getLogger("uplink")

POLL_S = 0.5
BATCH = 100
PARKED = ("cloud_refused", "recording_lost")  # kinds of alarms of what was set aside
UNREACHABLE = "cloud_unreachable"
UNREACHABLE_S = 600.0  # a shorter absence is nobody's business: nothing is lost


class Forwarder:
    """The uplink of one state directory. Unavailable when its databases cannot be opened."""

    def __init__(self, state: Path, unreachable_s: float = UNREACHABLE_S) -> None:
        self._unreachable_s = unreachable_s
        self._failing_since: float | None = None
        configs = ConfigDb(state)
        self._library = Library(state / "recordings", lambda: key_of(state, configs.current().document))
        self._source = f"urn:uuid:{configs.box_id()}"
        self._path = state / "history.db"
        migrations.ensure(self._path)
        self._db = open_for_writing(self._path)
        self._configuration = _Configuration(configs.path)
        self._settings: CloudSettings | None = None  # in use
        self._wanted: CloudSettings | None = None  # configured at the last look
        self._cloud: Cloud | None = None
        self._backoff = Backoff()
        self._heart = Heartbeat()

    def run(self) -> NoReturn:
        """Forwards for ever; ended by an exception from a signal handler."""
        while True:
            seen = self._versions()
            try:
                self._follow_configuration()
                self._drain()
            except (TryAgain, Unavailable) as error:
                self._pause(error)
            else:
                self._wait_for_change(seen)

    def _pause(self, error: TryAgain | Unavailable) -> None:
        wait_s = self._backoff.next(error.after_s if isinstance(error, TryAgain) else 0.0)
        log.warning("the cloud has not got everything, next try in %.1f s: %s", wait_s, error)
        if isinstance(error, TryAgain):
            self._failed_again()
        deadline = time.monotonic() + wait_s
        while (left_s := deadline - time.monotonic()) > 0 and self._configuration.cloud() == self._wanted:
            self._heart.beat()
            time.sleep(min(POLL_S, left_s))

    def _wait_for_change(self, seen: tuple[int, int]) -> None:
        """Until somebody else committed to one of the databases. A look costs microseconds and no disk access."""
        while self._versions() == seen:
            time.sleep(POLL_S)

    def _versions(self) -> tuple[int, int]:
        self._heart.beat()
        with unavailable(self._path):
            return self._db.execute("PRAGMA data_version").fetchone()[0], self._configuration.version()

    def _follow_configuration(self) -> None:
        self._wanted = settings = self._configuration.cloud()
        if settings == self._settings:
            return
        self._backoff.reset()
        if settings is None:
            log.info("no cloud is configured any more; what is in the outbox stays there")
            self._cloud = None
        else:
            log.info("forwarding to %s", settings.url)
            self._unpark_for(settings)
            self._cloud = Cloud(settings, self._source)
        self._settings = settings

    def _unpark_for(self, settings: CloudSettings) -> None:
        """Another cloud, or another token: what was refused gets another chance."""
        fingerprint = hashlib.sha256(f"{settings.url} {settings.token}".encode()).hexdigest()
        with transaction(self._db, self._path) as db:
            if outbox.of_cloud(db, fingerprint):
                log.info("the cloud changed: %d parked items are tried again", outbox.unpark(db))
                _clear(db, *PARKED)

    def _failed_again(self) -> None:
        """A cloud that is away for long is told once, until it answers."""
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since < self._unreachable_s:
            return
        self._failing_since = math.inf
        text = "The cloud cannot be reached. Everything is kept and sent later; check the internet and cloud.url."
        with contextlib.suppress(Unavailable), transaction(self._db, self._path) as db:
            history.alarm_raised(db, Alarm(uuid7(), UNREACHABLE, Severity.WARNING, text, times.now()), cloud=True)

    def _drain(self) -> None:
        """Sends until nothing waits."""
        cloud = self._cloud
        if cloud is None:
            return
        try:
            while items := self._pending():
                self._heart.beat()
                self._send_first(cloud, items)
                if self._configuration.changed():
                    return
        finally:
            cloud.close()

    def _pending(self) -> list[Item]:
        with unavailable(self._path):
            return outbox.pending(self._db, BATCH)

    def _send_first(self, cloud: Cloud, items: list[Item]) -> None:
        """The events up to the next audio in one batch, or that audio."""
        events = list(takewhile(lambda item: item.kind == "event", items))
        if not events:
            self._send_audio(cloud, items[0])
        else:
            self._send_events(cloud, events)

    def _send_events(self, cloud: Cloud, events: list[Item]) -> None:
        try:
            cloud.send_events(events)
        except Refused as refusal:
            if len(events) == 1:
                self._refused(events[0], refusal)
                return
            for event in events:  # only the culprit is set aside
                self._send_events(cloud, [event])
        else:
            self._acknowledged(events)

    def _send_audio(self, cloud: Cloud, item: Item) -> None:
        recording = self._recording(item.subject)
        try:
            sound = self._library.stored(recording) if recording else None
        except (NotFound, Conflict) as error:
            log.error("%s", error.message)
            sound = None
        if recording is None or sound is None:
            text = f"The audio of recording {item.subject} is not there any more; the cloud will not get it."
            self._park(item, text, "recording_lost", text)
            return
        try:
            cloud.send_recording(item.subject, sound, _sha256(recording, sound), self._heart.beat)
        except Refused as refusal:
            self._refused(item, refusal)
        except OSError as error:
            raise TryAgain(f"recording {item.subject} cannot be read: {error}") from error
        else:
            self._acknowledged([item])

    def _recording(self, id: str) -> Recording | None:
        with unavailable(self._path):
            row = self._db.execute("SELECT * FROM recordings WHERE id = ?", (id,)).fetchone()
        return rows.recording(row) if row else None

    def _acknowledged(self, items: list[Item]) -> None:
        with transaction(self._db, self._path) as db:
            outbox.acknowledge(db, items)
            _clear(db, UNREACHABLE)
        self._failing_since = None
        self._backoff.reset()
        log.debug("acknowledged %s", ", ".join(item.id for item in items))

    def _refused(self, item: Item, refusal: Refused) -> None:
        # What the cloud said is kept with the item only. In the alarm it could be another text each time, and
        # the refusal of an alarm's own event would then raise the next alarm, without end.
        text = f"The cloud refuses {item.type} (status {refusal.status}). Check cloud.url and cloud.token."
        self._park(item, str(refusal), "cloud_refused", text)

    def _park(self, item: Item, reason: str, kind: str, text: str) -> None:
        log.error("%s is set aside until the cloud's settings change: %s", item.id, reason)
        alarm = Alarm(uuid7(), kind, Severity.ERROR, text, times.now())
        with transaction(self._db, self._path) as db:
            outbox.park(db, item, reason)
            _clear(db, UNREACHABLE)
            history.alarm_raised(db, alarm, cloud=True)
        self._failing_since = None
        self._backoff.reset()


def _clear(db: sqlite3.Connection, *kinds: str) -> None:
    for alarm in history.standing_alarms(db):
        if alarm.kind in kinds:
            history.alarm_cleared(db, alarm.id, times.now(), cloud=True)


def _sha256(recording: Recording, sound: Sound) -> bytes:
    if recording.sha256:
        return bytes.fromhex(recording.sha256)
    digest = hashlib.sha256()
    for piece in sound.read(0, None):
        digest.update(piece)
    return digest.digest()


class _Configuration:
    """The cloud's part of config.db, read again when the file changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = open_for_reading(path)
        self._read_at: int | None = None
        self._cloud: CloudSettings | None = None

    def version(self) -> int:
        """Another number after each commit of anybody."""
        with unavailable(self._path):
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def changed(self) -> bool:
        """True when there was a commit since `cloud` was read."""
        return self.version() != self._read_at

    def cloud(self) -> CloudSettings | None:
        """Where to; None when no cloud is configured."""
        version = self.version()
        if version != self._read_at:
            self._cloud = self._read()
            self._read_at = version
        return self._cloud

    def _read(self) -> CloudSettings | None:
        with unavailable(self._path):
            row: sqlite3.Row | None = self._db.execute(
                "SELECT document FROM revisions ORDER BY id DESC LIMIT 1"
            ).fetchone()
        cloud = json.loads(row["document"]).get("cloud") if row else None
        return CloudSettings(cloud["url"].rstrip("/"), cloud.get("token", "")) if cloud else None
