# SPDX-License-Identifier: GPL-2.0-or-later
"""Databases that are really damaged: the box starts, calls go on, what can be read comes back."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from firmware import before_start
from firmware.errors import Unavailable
from firmware.records import Contact
from firmware.store import contacts, damage, mending, salvage
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing, transaction
from firmware.store.damage import GoodCopy
from firmware.store.history import History, standing_alarms
from firmware.store.writer import HistoryWriter

ROOT = Path(__file__).parents[2]
CONTACTS = 4000
DOCUMENT = {"site": {"name": "Smith"}}
NOBODY = 65534


def header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xff" * 100)


def middle(path: Path) -> None:
    """A page with rows in it."""
    at = max(path.read_bytes().find(text) for text in (b"Somebody 2000 ", b"Smith 30x"))
    with path.open("r+b") as file:
        file.seek(at // 4096 * 4096)
        file.write(b"\xee" * 4096)


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size * 3 // 4 + 1000)


def zero_length(path: Path) -> None:
    os.truncate(path, 0)


def other_file(path: Path) -> None:
    path.write_bytes(b"#!/bin/sh\necho hello\n" * 500)


KINDS = [header, middle, truncated, zero_length, other_file]


def settle(path: Path) -> None:
    """As after a clean end: all of it is in the file."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture
def box(state: Path) -> Path:
    """With a configuration, and a history of many pages."""
    configs = ConfigDb(state)
    for number in range(60):
        configs.apply(DOCUMENT | {"site": {"name": f"Smith {number}" + "x" * 500}}, "test")
    configs.apply(DOCUMENT, "test")
    assert GoodCopy(state / "config.db").look() == ""
    path = state / "history.db"
    with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
        contacts.changed(db, [], [Contact(f"555{n:06}", f"Somebody {n} " + "x" * 60) for n in range(CONTACTS)])
    for name in ("config.db", "history.db"):
        settle(state / name)
    return state


def names(state: Path) -> int:
    with contextlib.closing(open_for_writing(state / "history.db")) as db:
        return len(contacts.all_of(db))


def standing(state: Path) -> dict[str, str]:
    with contextlib.closing(open_for_writing(state / "history.db")) as db:
        return {alarm.kind: alarm.text for alarm in standing_alarms(db)}


@pytest.mark.parametrize("spoil", KINDS)
def test_a_damaged_configuration_is_the_last_good_one_at_the_next_start(
    box: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(box / "config.db")
    before_start.carry_out(box)
    assert ConfigDb(box).current().document == DOCUMENT
    assert "The last good copy, of 20" in standing(box)[mending.CONFIG]
    assert len(list(box.glob("config-damaged-*.db"))) == 1


def test_a_lost_configuration_too(box: Path) -> None:
    (box / "config.db").unlink()
    before_start.carry_out(box)
    assert ConfigDb(box).current().document == DOCUMENT


def test_a_box_without_a_good_copy_says_so_and_deletes_nothing(state: Path) -> None:
    ConfigDb(state).apply(DOCUMENT, "test")
    settle(state / "config.db")
    header(state / "config.db")
    before_start.carry_out(state)
    with pytest.raises(Unavailable, match="Put a backup in its place"):
        ConfigDb(state)


def test_a_good_box_is_left_alone(box: Path) -> None:
    before = {path.name: path.read_bytes() for path in box.iterdir() if path.suffix == ".db"}
    before_start.carry_out(box)
    assert {path.name: path.read_bytes() for path in box.iterdir() if path.suffix == ".db"} == before


def test_a_damaged_configuration_never_becomes_the_good_copy(box: Path) -> None:
    good = (box / damage.GOOD).read_bytes()
    middle(box / "config.db")
    assert damage.keep_good_copy(box / "config.db")
    assert (box / damage.GOOD).read_bytes() == good


def test_each_revision_is_copied_at_once(box: Path) -> None:
    watch = GoodCopy(box / "config.db")
    assert watch.look() == ""
    ConfigDb(box).apply({"site": {"name": "Later"}}, "test")
    assert watch.look() == ""
    (box / "config.db").unlink()
    before_start.carry_out(box)
    assert ConfigDb(box).current().document == {"site": {"name": "Later"}}


@pytest.mark.parametrize(("spoil", "least"), [(header, CONTACTS), (truncated, 1000), (zero_length, 0), (other_file, 0)])
def test_a_damaged_history_is_put_aside_at_the_start_and_saved(
    box: Path, spoil: Callable[[Path], None], least: int
) -> None:
    spoil(box / "history.db")
    before_start.carry_out(box)
    assert names(box) == 0
    assert standing(box)[salvage.KIND] == salvage.FRESH
    salvage.save_all(box)
    assert names(box) >= least
    assert "The old one is kept as history-damaged-" in standing(box)[salvage.KIND]
    assert salvage.waiting(box) == []


async def test_a_damaged_page_is_met_by_a_reader_and_the_writer_goes_on_with_a_fresh_file(box: Path) -> None:
    path = box / "history.db"
    writer, reader = HistoryWriter(path), History(path)
    try:
        assert (await _wrapped(writer)) is None  # nothing was met
        middle(path)
        with pytest.raises(Unavailable):
            reader.read(lambda db: contacts.all_of(db))
        assert damage.is_marked(path)
        assert (await _wrapped(writer)) is not None
        await writer.run(contacts.changed, [], [Contact("1", "After it")])
        assert names(box) == 1
    finally:
        writer.close()
        reader.close()
    salvage.save_all(box)
    assert CONTACTS - 200 < names(box) < CONTACTS + 1  # one page of the table, or of its index


async def _wrapped(writer: HistoryWriter) -> Path | None:
    import asyncio

    return await asyncio.wrap_future(writer.renew())


def test_what_was_written_since_stays_when_the_old_comes_back(box: Path) -> None:
    path = box / "history.db"
    header(path)
    before_start.carry_out(box)
    with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
        contacts.changed(db, [], [Contact("555000001", "A new name")])
    salvage.save_all(box)
    with contextlib.closing(open_for_writing(path)) as db:
        assert Contact("555000001", "A new name") in contacts.all_of(db)
    assert names(box) == CONTACTS


@pytest.mark.parametrize("name", ["config.db", "history.db"])
def test_a_file_that_the_box_may_not_read_is_put_aside(box: Path, name: str) -> None:
    """As the services' user: root may read everything."""
    path = box / name
    path.chmod(0)
    for folder in (box, *box.parents):
        if folder == Path("/tmp").resolve():
            break
        folder.chmod(0o777)
    for other in box.iterdir():
        if other != path:
            other.chmod(0o666)
    user = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
    code = "import sys, pathlib; from firmware import before_start; before_start.carry_out(pathlib.Path(sys.argv[1]))"
    command = ["/usr/bin/python3", "-c", code, str(box)]
    environment = {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, **user)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    assert len(list(box.glob(f"{path.stem}-damaged-*.db"))) == 1
    if name == "config.db":
        assert ConfigDb(box).current().document == DOCUMENT
