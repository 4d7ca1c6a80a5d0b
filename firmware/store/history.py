# SPDX-License-Identifier: GPL-2.0-or-later
"""history.db: what happened. The functions here write, inside a transaction of `HistoryWriter.run`:

    await writer.run(history.call_ended, cdr, cloud)

`cloud` says whether one is configured; only then is the outbox written. `History` reads.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from firmware.records import Alarm, Cdr, Disposition, LegRecord, Recording, RecordingState, TrailEvent
from firmware.store import line_hours, outbox, rows, stories
from firmware.store.reader import History, Page
from firmware.times import iso

__all__ = [
    "History",
    "Page",
    "alarm_cleared",
    "alarm_raised",
    "alarms_acknowledged",
    "call_began",
    "call_changed",
    "call_ended",
    "leg_began",
    "leg_ended",
    "recording_began",
    "recording_failed",
    "recording_masked",
    "recording_ready",
    "recording_whole",
    "recover",
    "standing_alarms",
    "trail",
    "unfinished_recordings",
    "upsert",
]

TEMPORARY_FAILURE = 41
"""Q.850 cause of calls that a dying core took with it."""


def upsert(db: sqlite3.Connection, table: str, record: rows.Stored) -> None:
    """Writes a record as its row."""
    values = rows.values(record)
    names = ", ".join(f'"{name}"' for name in values)
    updates = ", ".join(f'"{name}" = excluded."{name}"' for name in values if name != "id")
    places = ", ".join(f":{name}" for name in values)
    db.execute(
        f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {updates}",  # noqa: S608
        values,
    )


def call_began(db: sqlite3.Connection, cdr: Cdr) -> None:
    """At the first ring, or at the first digit dialled."""
    upsert(db, "calls", cdr)


def call_changed(db: sqlite3.Connection, cdr: Cdr) -> None:
    """When something was learnt (caller ID, queue, agent, …)."""
    upsert(db, "calls", cdr)


def call_ended(db: sqlite3.Connection, cdr: Cdr, cloud: bool) -> None:
    """The whole CDR, with `ended_at` and `disposition`. Told to the cloud with the ids of all its recordings."""
    if cdr.ended_at is None or cdr.disposition is None:
        raise ValueError("A call that ended has an end and a disposition.")
    upsert(db, "calls", cdr)
    ids = (row["id"] for row in db.execute("SELECT id FROM recordings WHERE call = ? ORDER BY id", (cdr.id,)))
    told = dataclasses.replace(cdr, recordings=tuple(dict.fromkeys((*cdr.recordings, *ids))))
    stories.conclude(db, told)
    line_hours.ended(db, told)
    outbox.put_event(db, "tipring.call.ended", cdr.id, told.as_json(), cdr.ended_at, cloud)


def trail(db: sqlite3.Connection, events: Iterable[TrailEvent]) -> None:
    """Appends to the event trail of calls."""
    told = list(events)
    db.executemany(
        "INSERT INTO trail (call, at, event, data) VALUES (?, ?, ?, ?)",
        [
            (event["call"], event["at"], event["event"], json.dumps(event["data"], ensure_ascii=False))
            for event in (item.as_json() for item in told)
        ],
    )
    for call in {event.call for event in told}:
        stories.told_later(db, call)


def leg_began(db: sqlite3.Connection, leg: LegRecord) -> None:
    """A party joined a call."""
    upsert(db, "legs", leg)


def leg_ended(db: sqlite3.Connection, leg: LegRecord) -> None:
    """A party left; `ended_at` and `cause` are set."""
    upsert(db, "legs", leg)


def recording_began(db: sqlite3.Connection, recording: Recording) -> None:
    """Before the first block of audio is written: the file is then findable after any crash."""
    upsert(db, "recordings", recording)


def recording_masked(db: sqlite3.Connection, recording: Recording) -> None:
    """What of it is silence, and why."""
    db.execute("UPDATE recordings SET masked = ? WHERE id = ?", (json.dumps(recording.masked), recording.id))


def recording_whole(db: sqlite3.Connection, recording: Recording) -> None:
    """The WAV file is finished and hashed. What people did to the recording meanwhile (a hold) stays."""
    db.execute(
        "UPDATE recordings SET state = 'ready', duration_s = ?, bytes = ?, sha256 = ? WHERE id = ? AND gone = ''",
        (recording.duration_s, recording.bytes, recording.sha256, recording.id),
    )


def recording_ready(db: sqlite3.Connection, recording: Recording, cloud: bool, with_audio: bool) -> None:
    """The file is as it will be kept. With `with_audio` the file itself goes to the cloud as well."""
    done = dataclasses.replace(recording, state=RecordingState.READY)
    upsert(db, "recordings", done)
    at = done.started_at + timedelta(seconds=done.duration_s)
    outbox.put_event(db, "tipring.recording.ready", done.id, done.as_json(), at, cloud)
    if cloud and with_audio:
        outbox.put_audio(db, done.id, at)


def recording_failed(db: sqlite3.Connection, recording: Recording) -> None:
    """Nothing of it can be heard (disk full from the first block on, file lost)."""
    upsert(db, "recordings", dataclasses.replace(recording, state=RecordingState.FAILED))


def unfinished_recordings(db: sqlite3.Connection) -> list[Recording]:
    """What a dead core was recording; to be finished before `recover`, which takes their ends as the calls'."""
    return [rows.recording(row) for row in db.execute("SELECT * FROM recordings WHERE state = 'recording' ORDER BY id")]


def recover(db: sqlite3.Connection, now: datetime, cloud: bool) -> list[Cdr]:
    """At the start of the core: ends every call that is still open, as failed with cause 41.

    A call ended when its recording did, or at its last trail event, whichever is later; never after `now`.
    """
    found = db.execute("SELECT * FROM calls WHERE ended_at IS NULL ORDER BY id").fetchall()
    return [_fail(db, rows.cdr(row, ()), now, cloud) for row in found]


def recordings_of(db: sqlite3.Connection, call: str) -> list[Recording]:
    """Of a call, in the order in which they began."""
    return [rows.recording(row) for row in db.execute("SELECT * FROM recordings WHERE call = ? ORDER BY id", (call,))]


def _fail(db: sqlite3.Connection, cdr: Cdr, now: datetime, cloud: bool) -> Cdr:
    recordings = recordings_of(db, cdr.id)
    ended_at = min(now, _last_sign(db, cdr, recordings))
    recorded_s = round(sum(recording.duration_s for recording in recordings), 3)
    failed = dataclasses.replace(
        cdr,
        ended_at=ended_at,
        talk_s=max(cdr.talk_s, recorded_s),
        disposition=Disposition.FAILED,
        hangup_cause=TEMPORARY_FAILURE,
        hangup_by="system",
        recordings=tuple(recording.id for recording in recordings),
    )
    db.execute(
        "UPDATE legs SET ended_at = ?, cause = ? WHERE call = ? AND ended_at IS NULL",
        (iso(ended_at), TEMPORARY_FAILURE, cdr.id),
    )
    trail(db, [TrailEvent(cdr.id, now, "recovered", {"ended_at": iso(ended_at)})])
    call_ended(db, failed, cloud)
    return failed


def _last_sign(db: sqlite3.Connection, cdr: Cdr, recordings: Iterable[Recording]) -> datetime:
    signs = [recording.started_at + timedelta(seconds=recording.duration_s) for recording in recordings]
    signs += [event.at for event in stories.told(db, cdr.id)[0][-1:]]
    return max([cdr.started_at, *signs])


def alarm_raised(db: sqlite3.Connection, alarm: Alarm, cloud: bool) -> Alarm:
    """Raises an alarm. While one of the same kind and text stands, that one is returned and nothing is written."""
    standing = db.execute(
        "SELECT * FROM alarms WHERE kind = ? AND text = ? AND cleared_at IS NULL", (alarm.kind, alarm.text)
    ).fetchone()
    if standing:
        return rows.alarm(standing)
    upsert(db, "alarms", alarm)
    outbox.put_event(db, "tipring.alarm.raised", alarm.id, alarm.as_json(), alarm.raised_at, cloud)
    return alarm


def standing_alarms(db: sqlite3.Connection) -> list[Alarm]:
    """What a person still has to look after, oldest first."""
    return [rows.alarm(row) for row in db.execute("SELECT * FROM alarms WHERE cleared_at IS NULL ORDER BY id")]


def alarms_acknowledged(db: sqlite3.Connection, ids: Sequence[str], at: datetime) -> None:
    """Somebody knows of them. Harmless for those that are cleared, or acknowledged already."""
    sql = "UPDATE alarms SET acknowledged_at = ? WHERE id = ? AND cleared_at IS NULL AND acknowledged_at IS NULL"
    db.executemany(sql, [(iso(at), id) for id in ids])


def alarm_cleared(db: sqlite3.Connection, id: str, at: datetime, cloud: bool) -> None:
    """The cause is gone. Harmless when the alarm is cleared already."""
    row = db.execute(
        "UPDATE alarms SET cleared_at = ? WHERE id = ? AND cleared_at IS NULL RETURNING *", (iso(at), id)
    ).fetchone()
    if row:
        outbox.put_event(db, "tipring.alarm.cleared", id, rows.alarm(row).as_json(), at, cloud)
