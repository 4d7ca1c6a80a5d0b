# SPDX-License-Identifier: GPL-2.0-or-later
"""The services are users of their own with one group: what two of them need is the group's, and nobody else's."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware import logs, service
from firmware.config import Config
from firmware.edge.certificate import ensure
from firmware.edge.configuration import render
from firmware.edge.files import EdgeFiles
from firmware.edge.ports import parse
from firmware.edge.text import write
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A state directory under the umask of the units."""
    before = os.umask(0o007)
    yield service.state_dir(str(tmp_path / "state"))
    os.umask(before)


def test_the_group_may_write_what_is_shared_and_others_see_nothing(state: Path) -> None:
    configs, files = ConfigDb(state), EdgeFiles(state)
    configs.apply({}, "test")
    files.prepare()
    files.secret()
    ensure(files)
    write(files.config, "")
    logs.folder(state).mkdir(exist_ok=True)
    with service.hold_lock(state, "core"), open_for_writing(state / "history.db") as db:
        db.execute("CREATE TABLE t (x)")
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (state, *state.rglob("*"))}
    wrong = {str(path): oct(mode) for path, mode in modes.items() if mode & 0o667 != 0o660}
    assert not wrong
    assert {path.name for path in modes} >= {"config.db", "history.db-shm", "key.pem", "core.lock"}


def test_the_core_may_ask_kamailio_which_another_user_runs(state: Path) -> None:
    """A datagram to a socket takes the right to write it."""
    files = EdgeFiles(state)
    files.prepare()
    assert '"dgram_mode", 0660)' in render(Config(), parse("127.0.0.1:5060"), files)
