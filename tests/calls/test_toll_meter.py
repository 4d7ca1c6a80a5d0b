# SPDX-License-Identifier: GPL-2.0-or-later
"""Toll fraud: what was used outlives the core, a stop stays until a person lifts it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.journal import Journal
from firmware.calls.leg import Leg
from firmware.calls.toll_meter import TollMeter
from firmware.config import Tolls
from firmware.records import Severity
from firmware.routing.outward import Outward, TollKind
from firmware.store import migrations, tolls
from firmware.store.connect import open_for_writing

ABROAD = Outward("0044", "international", False, ())
KIND = TollKind.INTERNATIONAL


class Notebook:
    """A journal that writes at once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.alarms: dict[str, str] = {}

    def write(self, fn: Callable[..., Any], *args: Any) -> None:
        fn(self._db, *args)

    def raise_alarm(self, kind: str, severity: Severity, text: str) -> None:
        self.alarms.setdefault(kind, text)

    def clear_alarm(self, kind: str) -> None:
        self.alarms.pop(kind, None)


class OutsideLeg:
    """Answered at once."""

    def __init__(self) -> None:
        self.gone: asyncio.Future[Cause] = asyncio.get_running_loop().create_future()
        self.notes: list[str] = []

    def left(self, cause: Cause) -> None:
        self.gone.set_result(cause)

    def note(self, event: str, **data: Any) -> None:
        self.notes.append(event)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fresh") / "history.db"
    migrations.ensure(path)
    return path


@pytest.fixture
def db(fresh: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    shutil.copy(fresh, tmp_path / "history.db")
    with contextlib.closing(open_for_writing(tmp_path / "history.db")) as connection:
        yield connection


def meter(journal: Notebook, db: sqlite3.Connection, **settings: Any) -> TollMeter:
    """As after a start of the core."""
    limits = {"international": {"calls_per_hour": 2, **settings.pop("international", {})}}
    known = Tolls.model_validate(limits | settings)
    made = TollMeter(cast(Journal, journal), lambda: known)
    made.take_over(tolls.toll_calls(db), tolls.toll_stops(db))
    return made


async def calls(made: TollMeter) -> OutsideLeg:
    leg = OutsideLeg()
    made.began(cast(Call, leg), cast(Leg, leg), ABROAD)
    await asyncio.sleep(0.01)
    return leg


def test_a_restart_forgets_neither_what_was_used_nor_a_stop(db: sqlite3.Connection) -> None:
    journal = Notebook(db)

    async def story() -> None:
        first = meter(journal, db)
        (await calls(first)).left(Cause.NORMAL)
        await calls(first)  # goes on while the core dies
        second = meter(journal, db)
        assert second.as_json()[0]["used"]["calls_per_hour"] == 2
        assert "more than 2 calls to international numbers" in second.refuses(KIND)
        assert "tipring tolls lift international" in journal.alarms["toll:international"]
        assert meter(journal, db).stopped(KIND)

    asyncio.run(story())


def test_what_was_lifted_is_forgiven_over_a_restart_too(db: sqlite3.Connection) -> None:
    journal = Notebook(db)

    async def story() -> None:
        first = meter(journal, db)
        for _ in range(2):
            await calls(first)
        assert first.refuses(KIND)
        first.lift(KIND)
        assert journal.alarms == {}
        assert meter(journal, db).refuses(KIND) == ""

    asyncio.run(story())


def test_other_calls_are_never_refused(db: sqlite3.Connection) -> None:
    async def story() -> None:
        made = meter(Notebook(db), db, international={"calls_per_hour": 0})
        assert made.refuses(None) == ""
        assert made.refuses(TollKind.PREMIUM) == ""
        assert made.refuses(KIND)

    asyncio.run(story())


@pytest.mark.parametrize("cut", [True, False])
def test_calls_that_go_on_are_cut_where_that_is_wanted(db: sqlite3.Connection, cut: bool) -> None:
    async def story() -> None:
        made = meter(Notebook(db), db, international={"minutes_per_hour": 0}, cut_calls=cut)
        leg = await calls(made)
        made.look()
        assert made.stopped(KIND)
        assert leg.gone.done() is cut
        assert leg.notes == (["cut_by_limit"] if cut else [])

    asyncio.run(story())


def test_texts_count_by_the_messages_that_they_take_over_a_restart_too(db: sqlite3.Connection) -> None:
    journal = Notebook(db)
    first = meter(journal, db, international={"calls_per_hour": 4})
    assert first.refuses(KIND, 3) == ""
    first.texted(KIND, "+44201234567", 3)
    second = meter(journal, db, international={"calls_per_hour": 4})
    assert second.as_json()[0]["used"]["calls_per_hour"] == 3
    assert second.as_json()[0]["used"]["minutes_per_day"] == 0
    assert second.refuses(KIND) == ""
    assert "more than 4 calls to international numbers" in second.refuses(KIND, 2)
    assert "toll:international" in journal.alarms
