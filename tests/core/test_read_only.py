# SPDX-License-Identifier: GPL-2.0-or-later
"""A data partition that can only be read: played by what the file system says of itself; a real one is in the kernel
bench."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from firmware import read_only, service
from firmware.config import default_document
from firmware.store.config_db import ConfigDb
from hil import blank_state


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    state = tmp_path / "state"
    blank_state.prepare(state)
    monkeypatch.setattr(read_only, "RUN", tmp_path / "run")
    (tmp_path / "run").mkdir()
    (state / "edge").mkdir()
    (state / "edge" / "key.pem").write_text("secret")
    (state / "recordings").mkdir()
    ConfigDb(state).apply(default_document(["fxs1"]), "test")
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_flag=os.ST_RDONLY if path == state else 0))
    return state


def test_services_share_a_copy_of_what_can_only_be_read(state: Path) -> None:
    copy = service.state_dir(str(state))
    assert copy != state
    assert service.state_dir(str(state)) == copy
    assert read_only.is_copy(copy)
    assert not read_only.is_copy(state)
    assert ConfigDb(copy).current().document == ConfigDb(state).current().document
    assert (copy / "edge" / "key.pem").read_text() == "secret"
    assert not (copy / "recordings").exists()
    assert not (copy / "history.db").exists()
    with service.hold_lock(copy, "core"):
        assert service.is_up(copy, "core")


def test_what_was_changed_in_the_copy_stays_while_the_machine_runs(state: Path) -> None:
    copy = service.state_dir(str(state))
    ConfigDb(copy).apply(default_document(["fxs1", "fxs2"]), "test")
    assert len(ConfigDb(service.state_dir(str(state))).current().document["extension"]) == 2


def test_a_partition_that_can_be_written_is_used(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_flag=0))
    assert service.state_dir(str(state)) == state
