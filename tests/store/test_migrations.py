# SPDX-License-Identifier: GPL-2.0-or-later
"""A database comes to this version's schema by itself, once, whoever starts first."""

import sqlite3
import subprocess
import sys
import threading

import pytest

from firmware.errors import Unavailable
from firmware.store import migrations, schema
from firmware.store.config_db import ConfigDb
from firmware.store.history import History


def test_the_versions_are_the_numbers_of_migrations():
    for name, version in migrations.VERSIONS.items():
        assert len(schema.SETS[name]._migrations) == version


def test_several_services_may_make_the_file_at_once(tmp_path):
    errors = []

    def ensure() -> None:
        try:
            migrations.ensure(tmp_path / "history.db")
        except Unavailable as error:
            errors.append(error)

    threads = [threading.Thread(target=ensure) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert History(tmp_path / "history.db").calls().items == []


def test_a_file_of_a_newer_version_is_left_alone(state):
    db = sqlite3.connect(state / "config.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(Unavailable, match="newer Tipring"):
        ConfigDb(state)


def test_a_version_that_comes_back_works_with_what_the_newer_one_left(state):
    ConfigDb(state).apply({"site": {"name": "Office"}}, "me")
    db = sqlite3.connect(state / "config.db")
    db.execute("ALTER TABLE revisions ADD COLUMN colour TEXT")
    newer = migrations.VERSIONS["config.db"] + 1
    db.execute(f"PRAGMA user_version = {newer}")
    db.execute(f"PRAGMA application_id = {newer * 10_000 + newer - 1}")
    db.close()
    configs = ConfigDb(state)
    assert configs.apply({"site": {"name": "Back"}}, "me").id == 2
    db = sqlite3.connect(state / "config.db")
    db.execute(f"PRAGMA application_id = {newer * 10_000 + newer}")
    db.close()
    with pytest.raises(Unavailable, match="newer Tipring"):
        ConfigDb(state)


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "history.db").write_text("this is not a database, " * 100)
    with pytest.raises(Unavailable, match=r"history\.db cannot be read: file is not a database"):
        History(tmp_path / "history.db")


def test_a_bad_block_in_history_leaves_the_configuration(state):
    (state / "history.db").write_bytes(b"\0" * 4096)
    assert ConfigDb(state).apply({"site": {}}, "me").id == 1


def test_services_do_without_the_migration_library(state):
    program = "import sys; from pathlib import Path; from firmware.store.history import History; "
    program += "History(Path(sys.argv[1])).calls(); print('sqlite_utils' in sys.modules, 'pydantic' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program, str(state / "history.db")],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout == "False False\n"
