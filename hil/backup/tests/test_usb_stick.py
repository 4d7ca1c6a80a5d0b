# SPDX-License-Identifier: GPL-2.0-or-later
"""The nightly backup onto a stick that is pulled out, or breaks, in the middle: it is told, and nothing half counts."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware.backup import running, usb
from firmware.backup.naming import PART
from firmware.backup.places import place_of
from firmware.config.backup import BackupTarget
from firmware.errors import Unavailable
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_reading
from firmware.store.history import standing_alarms
from hil import blank_state
from hil.backup.stick import Stick

RECORDING_MB = 64
WAIT_S = 60.0
MakeStick = Callable[..., Stick]


@pytest.fixture
def make_stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeStick]:
    made: list[Stick] = []

    def make(**how: int) -> Stick:
        stick = Stick(tmp_path, **how)
        made.append(stick)
        monkeypatch.setattr(usb, "_on_usb", lambda block: block.name == stick.name)
        return stick

    yield make
    for stick in made:
        stick.throw_away()


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """The state of a box with recordings that take a while."""
    state = tmp_path / "box"
    state.mkdir()
    blank_state.copy_to(state)
    recordings = state / "recordings/2026/11"
    recordings.mkdir(parents=True)
    (recordings / "long.opus").write_bytes(os.urandom(RECORDING_MB << 20))
    return state


def onto(stick: Stick, box: Path) -> BackupTarget:
    target = {"name": "stick", "usb": stick.name}
    backup = {"passphrase": "correct horse battery staple", "recordings": True}
    ConfigDb(box).apply({"backup": backup, "backup_target": [target]}, "test")
    return BackupTarget.model_validate(target)


def alarms(box: Path) -> dict[str, str]:
    return {alarm.kind: alarm.text for alarm in standing_alarms(open_for_reading(box / "history.db"))}


def kept(box: Path, target: BackupTarget) -> list[str]:
    return [one.name for one in running.kept_at(place_of(target, box, True), ConfigDb(box).box_id())]


def when_it_is_being_written(stick: Stick, what: Callable[[], None]) -> threading.Thread:
    def wait() -> None:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            if any(part.stat().st_size > 4 << 20 for part in (stick.mounted / usb.FOLDER).glob(f"*{PART}")):
                what()
                return
            time.sleep(0.01)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_pulled_out_in_the_middle_and_plugged_in_again(make_stick: MakeStick, box: Path) -> None:
    stick = make_stick()
    target = onto(stick, box)
    with pytest.raises(Unavailable, match="is not plugged in"):
        running.to_place(box, target)
    stick.plug_in()
    pulling = when_it_is_being_written(stick, stick.pull_out)
    with pytest.raises(Unavailable, match="cannot be used"):
        running.to_place(box, target)
    pulling.join()
    assert "cannot be used" in alarms(box)["backup:stick"]
    stick.plug_in()
    assert kept(box, target) == []
    assert [path.suffix for path in (stick.mounted / usb.FOLDER).iterdir() if path.suffix == PART] == [PART]
    made = running.to_place(box, target)
    assert kept(box, target) == [made.name]
    assert not list((stick.mounted / usb.FOLDER).glob(f"*{PART}")), "what was never finished takes no room"
    assert running.test(box, target)
    assert alarms(box) == {}


def test_a_stick_that_breaks_in_the_middle(make_stick: MakeStick, box: Path) -> None:
    stick = make_stick(good_mb=24)
    target = onto(stick, box)
    stick.plug_in()
    with pytest.raises(Unavailable, match="cannot be used"):
        running.to_place(box, target)
    assert "cannot be used" in alarms(box)["backup:stick"]
    assert kept(box, target) == []
    stick.pull_out()
    assert list(stick.mounted.iterdir()) == []


def test_a_stick_that_is_full(make_stick: MakeStick, box: Path) -> None:
    stick = make_stick()
    target = onto(stick, box)
    stick.plug_in()
    (stick.mounted / "films").write_bytes(os.urandom(90 << 20))
    with pytest.raises(Unavailable, match="cannot be used: No space left on device"):
        running.to_place(box, target)
    assert kept(box, target) == []
    assert [path.name for path in (stick.mounted / usb.FOLDER).iterdir()] == [".tipring-backups"]
