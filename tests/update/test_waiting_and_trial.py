# SPDX-License-Identifier: GPL-2.0-or-later
"""An update waits for calls, and no longer than it may; a new version stays when somebody keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from firmware.deadline import Deadline
from firmware.errors import Unavailable
from firmware.update.by_slots import SlotUpdater
from firmware.update.progress import SCHEDULE, Order, Phase, Progress, UpdateFiles, Word
from firmware.update.rauc import Bundle, Rauc, Slots

NEWER = "9.0.0"
CALL, HELP = {"emergency": False}, {"emergency": True}


class Slot(Rauc):
    """Takes every bundle; what it was told is kept."""

    told: list[str]
    booted = "A"

    @property
    def compatible(self) -> str:
        return "tipring-bench"

    def bundle(self, file: Path) -> Bundle:
        return Bundle(self.compatible, NEWER)

    def slots(self) -> Slots:
        return Slots(self.booted, "A", frozenset("A"))

    def install(self, file: Path, told: Callable[[int], None]) -> None:
        self.told.append("install")

    def mark(self, state: str) -> None:
        self.told.append(state)


class Box:
    """A box whose `calls` are those of each look, one after the other; then nobody calls."""

    def __init__(self, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[list[dict[str, bool]]] = []
        self.each_look: Callable[[], object] = lambda: None
        monkeypatch.setattr("firmware.update.updater.ask_core", self._core)
        monkeypatch.setattr("firmware.update.updater.web_answers", lambda state: True)
        monkeypatch.setattr(Slot, "told", [], raising=False)
        self.updater = SlotUpdater(state, Slot(), lambda: Slot.told.append("restart"), pause=lambda s: self.each_look())

    def _core(self, state: Path, method: str, params: Any) -> Any:
        return self.calls.pop(0) if method == "calls" and self.calls else []

    @property
    def files(self) -> UpdateFiles:
        return self.updater.files

    @property
    def progress(self) -> Progress:
        return self.files.progress()

    def update(self, **wanted: Any) -> list[str]:
        """What RAUC and the machine were told."""
        order = Order("/a.raucb", **({"by": "owner"} | wanted))
        self.files.give(order)
        self.updater.run(order)
        return Slot.told

    def comes_up_with_the_new_version(self, **progress: Any) -> list[str]:
        Slot.told.clear()
        self.updater.progress = self.files.tell(
            replace(Progress(Phase.RESTARTING, NEWER, "0.1.0", "A", trial_s=600, wait_s=60), **progress)
        )
        self.updater.rauc = NewSlot()
        self.updater.after_start()
        return Slot.told


class NewSlot(Slot):
    booted = "B"


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Box:
    return Box(tmp_path, monkeypatch)


def test_the_restart_waits_for_the_last_call_and_says_for_how_many(box: Box) -> None:
    box.calls = [[CALL, CALL], [CALL], []]
    seen: list[int] = []
    box.each_look = lambda: seen.append(box.progress.calls)
    assert box.update(wait_s=3600) == ["install", "restart"]
    assert seen == [2, 1]
    assert box.progress.limit is None, "the wait is over"


def test_it_waits_no_longer_than_it_may_and_the_slot_that_runs_stays(box: Box) -> None:
    box.calls = [[CALL]] * 1000
    box.files.etag.write_text('"one"')
    assert box.update(wait_s=0.001, by=SCHEDULE) == ["install", "active"]
    assert box.progress.phase is Phase.FAILED
    assert box.progress.text.startswith("Somebody still called after 0 minutes. Nothing has changed")
    assert not box.files.etag.exists(), "the next night tries it again"


def test_who_does_not_want_to_wait_waits_for_calls_for_help_only(box: Box) -> None:
    box.calls = [[CALL, HELP], [HELP], [CALL]]
    looks: list[int] = []
    box.each_look = lambda: looks.append(box.progress.calls)
    assert box.update(now=True) == ["install", "restart"]
    assert looks == [1, 1]


def test_it_is_called_off_while_it_waits(box: Box) -> None:
    box.calls = [[CALL]] * 1000
    box.each_look = lambda: box.files.say(Word.CALL_OFF, "bob")
    assert box.update() == ["install", "active"]
    assert (box.progress.phase, box.progress.text) == (
        Phase.CALLED_OFF, "It was called off by bob. Nothing has changed.",
    )  # fmt: skip


def test_a_dead_core_has_no_calls(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*given: Any) -> Any:
        raise Unavailable("no core")

    monkeypatch.setattr("firmware.update.updater.ask_core", dead)
    assert box.update(wait_s=60) == ["install", "restart"]


def test_a_version_on_trial_stays_when_somebody_keeps_it(box: Box) -> None:
    seen: list[Phase] = []

    def looked() -> None:
        seen.append(box.progress.phase)
        if box.progress.phase is Phase.CONFIRM:
            box.files.say(Word.KEEP, "201")

    box.each_look = looked
    assert box.comes_up_with_the_new_version() == ["good"]
    assert box.progress.phase is Phase.DONE
    assert seen[-1] is Phase.CONFIRM
    assert set(seen) == {Phase.TRIAL, Phase.CONFIRM}


def test_one_that_nobody_keeps_goes_when_nobody_calls(box: Box) -> None:
    box.calls = [[CALL], []]
    assert box.comes_up_with_the_new_version(trial_s=0.001) == ["bad", "restart"]
    assert box.calls == []
    assert box.progress.phase is Phase.RETURNING
    box.updater.rauc = Slot()
    box.updater.after_start()
    assert box.progress.phase is Phase.ROLLED_BACK
    assert box.progress.text == f"Version {NEWER} was on trial, and nobody confirmed it."


def test_one_is_sent_back_before_its_time(box: Box) -> None:
    box.each_look = lambda: box.files.say(Word.BACK, "bob")
    assert box.comes_up_with_the_new_version() == ["bad", "restart"]
    assert box.progress.text == f"Version {NEWER} was on trial, and sent back by bob."


def test_calls_do_not_hold_up_the_way_back_for_ever_but_those_for_help_do(box: Box) -> None:
    box.calls = [[HELP]] * 20 + [[CALL]]
    box.comes_up_with_the_new_version(trial_s=0.001, wait_s=0.001)
    assert Slot.told == ["bad", "restart"]
    assert box.calls == []


@pytest.mark.parametrize(("left_s", "kept"), [(600.0, True), (0.0, False)])
def test_a_power_cut_does_not_prolong_a_trial(box: Box, left_s: float, kept: bool) -> None:
    box.files.make()
    box.files.say(Word.KEEP, "201")
    limit = Deadline.after(left_s)
    told = box.comes_up_with_the_new_version(phase=Phase.CONFIRM, limit=limit)
    assert told == (["good"] if kept else ["bad", "restart"])


def test_what_another_version_wrote_is_read(box: Box) -> None:
    (box.files.folder / "progress.json").write_text('{"phase": "done", "version": "9.0.0", "mood": "good"}')
    assert box.progress == Progress(Phase.DONE, NEWER)


def test_only_one_updates_at_a_time(box: Box) -> None:
    with box.files.alone(patient=True) as first, box.files.alone(patient=False) as second:
        assert (first, second) == (True, False)
