# SPDX-License-Identifier: GPL-2.0-or-later
"""A box that wakes up without the time of day: its own goes on, and calls get their right times once it is set."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware import times
from firmware.calls.journal import Journal
from firmware.config import check, default_document
from firmware.core.clock_watch import KIND, ClockWatch
from firmware.ids import uuid7
from firmware.records import Alarm, Cdr, Direction, Disposition, LegRecord, Severity, TrailEvent
from firmware.store import facts, history, stories
from firmware.store.history import History
from firmware.store.writer import HistoryWriter
from hil import blank_state

LAST = datetime(2026, 3, 1, 12, tzinfo=UTC)  # when the box was alive the last time
UNSET, RIGHT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2026, 3, 8, 9, tzinfo=UTC)


class Machine:
    """Its clock."""

    def __init__(self) -> None:
        self.now = UNSET


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    machine = Machine()
    monkeypatch.setattr(times, "machine", lambda: machine.now)
    yield machine
    times.go_by_machine()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    blank_state.copy_to(tmp_path)
    (tmp_path / "run").mkdir()
    return tmp_path


@pytest.fixture
async def writer(state: Path) -> AsyncIterator[HistoryWriter]:
    writer = HistoryWriter(state / "history.db")
    yield writer
    writer.close(5)


def journal_of(writer: HistoryWriter) -> Journal:
    config = check(default_document(["fxs1"]), ["fxs1"])
    return Journal(writer, lambda event, data: None, lambda: config)


def watch_of(state: Path) -> ClockWatch:
    """As the core makes it, before anything is written."""
    for file in state.glob("*.db*"):
        os.utime(file, (LAST.timestamp(), LAST.timestamp()))
    return ClockWatch(state)


async def a_call(writer: HistoryWriter) -> Cdr:
    """From the house's time on; one minute."""
    at = times.now()
    cdr = Cdr(uuid7(), Direction.INTERNAL, "201", "", "202", at)
    await writer.run(history.call_began, cdr)
    await writer.run(history.leg_began, leg := LegRecord(uuid7(), cdr.id, "analog", "fxs1", at))
    await writer.run(history.trail, [TrailEvent(cdr.id, at, "ringing")])
    end = at + timedelta(minutes=1)
    await writer.run(history.leg_ended, dataclasses.replace(leg, ended_at=end, cause=16))
    done = dataclasses.replace(
        cdr, answered_at=at + timedelta(seconds=5), ended_at=end, talk_s=55.0, disposition=Disposition.ANSWERED
    )
    await writer.run(history.call_ended, done, False)
    return done


async def test_times_go_on_from_when_the_box_was_last_alive_and_are_corrected(
    state: Path, writer: HistoryWriter, machine: Machine
) -> None:
    watch, journal = watch_of(state), journal_of(writer)
    assert timedelta() <= times.now() - LAST < timedelta(minutes=1)
    before = await a_call(writer)
    await writer.run(history.alarm_raised, Alarm(uuid7(), "x", Severity.WARNING, "X.", times.now()), False)
    await watch.look(journal, writer, False)
    assert KIND in journal.alarms
    machine.now = RIGHT
    await watch.look(journal, writer, False)
    assert KIND not in journal.alarms
    assert times.now() == RIGHT
    call = History(state / "history.db").call(before.id)
    assert abs(call.started_at - RIGHT) < timedelta(minutes=1)
    assert call.ended_at == call.started_at + timedelta(minutes=1)
    assert call.answered_at == call.started_at + timedelta(seconds=5)
    trail, legs = await writer.run(stories.told, call.id)
    assert [event.at for event in trail] == [call.started_at]
    assert [(leg.started_at, leg.ended_at) for leg in legs] == [(call.started_at, call.ended_at)]
    counted = await writer.run(lambda db: [tuple(row) for row in db.execute("SELECT at, call FROM facts")])
    assert counted == [(times.milliseconds(call.started_at), facts.key(call.id))]
    raised = await writer.run(lambda db: db.execute("SELECT raised_at FROM alarms WHERE kind = 'x'").fetchone()[0])
    assert abs(times.parse(raised) - RIGHT) < timedelta(minutes=1)


async def test_calls_before_are_left_as_they_are_and_a_talk_is_waited_for(
    state: Path, writer: HistoryWriter, machine: Machine
) -> None:
    machine.now = LAST - timedelta(days=1)
    times.go_by_own(LAST - timedelta(days=1), time.monotonic())
    old = await a_call(writer)
    times.go_by_machine()
    machine.now = UNSET
    watch, journal = watch_of(state), journal_of(writer)
    journal.calls["x"] = None  # type: ignore[assignment] - somebody talks
    machine.now = RIGHT
    await watch.look(journal, writer, False)
    assert times.now() < RIGHT
    journal.calls.clear()
    await watch.look(journal, writer, False)
    assert times.now() == RIGHT
    assert History(state / "history.db").call(old.id).started_at == old.started_at.replace(
        microsecond=old.started_at.microsecond // 1000 * 1000
    )


async def test_a_core_that_starts_again_goes_on_with_the_same_time(
    state: Path, writer: HistoryWriter, machine: Machine
) -> None:
    watch_of(state)
    call = await a_call(writer)
    times.go_by_machine()
    again, journal = watch_of(state), journal_of(writer)
    assert times.now() >= call.started_at
    machine.now = RIGHT
    await again.look(journal, writer, False)
    assert abs(History(state / "history.db").call(call.id).started_at - RIGHT) < timedelta(minutes=1)
    assert not (state / "run" / "clock.json").exists()


async def test_a_clock_that_is_right_is_left_alone(state: Path, writer: HistoryWriter, machine: Machine) -> None:
    machine.now = RIGHT
    watch, journal = watch_of(state), journal_of(writer)
    await watch.look(journal, writer, False)
    assert times.now() == RIGHT
    assert not journal.alarms
    assert not (state / "run" / "clock.json").exists()
