# SPDX-License-Identifier: GPL-2.0-or-later
"""Kamailio's databases at a first start: made once, by whoever of core and edge comes first."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from firmware.edge.files import EdgeFiles


def tables(files: EdgeFiles) -> set[str]:
    with contextlib.closing(sqlite3.connect(files.presence)) as db:
        return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_core_and_edge_may_make_them_at_once(tmp_path: Path) -> None:
    both = threading.Barrier(2)

    def prepare(files: EdgeFiles) -> None:
        both.wait(10)
        files.prepare()

    with ThreadPoolExecutor(2) as starts:
        for place in range(5):
            files = EdgeFiles(tmp_path / str(place))
            list(starts.map(prepare, [files, files]))
            assert {"version", "presentity", "active_watchers", "watchers"} <= tables(files)


def test_what_a_power_cut_left_half_made_is_made_anew(tmp_path: Path) -> None:
    files = EdgeFiles(tmp_path)
    files.presence.parent.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(files.presence)) as db:
        db.execute("CREATE TABLE version (table_name)")
        db.execute("CREATE TABLE presentity (id)")
    files.prepare()
    assert {"version", "presentity", "active_watchers", "watchers"} <= tables(files)


def test_what_is_whole_is_only_read(tmp_path: Path) -> None:
    """Each change of the configuration comes here, and the disk may be one that cannot be written."""
    files = EdgeFiles(tmp_path)
    files.prepare()
    with contextlib.closing(sqlite3.connect(files.presence, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        files.prepare()
