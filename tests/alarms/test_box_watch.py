# SPDX-License-Identifier: GPL-2.0-or-later
"""Services, disk, memory and clock are looked after, and what is wrong with them is an alarm until it is over."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest

from firmware import service, times
from firmware.alarms import box
from firmware.alarms.box import MB
from firmware.core.certificate_watch import trouble
from firmware.machine import disk_of, is_synchronised, memory_of
from firmware.records import Severity
from firmware.store.connect import open_for_writing
from firmware.store.history import History
from firmware.uplink.box_watch import BoxWatch, Machine
from firmware.uplink.document import Latest


class World:
    """A machine whose figures a story sets; `look` is one look."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.disk, self.memory, self.synchronised = (5000 * MB, 8000 * MB), (500 * MB, 1000 * MB), True
        self.now = self.running = 1_000_000.0
        self.watch = BoxWatch(
            state,
            machine=Machine(
                lambda path: self.disk, lambda: self.memory, lambda: self.synchronised, lambda: self.now,
                lambda: self.running,
            ),
        )  # fmt: skip

    def passes(self, seconds: float) -> list[str]:
        """Kinds of the alarms that stand after so long, with a look at the beginning and at the end."""
        for step in (0.0, seconds):
            self.now += step
            self.running += step
            with (
                contextlib.closing(open_for_writing(self.state / "history.db")) as db,
                contextlib.closing(Latest(self.state / "config.db")) as latest,
            ):
                self.watch._look(db, latest)
        return [alarm.kind for alarm in History(self.state / "history.db").alarms()]


@pytest.fixture
def world(state: Path) -> World:
    return World(state)


def test_a_box_that_is_well_has_no_alarm(world: World) -> None:
    assert world.passes(10_000) == []


def test_a_disk_that_fills_is_a_warning_and_then_the_worst(world: World) -> None:
    world.disk = (700 * MB, 8000 * MB)
    assert world.passes(1) == ["disk"]
    world.disk = (100 * MB, 8000 * MB)
    world.passes(1)
    (alarm,) = History(world.state / "history.db").alarms()
    assert alarm.severity is Severity.CRITICAL
    world.disk = (5000 * MB, 8000 * MB)
    assert world.passes(1) == []


def test_a_small_share_of_a_huge_disk_is_enough() -> None:
    assert box.disk(50_000 * MB, 4_000_000 * MB) is None


def test_memory_must_be_short_for_a_while(world: World) -> None:
    world.memory = (10 * MB, 1000 * MB)
    assert world.passes(box.LONG_S - 1) == []
    assert world.passes(2) == ["memory"]
    world.memory = (500 * MB, 1000 * MB)
    assert world.passes(1) == []


def test_a_clock_that_nobody_sets_is_told_after_ten_minutes(world: World) -> None:
    world.synchronised = False
    assert world.passes(box.UNSET_S - 1) == []
    assert world.passes(2) == ["clock:unset"]
    world.synchronised = True
    assert world.passes(1) == []


def test_a_clock_that_jumps_is_told_for_an_hour(world: World) -> None:
    world.passes(1)
    world.now += 3 * 3600
    assert world.passes(1) == ["clock:jumped"]
    assert world.passes(box.JUMP_TOLD_S) == []


def test_a_dead_service_is_told_and_one_that_never_ran_is_not(world: World) -> None:
    with service.hold_lock(world.state, "core"):
        assert world.passes(100) == []
    assert world.passes(box.AWAY_S - 1) == []
    assert world.passes(2) == ["service:core"]
    with service.hold_lock(world.state, "core"):
        assert world.passes(1) == []


def test_a_service_that_starts_again_and_again_is_told(world: World) -> None:
    world.now = times.now().timestamp() + 5  # starts are noted by the real clock
    for _ in range(box.TOO_MANY):
        service.hold_lock(world.state, "web").close()
    with service.hold_lock(world.state, "web"):
        assert world.passes(1) == ["restarts:web"]
        assert world.passes(box.RESTARTS_S) == []


def test_whoever_starts_all_of_them_counts_anew(world: World) -> None:
    service.hold_lock(world.state, "web").close()
    assert len(service.starts(world.state, "web")) == 1
    service.forget_starts(world.state)
    assert service.starts(world.state, "web") == []


def test_this_machine_has_such_figures(tmp_path: Path) -> None:
    for free, total in (disk_of(tmp_path), memory_of()):
        assert 0 < free <= total
    assert is_synchronised() in (True, False)


@pytest.mark.parametrize(
    ("days", "severity"),
    [(31, None), (29, "warning"), (8, "warning"), (6, "error"), (0.9, "critical"), (-1, "critical")],
)
def test_a_certificate_is_told_of_30_7_and_1_day_before_it_ends(days: float, severity: str | None) -> None:
    now = times.now()
    told = trouble(now + timedelta(days=days), now)
    assert (told and told[0].value) == severity


def test_one_that_renews_itself_is_told_of_when_that_has_failed_for_long() -> None:
    now = times.now()
    assert trouble(now + timedelta(days=20), now, by_itself=True) is None
    assert trouble(now + timedelta(days=13), now, by_itself=True)
