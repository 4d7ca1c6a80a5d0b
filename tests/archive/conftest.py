# SPDX-License-Identifier: GPL-2.0-or-later
"""A state directory with calls whose recordings are as the core left them, and an archive to work on them."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from firmware import times
from firmware.archive.archivist import Archivist
from firmware.ids import uuid7
from firmware.records import Cdr, Direction, Disposition, Recording
from firmware.store import history, migrations, recovery
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_reading, open_for_writing, transaction
from hil.listen import speech_like

CALLER, AGENT = speech_like(3, seed=5), speech_like(3, seed=6)


@pytest.fixture(scope="session")
def empty_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    template = tmp_path_factory.mktemp("empty")
    for name in migrations.VERSIONS:
        migrations.ensure(template / name)
    return template


class Office:
    """What a test does with the state directory."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.settings: dict[str, Any] = {}

    def configure(self, **tables: Any) -> None:
        """The configuration in force from now on."""
        ConfigDb(self.state).apply(tables, "test")

    def write(self, told: Callable[..., Any], *args: Any) -> Any:
        """As a service writes."""
        db = open_for_writing(self.state / "history.db")
        with transaction(db, self.state / "history.db"):
            result = told(db, *args)
        db.close()
        return result

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """As somebody reads."""
        db = open_for_reading(self.state / "history.db")
        found = db.execute(sql, values).fetchall()
        db.close()
        return found

    def call(self, at: datetime | None = None, **fields: Any) -> Cdr:
        """A call that was answered and ended a minute ago, or `at`."""
        at = at or times.now() - timedelta(minutes=1)
        known: dict[str, Any] = {
            "from_number": "5551234", "from_name": "ANNA SMITH", "to_number": "600", "line": "fxo1", "queue": "support",
            "agent": "alice", "answered_at": at, "ended_at": at + timedelta(seconds=10), "hangup_cause": 16,
            "disposition": Disposition.ANSWERED, "hangup_by": "caller", "talk_s": 10.0,
        }  # fmt: skip
        cdr = Cdr(uuid7(), Direction.INBOUND, started_at=at, **known | fields)
        self.write(history.call_ended, cdr, False)
        return cdr

    def recorded(self, cdr: Cdr | None = None, left: array[int] = CALLER, right: array[int] = AGENT) -> Recording:
        """A recording of it that the core has just finished."""
        cdr = cdr or self.call()
        id = uuid7()
        recording = Recording(id, cdr.id, f"{cdr.started_at:%Y-%m-%d}/{id}.wav", cdr.started_at, rule="queue:support")
        path = self.state / "recordings" / recording.path
        path.parent.mkdir(parents=True, exist_ok=True)
        both = array("h", (0,)) * (2 * len(left))
        both[0::2], both[1::2] = left, right
        with wave.open(str(path), "wb") as file:
            file.setparams((2, 2, 8000, 0, "NONE", ""))
            file.writeframes(both.tobytes())
        self.write(history.recording_began, recording)
        whole = recovery.finish(recording, self.state / "recordings")
        assert whole
        self.write(history.recording_whole, whole)
        return whole

    def archive(self) -> Archivist:
        """Everything that waits is archived."""
        archivist = Archivist(self.state)
        archivist.follow_configuration()
        while archivist.work():
            pass
        return archivist

    def recording(self, id: str) -> Recording:
        """As the history has it now."""
        reader = history.History(self.state / "history.db")
        found = reader.recording(id)
        reader.close()
        return found

    def files(self) -> list[str]:
        """Names in the folder of recordings."""
        return sorted(path.name for path in (self.state / "recordings").glob("*/*"))


@pytest.fixture
def office(empty_state: Path, tmp_path: Path) -> Office:
    state = tmp_path / "box"
    state.mkdir()
    for name in migrations.VERSIONS:
        (state / name).write_bytes((empty_state / name).read_bytes())
    return Office(state)
