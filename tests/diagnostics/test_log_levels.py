# SPDX-License-Identifier: GPL-2.0-or-later
"""How much an area says is changed while the box runs, and the journal gets each line with priority and area."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.cli import main
from firmware.errors import Invalid
from firmware.journald import JournalHandler
from firmware.log_levels import LevelsFollower, levels, set_level

AREA = "firmware.something"


@pytest.fixture
def as_before() -> Iterator[None]:
    root = logging.getLogger().level
    yield
    logging.getLogger().setLevel(root)
    logging.getLogger(AREA).setLevel(logging.NOTSET)


def test_a_service_follows_what_is_set_and_goes_back(state: Path, as_before: None) -> None:
    follower = LevelsFollower(state)
    follower.look()
    before = logging.getLogger(AREA).getEffectiveLevel()
    set_level(state, AREA, "debug")
    follower.look()
    assert logging.getLogger(f"{AREA}.inside").isEnabledFor(logging.DEBUG)
    set_level(state, "", "error")
    follower.look()
    assert not logging.getLogger("firmware.other").isEnabledFor(logging.WARNING)
    assert set_level(state, AREA, "") == {"": "error"}
    assert set_level(state, "", "") == {}
    follower.look()
    assert logging.getLogger(AREA).getEffectiveLevel() == before


@pytest.mark.parametrize(("area", "level"), [("../x", "debug"), ("firmware calls", "debug"), (AREA, "loud")])
def test_what_is_no_area_or_level_is_refused(state: Path, area: str, level: str) -> None:
    with pytest.raises(Invalid):
        set_level(state, area, level)


def test_a_file_that_somebody_broke_changes_nothing(state: Path) -> None:
    set_level(state, AREA, "debug")
    (state / "log" / "levels.json").write_text('{"x": 7}')
    assert levels(state) == {}
    (state / "log" / "levels.json").write_text("[")
    assert levels(state) == {}


def test_the_command_sets_and_shows_them(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["logs", "--state", str(state), "--set", f"{AREA}=debug"]) == 0
    assert main(["logs", "--state", str(state), "--levels"]) == 0
    assert AREA in capsys.readouterr().out
    assert main(["logs", "--state", str(state), "--set", f"{AREA}="]) == 0
    assert levels(state) == {}


def test_the_journal_gets_priority_and_area_also_of_several_lines(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(str(tmp_path / "journal"))
        journal.settimeout(10)
        handler = JournalHandler("core", tmp_path / "journal")
        handler.emit(logging.LogRecord(AREA, logging.WARNING, "x.py", 7, "no %s", ("tone",), None))
        handler.emit(logging.LogRecord(AREA, logging.ERROR, "x.py", 7, "one\ntwo", (), None))
        first, second = journal.recv(9999), journal.recv(9999)
        handler.close()
    lines = first.decode().splitlines()
    assert {"MESSAGE=no tone", "PRIORITY=4", f"TIPRING_AREA={AREA}", "SYSLOG_IDENTIFIER=core"} <= set(lines)
    assert second.startswith(b"MESSAGE\n\x07\x00\x00\x00\x00\x00\x00\x00one\ntwo\nPRIORITY=3\n")


def test_without_a_journal_there_is_no_handler(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        JournalHandler("core", tmp_path / "none")
