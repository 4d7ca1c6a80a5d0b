# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes backups and tests them: what the short-lived process does."""

from __future__ import annotations

import io
import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, cast

from firmware import service, times
from firmware.backup import due
from firmware.backup.naming import PART, Kept, kept, may_go, name_of
from firmware.backup.packing import What, pack
from firmware.backup.places import Place, place_of
from firmware.backup.restoring import opened
from firmware.backup.settings import Settings
from firmware.backup.status import Status
from firmware.backup.unpacking import unpack
from firmware.config.backup import BackupTarget
from firmware.errors import Conflict, NotFound, TipringError
from firmware.store import alarms
from firmware.store.config_db import ConfigDb
from firmware.times import parse

log = logging.getLogger(__name__)

FAILED, TEST = "backup:", "backup_test"  # alarms; the first before the name of a place
TRIAL = "restore-trial"  # below the state directory, while one is tested


@contextmanager
def alone(state: Path) -> Iterator[None]:
    """Conflict (`backup_in_progress`)."""
    try:
        lock = service.hold_lock(state, "backup")
    except Conflict:
        message = "A backup is being made, tested or restored already; wait for it."
        raise Conflict(message, code="backup_in_progress") from None
    with lock:
        yield


def to_place(state: Path, target: BackupTarget) -> Kept:
    """Makes one, takes away what is too old. What went wrong is kept, raised as an alarm, and raised here."""
    settings, status, now = Settings(state), Status(state), times.now().replace(microsecond=0)
    box = ConfigDb(state).box_id()
    name = name_of(box, now)
    try:
        place = place_of(target, state, status.is_known(target.name))
        place.check()
        _clear(place, box)
        with _packed(state, settings.what, settings.passphrase) as stream:
            octets = place.put(name, stream)
    except (TipringError, OSError) as error:
        _failed(state, status, target.name, now, error)
        raise
    status.went_well(target.name, now, name, octets)
    alarms.say(state, FAILED + target.name, "")
    log.info("backup %s is at %s: %d octets", name, target.name, octets)
    _tidy(place, box, settings)
    return Kept(now, name, octets)


def _failed(state: Path, status: Status, target: str, now: datetime, error: Exception) -> None:
    log.error("no backup at %s: %s", target, error)
    status.failed(target, now, str(error))
    alarms.say(state, FAILED + target, f"The backup to {target} failed: {error} It is tried again.")


def _clear(place: Place, box: str) -> None:
    """What this box did not finish there, since its power failed, or the stick was pulled out."""
    for name, size in place.files():
        if name.endswith(PART) and kept(name.removesuffix(PART), size, box):
            log.warning("%s was never finished and is deleted", name)
            place.delete(name)


def _tidy(place: Place, box: str, settings: Settings) -> None:
    """A place that does not let us delete has a good backup all the same."""
    try:
        for old in may_go(kept_at(place, box), settings.backup):
            place.delete(old.name)
            log.info("backup %s is too old and was deleted", old.name)
    except TipringError as error:
        log.warning("old backups cannot be deleted: %s", error)


def kept_at(place: Place, box: str) -> list[Kept]:
    """Backups of this box there, newest first."""
    return sorted((one for name, size in place.files() if (one := kept(name, size, box))), reverse=True)


@contextmanager
def _packed(state: Path, what: What, passphrase: str) -> Iterator[BinaryIO]:
    """A stream of the backup as it is made by a thread. Its end comes only when all of it was made: else it raises."""
    reading, writing = os.pipe()
    failed: list[Exception] = []

    def make() -> None:
        try:
            with os.fdopen(writing, "wb") as pipe:
                pack(state, what, passphrase, pipe)
        except BrokenPipeError:
            return
        except Exception as error:  # whatever it is, it belongs to who reads
            failed.append(error)

    thread = threading.Thread(target=make, name="packing", daemon=True)
    thread.start()
    try:
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            yield cast(BinaryIO, _Whole(pipe, thread, failed))
    finally:
        thread.join()


class _Whole(io.RawIOBase):
    def __init__(self, pipe: IO[bytes], thread: threading.Thread, failed: list[Exception]) -> None:
        self._pipe, self._thread, self._failed = pipe, thread, failed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        data = self._pipe.read(len(view))
        if not data:
            self._thread.join()
            if self._failed:
                raise self._failed[0]
        view[: len(data)] = data
        return len(data)


# ---- the test --------------------------------------------------------------------------------------------


def test(state: Path, target: BackupTarget) -> dict[str, int]:
    """Fetches the newest backup of a place, opens it, restores it into a folder of its own, counts what is in it."""
    status, now, name = Status(state), times.now(), ""
    try:
        place = place_of(target, state, status.is_known(target.name))
        there = kept_at(place, ConfigDb(state).box_id())
        if not there:
            raise NotFound(f"There is no backup at {target.name} to test.", code="no_backup")
        name = there[0].name
        with place.open(name) as file:
            counts = _tried(state, file, Settings(state).passphrase)
    except (TipringError, OSError) as error:
        log.error("the backup %s could not be restored: %s", name, error)
        status.tested(now, target.name, name, str(error), {})
        alarms.say(state, TEST, f"The last backup at {target.name} could not be restored in the test: {error}")
        raise
    status.tested(now, target.name, name, "", counts)
    alarms.say(state, TEST, "")
    return counts


def _tried(state: Path, file: BinaryIO, passphrase: str) -> dict[str, int]:
    trial = state / TRIAL
    shutil.rmtree(trial, ignore_errors=True)
    trial.mkdir(mode=0o700)
    try:
        unpack(file, passphrase, trial, keep=lambda name: not name.startswith("recordings/"))
        return opened(trial)
    finally:
        shutil.rmtree(trial, ignore_errors=True)


# ---- by the clock ----------------------------------------------------------------------------------------


def what_is_due(state: Path) -> None:
    """Each place whose time has come, then the test. What goes wrong is told by alarms."""
    try:
        settings = Settings(state)
    except NotFound:
        return
    backup, status, now = settings.backup, Status(state), times.now()
    if not backup.enabled or not backup.passphrase:
        return
    for target in settings.targets:
        good = status.of(target.name).get("good")
        if due.is_due(parse(good["at"]) if good else None, status.tried_at(target.name), now, backup.at, settings.zone):
            _quietly(to_place, state, target)
    _test_if_due(state, settings)


def _test_if_due(state: Path, settings: Settings) -> None:
    status, now = Status(state), times.now()
    goods = {t.name: parse(status.of(t.name)["good"]["at"]) for t in settings.targets if status.is_known(t.name)}
    if not goods:
        return
    newest = max(goods, key=lambda name: goods[name])
    if due.is_test_due(status.tested_at, now, settings.backup.test):
        _quietly(test, state, settings.target(newest))


def _quietly(work: Callable[..., object], *args: object) -> None:
    try:
        work(*args)
    except (TipringError, OSError) as error:
        log.debug("%s", error)  # said and raised as an alarm where it happened
