# SPDX-License-Identifier: GPL-2.0-or-later
"""What people do with recordings: notes at a time, tags, legal hold, deletion; and who has listened to what.

Written by whoever serves people (web, command line), each in a transaction of its own.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from firmware import times
from firmware.archive import keeping
from firmware.errors import Conflict, Invalid, NotFound
from firmware.ids import uuid7
from firmware.records import Recording, RecordingState
from firmware.store import migrations, rows
from firmware.store.connect import open_for_reading, open_for_writing, transaction, unavailable

LONGEST_NOTE, LONGEST_REASON, MOST_TAGS = 2000, 200, 20
LAST = "~"  # after every id
TAG = re.compile(r"[^\W_][\w .:/-]{0,39}")
SAME_LISTENER = timedelta(minutes=10)  # a player fetches a recording in many pieces


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote, at a second of the recording."""

    id: str
    recording: str
    at_s: float
    author: str
    at: str
    text: str

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        return {name: getattr(self, name) for name in self.__slots__}


class Notebook:
    """Of a state directory. Every method can raise Unavailable; those that write, NotFound (`no_such_recording`)."""

    def __init__(self, state: Path) -> None:
        self._path, self._folder = state / "history.db", state / "recordings"
        migrations.ensure(self._path)

    # ---- reading -----------------------------------------------------------------------------------

    def notes(self, recording: str, limit: int = -1, after: tuple[float, str] | None = None) -> list[Note]:
        """In the order of the recording; those after the one at these seconds, with this id."""
        sql = (
            "SELECT id, recording, at_s, author, at, text FROM recording_notes WHERE recording = ? "
            "AND (at_s, id) > (?, ?) ORDER BY at_s, id LIMIT ?"
        )
        return [Note(*row) for row in self._rows(sql, recording, *(after or (-1.0, "")), limit)]

    def tags(self, recording: str) -> list[str]:
        """By name."""
        sql = "SELECT tag FROM recording_tags WHERE recording = ? ORDER BY tag"
        return [row["tag"] for row in self._rows(sql, recording)]

    def all_tags(self) -> list[str]:
        """Every tag that is in use."""
        return [row["tag"] for row in self._rows("SELECT DISTINCT tag FROM recording_tags ORDER BY tag LIMIT 500")]

    def audit(self, recording: str, limit: int = 100, before: str | None = None) -> list[dict[str, Any]]:
        """Who did what with it, newest first; those before an entry."""
        sql = (
            "SELECT id, at, who, what, detail FROM recording_audit WHERE recording = ? AND id < ? "
            "ORDER BY id DESC LIMIT ?"
        )
        return [dict(row) for row in self._rows(sql, recording, before or LAST, limit)]

    def erasures(self, limit: int = 100, before: str | None = None) -> list[dict[str, Any]]:
        """What was erased, newest first; those before one."""
        from firmware.archive import erasure  # the web, which seldom asks, is to stay small

        with contextlib.closing(open_for_reading(self._path)) as db, unavailable(self._path):
            return erasure.erasures(db, limit, before or LAST)

    # ---- writing -----------------------------------------------------------------------------------

    def note(self, recording: str, at_s: float, text: str, who: str) -> Note:
        """Another note. Invalid."""
        if not text.strip() or len(text) > LONGEST_NOTE:
            raise Invalid(f"A note has 1 to {LONGEST_NOTE} characters.", field="text")
        with self._changing(recording) as (db, known):
            if not 0 <= at_s <= known.duration_s:
                raise Invalid(f"{at_s} s is not within the recording of {known.duration_s} s.", field="at_s")
            note = Note(uuid7(), recording, round(at_s, 2), who, times.iso(times.now()), text.strip())
            values = (note.id, note.recording, note.at_s, note.author, note.at, note.text)
            db.execute(
                "INSERT INTO recording_notes (id, recording, at_s, author, at, text) VALUES (?,?,?,?,?,?)", values
            )
            words = (note.text, note.id, recording)
            db.execute("INSERT INTO recording_words (text, note, recording) VALUES (?, ?, ?)", words)
            _audit(db, recording, who, "noted", f"{note.at_s} s")
        return note

    def delete_note(self, recording: str, note: str, who: str) -> None:
        """NotFound when there is none."""
        with self._changing(recording) as (db, _):
            sql = "DELETE FROM recording_notes WHERE id = ? AND recording = ?"
            if not db.execute(sql, (note, recording)).rowcount:
                raise NotFound(f"There is no note {note}.", code="no_such_note")
            db.execute("DELETE FROM recording_words WHERE note = ?", (note,))
            _audit(db, recording, who, "note_deleted")

    def tag(self, recording: str, tags: list[str], who: str) -> list[str]:
        """These are its tags from now on. Invalid."""
        wanted = sorted({tag.strip() for tag in tags})
        bad = next((tag for tag in wanted if not TAG.fullmatch(tag)), None)
        if bad is not None or len(wanted) > MOST_TAGS:
            message = f'"{bad}" is no tag; use' if bad is not None else "These are too many tags; use at most 20 of"
            raise Invalid(f"{message} letters, digits, space and - . : / (at most 40).", field="tags")
        with self._changing(recording) as (db, _):
            db.execute("DELETE FROM recording_tags WHERE recording = ?", (recording,))
            pairs = [(recording, tag) for tag in wanted]
            db.executemany("INSERT INTO recording_tags (recording, tag) VALUES (?, ?)", pairs)
            _audit(db, recording, who, "tagged", ", ".join(wanted))
        return wanted

    def hold(self, recording: str, why: str, who: str) -> None:
        """It must be kept, whatever the rules say, until `why` is "" again. Invalid."""
        if len(why) > LONGEST_REASON:
            raise Invalid(f"A reason has at most {LONGEST_REASON} characters.", field="hold")
        with self._changing(recording) as (db, _):
            db.execute("UPDATE recordings SET hold = ? WHERE id = ?", (why.strip(), recording))
            _audit(db, recording, who, "held" if why.strip() else "released", why.strip())

    def delete(self, recording: str, who: str, cloud: bool) -> None:
        """Its sound, notes and tags, for good. Conflict (`recording_held`, `recording_not_ready`)."""
        with self._changing(recording) as (db, known):
            if known.hold:
                message = f"Recording {recording} is held ({known.hold}). Release it first."
                raise Conflict(message, code="recording_held")
            if known.state is RecordingState.RECORDING:
                raise Conflict("The call still goes on; stop or pause its recording.", code="recording_not_ready")
            keeping.removed(db, known, "deleted", times.now(), cloud)
            _audit(db, recording, who, "deleted")
        keeping.unlink(self._folder, known)

    def heard(self, recording: str, who: str, what: str, detail: str = "") -> None:
        """Somebody listens, downloads or exports; the same within ten minutes is once."""
        since = times.iso(times.now() - SAME_LISTENER)
        with contextlib.closing(open_for_writing(self._path)) as db, transaction(db, self._path):
            last = db.execute(
                "SELECT 1 FROM recording_audit WHERE recording = ? AND at > ? AND who = ? AND what = ? AND detail = ?",
                (recording, since, who, what, detail),
            ).fetchone()
            if not last:
                _audit(db, recording, who, what, detail)

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with contextlib.closing(open_for_reading(self._path)) as db, unavailable(self._path):
            return db.execute(sql, values).fetchall()

    @contextlib.contextmanager
    def _changing(self, recording: str) -> Iterator[tuple[sqlite3.Connection, Recording]]:
        with contextlib.closing(open_for_writing(self._path)) as db, transaction(db, self._path):
            row = db.execute("SELECT * FROM recordings WHERE id = ?", (recording,)).fetchone()
            if row is None or row["state"] == RecordingState.REMOVED:
                raise NotFound(f"There is no recording {recording}.", code="no_such_recording")
            yield db, rows.recording(row)


def _audit(db: sqlite3.Connection, recording: str, who: str, what: str, detail: str = "") -> None:
    values = (uuid7(), recording, times.iso(times.now()), who, what, detail)
    db.execute("INSERT INTO recording_audit (id, recording, at, who, what, detail) VALUES (?, ?, ?, ?, ?, ?)", values)
