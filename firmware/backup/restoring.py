# SPDX-License-Identifier: GPL-2.0-or-later
"""From a backup to a box: everything is made ready in a folder of its own; one rename says that it counts.

It is put in place while no service runs: `take_over`, by `tipring up` or a unit before the services.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from firmware import times
from firmware.backup import report
from firmware.backup.manifest import OUTSIDE_KEY, About
from firmware.backup.unpacking import unpack
from firmware.errors import Invalid, NotFound, TipringError
from firmware.files import sync_folder
from firmware.store import migrations
from firmware.store.config_db import ConfigDb

log = logging.getLogger("restore")

MAKING, BEFORE = "restore.part", "before-restore"
FRESH = "fresh"
WHERE = "where"  # beside the key of recordings: its place outside of the state directory

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and what does not fit this box."""

    about: About
    counts: dict[str, int]
    left_out: list[Json]  # {"path", "message"}
    at: str

    def as_json(self) -> Json:
        return {"at": self.at, "about": self.about.as_json(), "counts": self.counts, "left_out": self.left_out}


def stage(state: Path, file: BinaryIO, passphrase: str) -> Restored:
    """Makes everything ready; from here on it is taken over at the next start. Nothing is changed by a failure.

    NotABackup, WrongPassphrase, Damaged, Truncated, Newer, Unavailable; OSError.
    """
    making = state / MAKING
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o770)
    try:
        about = unpack(file, passphrase, making)
        found = Restored(about, *_made_ours(state, making), times.iso(times.now()))
        _write(making / report.NAME, json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        _write(making / FRESH, "")
        sync_folder(making)
        shutil.rmtree(state / report.READY, ignore_errors=True)
        making.rename(state / report.READY)
        sync_folder(state)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return found


def opened(folder: Path) -> dict[str, int]:
    """Brings unpacked databases to this version, and counts what is in them. Unavailable, Invalid."""
    counts: dict[str, int] = {}
    for name, tables in _COUNTED.items():
        if not (folder / name).exists():
            continue
        migrations.ensure(folder / name)
        with contextlib.closing(sqlite3.connect(folder / name)) as db:
            wrong = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if wrong != "ok":
                raise Invalid(f"{name} of the backup is damaged: {wrong}.", code="backup_damaged")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            counts |= {what: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for what, table in tables}  # noqa: S608
    if "revisions" not in counts:
        raise Invalid("There is no configuration in this backup.", code="not_a_backup")
    return counts


_COUNTED = {
    "config.db": (("revisions", "revisions"), ("users", "users"), ("tokens", "tokens")),
    "history.db": (
        ("calls", "calls"), ("recordings", "recordings"), ("messages", "messages"), ("contacts", "contacts"),
    ),
}  # fmt: skip


def _made_ours(state: Path, folder: Path) -> tuple[dict[str, int], list[Json]]:
    counts = opened(folder)
    left_out = _fitted(state, folder)
    for lock in folder.glob("*.migrating"):
        lock.unlink()
    with contextlib.closing(sqlite3.connect(folder / "config.db")) as db:
        for table in ("sessions", "setup_links", "idempotency_keys"):  # they were of the other box's day
            db.execute(f"DELETE FROM {table}")  # noqa: S608
        db.commit()
    missing = _missing_sound(folder)
    if missing:
        message = f"the sound of {missing} recordings is not in this backup; what is still on this box stays"
        left_out.append({"path": "recordings", "message": message})
    return counts, left_out


def _fitted(state: Path, folder: Path) -> list[Json]:
    """A new revision if the configuration names ports that this box has not; what had to go."""
    from firmware.backup.fitting import fit

    ours, theirs = _ports(state), ConfigDb(folder)
    try:
        revision = theirs.current()
    except NotFound:
        return []
    if (folder / OUTSIDE_KEY).exists():
        _write((folder / OUTSIDE_KEY).with_name(WHERE), revision.document.get("recordings", {}).get("key_file", ""))
    document, left_out = fit(revision.document, ours)
    if left_out:
        theirs.apply(document, "restore")
    if ours is not None:
        theirs.remember_ports(ours)
    return [{"path": problem.path, "message": problem.message} for problem in left_out]


def _ports(state: Path) -> list[str] | None:
    """Of this box; None when its core has never run, or its own configuration is what was lost."""
    try:
        return ConfigDb(state).ports()
    except TipringError as error:
        log.warning("%s", error)
        return None


def _missing_sound(folder: Path) -> int:
    if not (folder / "history.db").exists():
        return 0
    with contextlib.closing(sqlite3.connect(folder / "history.db")) as db:
        paths = db.execute("SELECT path FROM recordings WHERE state = 'ready'")
        return sum(not (folder / "recordings" / path).exists() for (path,) in paths)


def _write(path: Path, text: str) -> None:
    with path.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


# ---- while no service runs ---------------------------------------------------------------------------------


def take_over(state: Path) -> None:
    """Puts in place what is ready. A power cut in the middle only goes on at the next start. OSError.

    What was there is kept in `before-restore` until the next one, but recordings, which are added to.
    """
    ready, before = state / report.READY, state / BEFORE
    log.warning("a backup is restored to %s", state)
    if (ready / FRESH).exists():
        shutil.rmtree(before, ignore_errors=True)
        before.mkdir(mode=0o770, exist_ok=True)
        (ready / FRESH).unlink()
        sync_folder(ready)
    _take_key(ready)
    for entry in sorted(ready.iterdir()):
        if entry.name == "recordings" and (state / entry.name).is_dir():
            _merge(entry, state / entry.name)
            continue
        for old in (state / entry.name, state / f"{entry.name}-wal", state / f"{entry.name}-shm"):
            if old.exists():
                _move_aside(old, before / old.name)
        _own(entry, state)
        entry.rename(state / entry.name)
    sync_folder(state)
    ready.rmdir()
    sync_folder(state)


def _move_aside(old: Path, place: Path) -> None:
    """Only the first one is the old box's: a second one was just put there, before a power cut."""
    if place.exists():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    else:
        old.rename(place)


def _take_key(ready: Path) -> None:
    """The key of recordings goes where the configuration wants it, unless there is one."""
    file = ready / OUTSIDE_KEY
    if not file.exists():
        return
    name = (file.parent / WHERE).read_text()
    if name and not Path(name).exists():
        try:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, name)
            Path(name).chmod(0o640)
        except OSError as error:
            log.error("the key of recordings cannot be written to %s: %s. It stays in %s.", name, error, OUTSIDE_KEY)
            return
    shutil.rmtree(file.parent)


def _merge(new: Path, old: Path) -> None:
    for root, _, names in os.walk(new):
        place = old / Path(root).relative_to(new)
        place.mkdir(mode=0o770, parents=True, exist_ok=True)
        for name in names:
            _own(Path(root, name), old)
            Path(root, name).replace(place / name)
        sync_folder(place)
    shutil.rmtree(new)


def _own(path: Path, like: Path) -> None:
    """Root's hand must not leave root's files in a box whose services are other users."""
    if os.geteuid():
        return
    found = like.stat()
    for one in (path, *path.rglob("*")):
        os.chown(one, found.st_uid, found.st_gid)
