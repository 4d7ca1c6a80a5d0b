# SPDX-License-Identifier: GPL-2.0-or-later
"""A core whose databases are damaged goes on: a fresh history, what can be read of the old one, and it tells of it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from firmware.calls.journal import CONFIG, Journal
from firmware.config import Config
from firmware.core.database_watch import DatabaseWatch
from firmware.errors import Unavailable
from firmware.language import said
from firmware.records import Contact
from firmware.store import contacts, damage, migrations, salvage
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing, transaction
from firmware.store.history import standing_alarms
from firmware.store.writer import HistoryWriter

WAIT_S = 60.0


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("watched")
    for name in migrations.VERSIONS:
        migrations.ensure(made / name)
    ConfigDb(made).apply({"site": {"name": "Smith"}}, "test")
    return made


@pytest.fixture
def state(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def writer(state: Path) -> Iterator[HistoryWriter]:
    made = HistoryWriter(state / "history.db")
    yield made
    made.close()


@pytest.fixture
async def journal(writer: HistoryWriter) -> Journal:
    return Journal(writer, lambda event, data: None, Config)


@pytest.fixture
async def watch(state: Path, journal: Journal, writer: HistoryWriter) -> AsyncIterator[DatabaseWatch]:
    made = DatabaseWatch(state, journal, writer)
    yield made
    if made._saving:
        await made._saving.wait()


def told(state: Path) -> dict[str, str]:
    with contextlib.closing(open_for_writing(state / "history.db")) as db:
        return {alarm.kind: alarm.text for alarm in standing_alarms(db)}


def aside(state: Path) -> list[Path]:
    return list(state.glob("history-damaged-*.db"))


async def until(truth: Callable[[], object], look: DatabaseWatch) -> None:
    async with asyncio.timeout(WAIT_S):
        while not truth():
            await look.look()
            await asyncio.sleep(0.05)


async def test_all_is_well_and_a_good_copy_is_kept(state: Path, watch: DatabaseWatch, journal: Journal) -> None:
    await watch.look()
    assert journal.alarms == {}
    assert told(state) == {}
    assert (state / damage.GOOD).exists()
    assert aside(state) == []


async def test_a_damaged_configuration_is_told_and_the_good_copy_stays(
    state: Path, watch: DatabaseWatch, journal: Journal
) -> None:
    await watch.look()
    good = (state / damage.GOOD).read_bytes()
    (state / "config.db").write_bytes(b"#!/bin/sh\necho hello\n" * 500)
    await watch.look()
    text = journal.alarms[CONFIG].text
    assert "file is not a database" in text
    assert said(text, "zh").startswith("磁盘上的配置已损坏")
    assert (state / damage.GOOD).read_bytes() == good


async def test_a_damaged_history_is_put_aside_and_what_can_be_read_of_it_comes_back(
    state: Path, watch: DatabaseWatch, writer: HistoryWriter
) -> None:
    path = state / "history.db"
    with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
        contacts.changed(db, [], [Contact("5551234", "Anna")])
    path.with_suffix(damage.MARK).touch()  # as whoever met a damaged page leaves it
    await watch.look()
    assert told(state) == {salvage.KIND: salvage.FRESH}
    assert not damage.is_marked(path)
    assert len(aside(state)) == 1
    await until(lambda: "entries of the old one were saved" in told(state)[salvage.KIND], watch)
    assert not salvage.waiting(state)
    (count,) = await writer.run(lambda db: db.execute("SELECT count(*) FROM contacts").fetchone())
    assert count == 1  # the core writes, and reads, the fresh one


async def test_one_salvage_runs_at_a_time(state: Path, watch: DatabaseWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    started = asyncio.create_subprocess_exec

    async def sleeper(*command: str, **more: object) -> asyncio.subprocess.Process:
        begun.append(await started("sleep", "600"))
        return begun[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", sleeper)
    (state / "history-damaged-20261122-100000.db").touch()
    try:
        await watch.look()
        await watch.look()
        assert len(begun) == 1
        begun[0].kill()
        await begun[0].wait()
        await watch.look()  # a salvage that died is begun again
        assert len(begun) == 2
    finally:
        for process in begun:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def test_a_history_that_cannot_be_renewed_is_tried_again_at_the_next_look(
    state: Path, watch: DatabaseWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = state / "history.db"
    path.with_suffix(damage.MARK).touch()

    def full(_: Path) -> Path:
        raise Unavailable("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(damage, "put_aside", full)
        await watch.look()
    assert told(state) == {}
    assert damage.is_marked(path)
