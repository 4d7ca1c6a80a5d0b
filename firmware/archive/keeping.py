# SPDX-License-Identifier: GPL-2.0-or-later
"""Which recordings wait to be archived, which may go and which must stay: SQL of the archive, in its transactions.

A recording may go once it is archived, nobody holds it, and the cloud has it or is not to have it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from firmware.archive import chain
from firmware.archive.budget import Budget
from firmware.archive.library import peaks_path
from firmware.records import Recording, RecordingState
from firmware.store import outbox, rows
from firmware.store.history import recording_ready
from firmware.times import iso

_MAY_GO = (
    "state = 'ready' AND hold = '' AND archived_at IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = 'tipring.recording.audio:' || recordings.id)"
)
RATE_OVER = timedelta(days=1)


def unarchived(db: sqlite3.Connection, limit: int) -> list[Recording]:
    """Finished ones that are still as the recorder left them, oldest first."""
    found = "SELECT * FROM recordings WHERE state = 'ready' AND archived_at IS NULL ORDER BY id LIMIT ?"
    return [rows.recording(row) for row in db.execute(found, (limit,))]


def archived(
    db: sqlite3.Connection, recording: Recording, file_sha256: str, now: datetime, cloud: bool, with_audio: bool
) -> bool:
    """It is kept in this form from now on: row, link, what the cloud is told. False when it was removed meanwhile."""
    row = db.execute("SELECT * FROM recordings WHERE id = ?", (recording.id,)).fetchone()
    if row is None or row["state"] != "ready":
        return False
    db.execute(
        "UPDATE recordings SET path = ?, bytes = ?, sha256 = ?, codec = ?, key = ?, archived_at = ? WHERE id = ?",
        (recording.path, recording.bytes, recording.sha256, recording.codec, recording.key, iso(now), recording.id),
    )
    kept = rows.recording(db.execute("SELECT * FROM recordings WHERE id = ?", (recording.id,)).fetchone())
    chain.append(db, chain.STORED, kept.id, now, facts_of(kept, file_sha256))
    recording_ready(db, kept, cloud, with_audio)
    return True


def facts_of(kept: Recording, file_sha256: str) -> dict[str, object]:
    """What the chain says of a recording."""
    json = kept.as_json()
    names = ("call", "started_at", "duration_s", "codec", "key", "bytes", "sha256")
    return {name: json[name] for name in names} | {"file_sha256": file_sha256}


def lost(db: sqlite3.Connection, recording: Recording, why: str) -> None:
    """Its file is not there."""
    db.execute("UPDATE recordings SET state = 'failed', gone = ? WHERE id = ?", (why, recording.id))


def expired(
    db: sqlite3.Connection, now: datetime, days: int | None, queue_days: Mapping[str, int], limit: int
) -> list[Recording]:
    """Those whose time is over, oldest first: by their queue's days, or by `days` for all others."""
    found: list[Recording] = []
    for queue, kept in queue_days.items():
        sql = (
            f"SELECT * FROM recordings WHERE {_MAY_GO} AND started_at < ?"  # noqa: S608
            " AND EXISTS (SELECT 1 FROM calls WHERE calls.id = recordings.call AND +queue = ?)"
            " ORDER BY started_at, id LIMIT ?"
        )
        found += map(rows.recording, db.execute(sql, (iso(now - timedelta(days=kept)), queue, limit)))
    if days is not None:
        places = ", ".join("?" * len(queue_days))
        sql = (
            f"SELECT * FROM recordings WHERE {_MAY_GO} AND started_at < ?"  # noqa: S608
            f" AND NOT EXISTS (SELECT 1 FROM calls WHERE calls.id = recordings.call AND +queue IN ({places}))"
            " ORDER BY started_at, id LIMIT ?"
        )
        found += map(rows.recording, db.execute(sql, (iso(now - timedelta(days=days)), *queue_days, limit)))
    return found[:limit]


def oldest(db: sqlite3.Connection, limit: int) -> list[Recording]:
    """Those that may go, oldest first."""
    sql = f"SELECT * FROM recordings WHERE {_MAY_GO} ORDER BY started_at, id LIMIT ?"  # noqa: S608
    return [rows.recording(row) for row in db.execute(sql, (limit,))]


def removed(db: sqlite3.Connection, recording: Recording, why: str, now: datetime, cloud: bool) -> bool:
    """Its sound, notes and tags go; that it was there stays. False when it is gone already, or held."""
    changed = db.execute(
        "UPDATE recordings SET state = ?, gone = ?, masked = '[]' WHERE id = ? AND state != 'removed' AND hold = ''",
        (RecordingState.REMOVED, why, recording.id),
    ).rowcount
    if not changed:
        return False
    for table in ("recording_notes", "recording_tags", "recording_words"):
        db.execute(f"DELETE FROM {table} WHERE recording = ?", (recording.id,))  # noqa: S608
    db.execute("DELETE FROM outbox WHERE id = ?", (f"tipring.recording.audio:{recording.id}",))
    chain.append(db, chain.REMOVED, recording.id, now, {"why": why})
    outbox.put_event(db, "tipring.recording.removed", recording.id, {"id": recording.id, "why": why}, now, cloud)
    return True


def unlink(folder: Path, recording: Recording) -> None:
    """Its file and outline. What cannot be deleted now, the next start of the archive deletes."""
    path = folder / recording.path
    for file in (path, peaks_path(path)):
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)


def budget(db: sqlite3.Connection, now: datetime, free: int, limit: int | None) -> Budget:
    """As it is now; `free` is the disk's, `limit` the configuration's."""
    total = "SELECT coalesce(sum(bytes), 0) FROM recordings WHERE state = 'ready'"
    used = db.execute("SELECT bytes FROM recordings_total").fetchone()[0]
    held = db.execute(f"{total} AND hold != ''").fetchone()[0]
    day = db.execute(f"{total} AND started_at >= ?", (iso(now - RATE_OVER),)).fetchone()[0]
    return Budget(used, held, day, free, limit)
