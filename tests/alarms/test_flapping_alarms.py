# SPDX-License-Identifier: GPL-2.0-or-later
"""An alarm that comes and goes is one alarm, counted; its reader is told twice, not two hundred times."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.alarms.flapping import HOLD
from firmware.ids import uuid7
from firmware.records import Alarm, Severity
from firmware.store import history, notices
from firmware.store.connect import open_for_writing

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def db(state: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(open_for_writing(state / "history.db")) as connection:
        yield connection


def come(db: sqlite3.Connection, at: datetime) -> Alarm:
    return history.alarm_raised(db, Alarm(uuid7(), "trunk:a", Severity.ERROR, "a is down.", at), cloud=True)


def go(db: sqlite3.Connection, alarm: Alarm, at: datetime) -> None:
    history.alarm_cleared(db, alarm.id, at, cloud=True)


def told(db: sqlite3.Connection) -> list[tuple[str, int]]:
    return [(news.what, news.alarm["count"]) for news in notices.news(db, 1000)]


def test_an_alarm_that_comes_once_is_told_of_at_once(db: sqlite3.Connection) -> None:
    go(db, come(db, AT), AT + MINUTE)
    assert told(db) == [("raised", 1), ("cleared", 1)]


def test_two_hundred_comings_are_one_alarm_and_four_messages(db: sqlite3.Connection) -> None:
    for step in range(200):
        go(db, come(db, AT + 2 * step * MINUTE), AT + (2 * step + 1) * MINUTE)
    assert told(db) == [("raised", 1), ("cleared", 1), ("raised", 2)]
    over_at = AT + 399 * MINUTE
    history.tell_held(db, over_at + HOLD - MINUTE, cloud=True)
    assert len(told(db)) == 3
    history.tell_held(db, over_at + HOLD, cloud=True)
    assert told(db)[3:] == [("cleared", 200)]
    history.tell_held(db, over_at + 2 * HOLD, cloud=True)
    assert len(told(db)) == 4
    (row,) = db.execute("SELECT count FROM alarms").fetchall()
    assert row["count"] == 200


def test_one_that_comes_back_much_later_is_another_one(db: sqlite3.Connection) -> None:
    first = come(db, AT)
    go(db, first, AT + MINUTE)
    second = come(db, AT + MINUTE + HOLD)
    assert second.id != first.id
    assert second.count == 1


def test_what_is_known_stays_known_while_it_flaps_and_is_news_when_it_was_told_to_be_over(
    db: sqlite3.Connection,
) -> None:
    first = come(db, AT)
    history.alarms_acknowledged(db, [first.id], AT, "owner")
    go(db, first, AT + MINUTE)
    second = come(db, AT + 2 * MINUTE)
    assert second.acknowledged_at is None
    history.alarms_acknowledged(db, [first.id], AT + 2 * MINUTE, "owner")
    go(db, second, AT + 3 * MINUTE)
    third = come(db, AT + 4 * MINUTE)
    assert (third.acknowledged_by, third.count) == ("owner", 3)


def test_one_that_becomes_graver_is_told_again_and_is_news(db: sqlite3.Connection) -> None:
    first = history.alarm_raised(db, Alarm("a1", "certificate", Severity.WARNING, "It ends soon.", AT), cloud=True)
    history.alarms_acknowledged(db, [first.id], AT, "owner")
    graver = history.alarm_raised(
        db, Alarm("a2", "certificate", Severity.CRITICAL, "It ends soon.", AT + MINUTE), cloud=True
    )
    assert (graver.id, graver.severity, graver.acknowledged_at) == ("a1", Severity.CRITICAL, None)
    assert told(db) == [("raised", 1), ("raised", 2)]
    milder = history.alarm_raised(db, Alarm("a3", "certificate", Severity.WARNING, "It ends soon.", AT), cloud=True)
    assert milder.severity is Severity.CRITICAL
