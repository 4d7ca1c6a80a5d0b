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

from firmware.alarms import flapping
from firmware.ids import uuid7
from firmware.records import Alarm, Cdr, Disposition, LegRecord, Recording, RecordingState, Severity, TrailEvent
from firmware.store import line_hours, notices, outbox, rows, stories
from firmware.store.notices import CLEARED, RAISED
from firmware.store.reader import History, Page
from firmware.times import iso

__all__ = [
    "History",
    "Page",
    "alarm_cleared",
    "alarm_differs",
    "alarm_raised",
    "alarm_stands",
    "alarms_acknowledged",
    "call_began",
    "call_changed",
    "call_ended",
    "leg_began",
    "leg_ended",
    "recent_alarms",
    "recording_began",
    "recording_failed",
    "recording_masked",
    "recording_ready",
    "recording_whole",
    "recover",
    "standing_alarms",
    "tell_held",
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
    """Raises an alarm. While one of the same kind and text stands, that one is returned and nothing is written,
    unless it has become graver.

    One that was over only just now is the same one again: counted, and told unless its end was not told yet.
    """
    sql = "SELECT * FROM alarms WHERE kind = ? AND cleared_at IS NULL AND (id = ? OR text = ?)"
    standing = db.execute(sql, (alarm.kind, alarm.id, alarm.text)).fetchone()
    if standing and Severity(standing["severity"]).weight < alarm.severity.weight:
        return _again(db, standing, alarm, cloud)
    if standing:
        return rows.alarm(standing)
    if before := _before(db, alarm):
        return _again(db, before, alarm, cloud)
    upsert(db, "alarms", alarm)
    _tell(db, RAISED, alarm, alarm.raised_at, cloud)
    return alarm


def _before(db: sqlite3.Connection, alarm: Alarm) -> sqlite3.Row | None:
    """The same alarm as it was when it was over, not long ago."""
    since = iso(alarm.raised_at - flapping.SOON)
    sql = "SELECT * FROM alarms WHERE kind = ? AND cleared_at > ? AND (id = ? OR text = ?) ORDER BY cleared_at DESC"
    found: sqlite3.Row | None = db.execute(sql, (alarm.kind, since, alarm.id, alarm.text)).fetchone()
    return found


def _again(db: sqlite3.Connection, row: sqlite3.Row, alarm: Alarm, cloud: bool) -> Alarm:
    held = row["held_until"] is not None
    again = flapping.again(rows.alarm(row), alarm)
    upsert(db, "alarms", again)
    db.execute("UPDATE alarms SET held_until = NULL WHERE id = ?", (again.id,))
    if not held:
        _tell(db, RAISED, again, again.raised_at, cloud)
    return again


def _tell(db: sqlite3.Connection, what: str, alarm: Alarm, at: datetime, cloud: bool) -> None:
    """To cloud and webhooks, and to those who are told of alarms."""
    outbox.put_event(db, f"tipring.alarm.{what}", alarm.event, alarm.as_json(), at, cloud)
    notices.put(db, what, alarm)


def recent_alarms(db: sqlite3.Connection, since: datetime) -> list[Alarm]:
    """Those that were over after that."""
    return [rows.alarm(row) for row in db.execute("SELECT * FROM alarms WHERE cleared_at > ?", (iso(since),))]


def standing_alarms(db: sqlite3.Connection) -> list[Alarm]:
    """What a person still has to look after, oldest first."""
    return [rows.alarm(row) for row in db.execute("SELECT * FROM alarms WHERE cleared_at IS NULL ORDER BY id")]


def alarms_acknowledged(db: sqlite3.Connection, ids: Sequence[str], at: datetime, by: str = "") -> None:
    """Somebody knows of them. Harmless for those that are cleared, or acknowledged already."""
    sql = (
        "UPDATE alarms SET acknowledged_at = ?, acknowledged_by = ? "
        "WHERE id = ? AND cleared_at IS NULL AND acknowledged_at IS NULL"
    )
    db.executemany(sql, [(iso(at), by, id) for id in ids])


def alarm_cleared(db: sqlite3.Connection, id: str, at: datetime, cloud: bool) -> None:
    """The cause is gone. Harmless when the alarm is cleared already. The end of one that comes and goes is told later,
    by `tell_held`."""
    row = db.execute(
        "UPDATE alarms SET cleared_at = ? WHERE id = ? AND cleared_at IS NULL RETURNING *", (iso(at), id)
    ).fetchone()
    if not row:
        return
    alarm = rows.alarm(row)
    if until := flapping.held_until(alarm, at):
        db.execute("UPDATE alarms SET held_until = ? WHERE id = ?", (iso(until), id))
    else:
        _tell(db, CLEARED, alarm, at, cloud)


def alarm_differs(db: sqlite3.Connection, kind: str, wrong: tuple[Severity, str] | None) -> bool:
    """Whether `alarm_stands` would change anything."""
    found = db.execute("SELECT text FROM alarms WHERE kind = ? AND cleared_at IS NULL", (kind,))
    return [row["text"] for row in found] != ([wrong[1]] if wrong else [])


def alarm_stands(
    db: sqlite3.Connection, kind: str, wrong: tuple[Severity, str] | None, at: datetime, cloud: bool
) -> None:
    """From now on just this alarm of a kind stands; None: none of it does."""
    for row in db.execute("SELECT id, text FROM alarms WHERE kind = ? AND cleared_at IS NULL", (kind,)).fetchall():
        if not wrong or row["text"] != wrong[1]:
            alarm_cleared(db, row["id"], at, cloud)
    if wrong:
        alarm_raised(db, Alarm(uuid7(), kind, *wrong, at), cloud)


def tell_held(db: sqlite3.Connection, now: datetime, cloud: bool) -> None:
    """Tells the end of alarms that have stayed away."""
    sql = "UPDATE alarms SET held_until = NULL WHERE held_until <= ? RETURNING *"
    for row in db.execute(sql, (iso(now),)).fetchall():
        _tell(db, CLEARED, rows.alarm(row), now, cloud)
