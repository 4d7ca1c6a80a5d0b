# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m hil.appliance.guest.office_work STATE`: what a box writes to its disk, until the power is cut.

First it looks whether everything is there that was acknowledged before earlier cuts (/results/acknowledged.json), then
it acknowledges more: a line on the console once a commit is on the disk. With "rest": true there it only looks.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import os
import sys
import wave
from array import array
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from firmware import times
from firmware.archive.archivist import Archivist
from firmware.archive.verify import Verification
from firmware.errors import NotFound
from firmware.ids import uuid7
from firmware.records import Cdr, Direction, Disposition, Recording
from firmware.store import history, recovery
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_reading, open_for_writing, transaction

ACKNOWLEDGED = Path("/results/acknowledged.json")
SECOND = array("h", (int(8000 * math.sin(n // 2 / 4)) for n in range(2 * recovery.RATE))).tobytes()  # of stereo sound
SECONDS = 2
AGO = timedelta(minutes=1)  # the archive leaves alone what has just ended


def say(what: str, *words: object) -> None:
    """A line for the host."""
    print("cut:", what, *words, flush=True)


class Office:
    """A state directory."""

    def __init__(self, state: Path) -> None:
        self.state, self.path = state, state / "history.db"
        self.db = open_for_writing(self.path)
        self.configs = ConfigDb(state)

    def lost(self, known: dict[str, Any]) -> Iterator[str]:
        """What is missing or damaged."""
        for name in ("history.db", "config.db"):
            with contextlib.closing(open_for_reading(self.state / name)) as db:
                if (said := db.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                    yield f"{name}: {said}"
        if self._revision() < known["revision"]:
            yield f"revision {known['revision']}: the last is {self._revision()}"
        calls = {row["id"] for row in self.db.execute("SELECT id FROM calls WHERE ended_at IS NOT NULL")}
        yield from (f"call {id}" for id in known["calls"] if id not in calls)
        sql = "SELECT id, sha256 FROM recordings WHERE archived_at IS NOT NULL"
        kept = {row["id"]: row["sha256"] for row in self.db.execute(sql)}
        yield from (f"recording {id}" for id, digest in known["recordings"].items() if kept.get(id) != digest)
        for finding in Verification(self.db, self.state / "recordings").findings():
            if finding.what != "unknown_file":  # begun in the instant of a cut
                yield f"{finding.what} {finding.recording} {finding.detail}"

    def _revision(self) -> int:
        try:
            return self.configs.current().id
        except NotFound:
            return 0

    def work(self) -> None:
        """A change of the configuration, a call with its recording, and the recording in the archive."""
        revision = self.configs.apply({"site": {"name": f"Office {times.now()}"}}, "bench")
        say("revision", revision.id)
        at = times.now() - AGO
        cdr = Cdr(uuid7(), Direction.INBOUND, "5551234", "ANNA", "600", at, line="fxo1", queue="support")
        self._write(history.call_began, cdr)
        self._record(cdr)
        ended = at + timedelta(seconds=SECONDS)
        answered = replace(cdr, answered_at=at, ended_at=ended, disposition=Disposition.ANSWERED)
        self._write(history.call_ended, answered, True)
        say("call", cdr.id)

    def _write(self, told: Any, *args: Any) -> None:
        with transaction(self.db, self.path):
            told(self.db, *args)

    def _record(self, cdr: Cdr) -> None:
        """As drivers/lineaudio's recorder does: the row, then the sound, synced once a second."""
        id = uuid7()
        recording = Recording(id, cdr.id, f"{cdr.started_at:%Y-%m-%d}/{id}.wav", cdr.started_at)
        path = self.state / "recordings" / recording.path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._write(history.recording_began, recording)
        with path.open("wb") as sound, wave.open(sound, "wb") as file:
            file.setparams((2, 2, recovery.RATE, 0, "NONE", ""))
            for _ in range(SECONDS):
                file.writeframes(SECOND)
                sound.flush()
                os.fdatasync(sound.fileno())
        whole = recovery.finish(recording, self.state / "recordings")
        assert whole
        self._write(history.recording_whole, whole)

    def archive(self) -> None:
        """Everything that waits."""
        archivist = Archivist(self.state)
        archivist.sweep()
        archivist.follow_configuration()
        while archivist.work():
            pass
        if archivist.waits():
            alarms = [row["text"] for row in self.db.execute("SELECT text FROM alarms WHERE cleared_at IS NULL")]
            say("lost", "a recording cannot be archived", *alarms)
        sql = "SELECT id, sha256 FROM recordings WHERE archived_at IS NOT NULL ORDER BY archived_at DESC LIMIT 20"
        for row in self.db.execute(sql).fetchall():
            say("recording", row["id"], row["sha256"])


def main() -> int:
    known = json.loads(ACKNOWLEDGED.read_text())
    office = Office(Path(sys.argv[1]))
    for what in office.lost(known):
        say("lost", what)
    say("looked", len(known["calls"]), len(known["recordings"]))
    for _ in itertools.repeat(None, 1) if known["rest"] else itertools.repeat(None):
        office.work()
        office.archive()
    return 0


if __name__ == "__main__":
    sys.exit(main())
