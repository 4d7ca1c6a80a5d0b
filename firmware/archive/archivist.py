# SPDX-License-Identifier: GPL-2.0-or-later
"""The archive at work: one recording after the other, and what has to go. Killed anywhere, it begins there again."""

from __future__ import annotations

import contextlib
import errno
import logging
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from firmware import times
from firmware.archive import keeping
from firmware.archive.budget import SOON_DAYS, Budget, free_bytes
from firmware.archive.library import key_of, peaks_path
from firmware.archive.sealed import Key
from firmware.archive.settings import Settings, settings_of
from firmware.archive.storing import NotTheSame, store
from firmware.errors import NotFound, TipringError, Unavailable
from firmware.ids import uuid7
from firmware.records import Alarm, Recording, RecordingState, Severity
from firmware.store import history, migrations, rows
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_reading, open_for_writing, transaction, unavailable

log = logging.getLogger("archive")

POLL_S = 0.5
SETTLE = timedelta(seconds=2)  # after its end a recording is left alone: others are finished first
HOUSEKEEPING_S = 60.0
AGAIN_S = 30.0  # after something went wrong
BATCH = 50
ARCHIVE, KEY, SPACE = "archive", "recordings_key", "recordings_space"  # kinds of alarms


def _trouble(error: OSError) -> str:
    """Why nothing is archived, and what to do. A library that cannot be loaded has no errno."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Recordings cannot be archived: the disk is full. They are kept as they are; make room on it."
    if missing := next((name for name in ("libopus", "libogg") if error.errno is None and name in str(error)), ""):
        return (
            f"Recordings cannot be archived: {missing} is missing ({error}). They are kept as they are; install it "
            "again, or set recordings.format to wav."
        )
    return (
        f"Recordings cannot be archived ({error.strerror or error}). They are kept as they are; see whether the disk "
        "is mounted, and can be written."
    )


class Archivist:
    """The archive of one state directory. Unavailable when its databases cannot be opened."""

    def __init__(self, state: Path) -> None:
        self._state, self._folder = state, state / "recordings"
        self._configs = ConfigDb(state)
        self._config_db = open_for_reading(self._configs.path)
        self._path = state / "history.db"
        migrations.ensure(self._path)
        self._db = open_for_writing(self._path)
        self._settings = Settings()
        self._key: Key | None = None
        self._no_key = ""
        self._seen: tuple[int, int] = (-1, -1)
        self._kept_house = float("-inf")
        self._pause_s = 0.0
        self._again: dict[str, float] = {}  # recordings that could not be archived, and when to try again

    def run(self, sweep: bool) -> bool:
        """Until nothing waits that can be done now; True when nothing is left. Unavailable."""
        if sweep:
            self.sweep()
        self.follow_configuration()
        while self.work() or (self.waits() and not self._no_key and not self._again):
            time.sleep(self._pause_s)
        while self._kept_house == float("-inf"):
            self.keep_house()
        return not self.waits()

    def waits(self) -> bool:
        """Whether a recording is still as the recorder left it."""
        with unavailable(self._path):
            return bool(keeping.unarchived(self._db, 1))

    # ---- the configuration -------------------------------------------------------------------------

    def follow_configuration(self) -> None:
        """Reads it again after somebody changed it; a key that cannot be read is tried again."""
        with unavailable(self._configs.path):
            version = self._config_db.execute("PRAGMA data_version").fetchone()[0]
        if version == self._seen[0] and not (self._no_key and self._due_again("key")):
            return
        document = self._document()
        self._settings = settings_of(document)
        try:
            self._key, self._no_key = key_of(self._state, document), ""
            self._clear(KEY)
        except Unavailable as error:
            self._key, self._no_key = None, error.message
            self._again["key"] = time.monotonic() + AGAIN_S
            self._raise(KEY, Severity.ERROR, f"{error.message} Recordings wait unencrypted until then.")
        self._seen = (version, -1)
        self._kept_house = float("-inf")

    def _document(self) -> dict[str, Any]:
        try:
            return self._configs.current().document
        except NotFound:
            return {}

    def _due_again(self, what: str) -> bool:
        return self._again.get(what, 0.0) <= time.monotonic()

    # ---- archiving -----------------------------------------------------------------------------------

    def work(self) -> bool:
        """Archives one recording; False when none waits."""
        with unavailable(self._path):
            version = self._db.execute("PRAGMA data_version").fetchone()[0]
            if version == self._seen[1] or self._no_key:
                return False
            waiting = keeping.unarchived(self._db, BATCH)
        settled = times.now() - SETTLE
        chosen = next((item for item in waiting if _end(item) <= settled and self._due_again(item.id)), None)
        if chosen:
            self._archive(chosen)
        elif not waiting:
            self._seen = (self._seen[0], version)
            self._again.clear()
        self._pause_s = 0.0 if chosen else POLL_S
        return chosen is not None

    def _archive(self, recording: Recording) -> None:
        began = time.monotonic()
        try:
            self._store(recording, self._settings.format)
        except FileNotFoundError:
            with transaction(self._db, self._path) as db:
                keeping.lost(db, recording, "its file was not there")
            self._raise(ARCHIVE, Severity.ERROR, f"The file of recording {recording.id} is not on the disk any more.")
        except NotTheSame as error:
            log.error("recording %s stays WAV: %s", recording.id, error)
            self._store(recording, "wav")
        except OSError as error:
            self._again[recording.id] = time.monotonic() + AGAIN_S
            self._raise(ARCHIVE, Severity.ERROR, _trouble(error))
        else:
            self._clear(ARCHIVE)
            log.info("recording %s archived in %.1f s", recording.id, time.monotonic() - began)

    def _store(self, recording: Recording, codec: str) -> None:
        stored = store(recording, self._folder, codec, self._key)
        settings = self._settings
        with transaction(self._db, self._path) as db:
            told = (settings.cloud, settings.with_audio)
            kept = keeping.archived(db, stored.recording, stored.file_sha256, times.now(), *told)
        if not kept:
            keeping.unlink(self._folder, stored.recording)
        if not kept or stored.recording.path != recording.path:
            (self._folder / recording.path).unlink(missing_ok=True)

    # ---- what has to go ------------------------------------------------------------------------------

    def keep_house(self) -> None:
        """Once a minute: what is over its time, and what has no room."""
        if time.monotonic() - self._kept_house < HOUSEKEEPING_S:
            return
        self._kept_house = time.monotonic()
        settings = self._settings
        with unavailable(self._path):
            over = keeping.expired(self._db, times.now(), settings.keep_days, settings.queue_days, BATCH)
        gone = self._remove(over, "retention")
        budget = self.budget()
        if budget.over:
            gone += self._remove(self._oldest(budget.over), "room")
        if gone:
            self._kept_house = float("-inf")  # there may be more
        self._tell_space(self.budget())

    def budget(self) -> Budget:
        """As it is now."""
        with unavailable(self._path):
            return keeping.budget(self._db, times.now(), free_bytes(self._state), self._settings.max_bytes)

    def _oldest(self, octets: int) -> list[Recording]:
        chosen: list[Recording] = []
        with unavailable(self._path):
            for recording in keeping.oldest(self._db, BATCH):
                if octets <= 0:
                    break
                chosen.append(recording)
                octets -= recording.bytes
        return chosen

    def _remove(self, recordings: list[Recording], why: str) -> int:
        if not recordings:
            return 0
        with transaction(self._db, self._path) as db:
            gone = [r for r in recordings if keeping.removed(db, r, why, times.now(), self._settings.cloud)]
        for recording in gone:
            keeping.unlink(self._folder, recording)
        log.info("%d recordings were deleted (%s)", len(gone), why)
        return len(gone)

    def _tell_space(self, budget: Budget) -> None:
        days = budget.days_left
        if days is not None and days < SOON_DAYS and budget.limit is None:
            text = (
                "There is room for less than a week of recordings at today's rate. Set recordings.keep_days or "
                "recordings.max_gb, or add a disk."
            )
            self._raise(SPACE, Severity.WARNING, text)
        else:
            self._clear(SPACE)

    def sweep(self) -> None:
        """What a killed archive left: half-made files, WAV files that were replaced, files of what was deleted."""
        for file in sorted(self._folder.glob("*/*")) if self._folder.is_dir() else ():
            if file.suffix == ".part" or self._is_left_over(file):
                log.info("%s was left over", file.name)
                file.unlink(missing_ok=True)

    def _is_left_over(self, file: Path) -> bool:
        with unavailable(self._path):
            row = self._db.execute("SELECT * FROM recordings WHERE id = ?", (file.name.partition(".")[0],)).fetchone()
        if row is None:
            return False
        recording = rows.recording(row)
        if recording.state is RecordingState.REMOVED:
            return True
        own = self._folder / recording.path
        return recording.archived_at is not None and file not in (own, peaks_path(own))

    # ---- alarms --------------------------------------------------------------------------------------

    def _raise(self, kind: str, severity: Severity, text: str) -> None:
        log.error("%s", text)
        alarm = Alarm(uuid7(), kind, severity, text, times.now())
        with contextlib.suppress(TipringError), transaction(self._db, self._path) as db:
            history.alarm_raised(db, alarm, self._settings.cloud)

    def _clear(self, kind: str) -> None:
        with contextlib.suppress(TipringError), unavailable(self._path):
            standing = [alarm for alarm in history.standing_alarms(self._db) if alarm.kind == kind]
            if standing:
                self._cleared(standing)

    def _cleared(self, alarms: list[Alarm]) -> None:
        with transaction(self._db, self._path) as db:
            for alarm in alarms:
                history.alarm_cleared(db, alarm.id, times.now(), self._settings.cloud)


def _end(recording: Recording) -> Any:
    return recording.started_at + timedelta(seconds=recording.duration_s)
