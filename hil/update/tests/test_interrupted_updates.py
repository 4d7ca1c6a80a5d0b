# SPDX-License-Identifier: GPL-2.0-or-later
"""The real rauc updates a box, and is interrupted: whatever happens, the slot that starts is whole. It takes root."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware.update.by_slots import SlotUpdater
from firmware.update.progress import Phase
from hil.update.image_box import ImageBox
from hil.update.maker import Maker

CUTS = 60
OLD, NEW = "0.0.9", "0.2.0"
MakeBox = Callable[..., ImageBox]


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    return Maker(tmp_path_factory.mktemp("maker"))


@pytest.fixture
def make_box(tmp_path: Path, maker: Maker) -> Iterator[MakeBox]:
    made = []

    def make(name: str = "box", slot_b: Path | None = None) -> ImageBox:
        box = ImageBox(tmp_path / name, maker.authority.certificate, OLD, slot_b)
        made.append(box)
        box.boot()
        return box

    yield make
    for box in made:
        box.stop()


def looks_after_start(box: ImageBox, *, works: bool = True) -> None:
    """What `tipring-update-check.service` does, with services that answer, or do not."""
    updater = SlotUpdater(box.state, box.rauc, lambda: None, pause=lambda seconds: None)
    updater._answers = lambda: works  # type: ignore[method-assign]
    updater.after_start()


def test_an_update_is_installed_tried_and_kept(make_box: MakeBox, maker: Maker) -> None:
    box = make_box()
    assert box.update(maker.bundle(NEW)).wait(60) == 0, (box.folder / "update.log").read_text()
    assert (box.progress.phase, box.progress.version) == (Phase.RESTARTING, NEW)
    assert box.version() == OLD
    box.power_cut()
    assert (box.boot(), box.version()) == ("B", NEW)
    looks_after_start(box)
    assert box.progress.phase is Phase.DONE
    for _ in range(5):
        box.power_cut()
        assert (box.boot(), box.version()) == ("B", NEW)
        looks_after_start(box)


def test_a_version_that_does_not_start_is_left_after_three_tries(make_box: MakeBox, maker: Maker) -> None:
    box = make_box()
    box.update(maker.bundle(NEW)).wait(60)
    box.power_cut()
    assert [box.boot(works=False) for _ in range(3)] == ["B", "B", "B"]
    assert (box.boot(), box.version()) == ("A", OLD)
    looks_after_start(box)
    assert box.progress.phase is Phase.ROLLED_BACK


def test_a_version_that_fails_its_self_test_is_left_at_once(make_box: MakeBox, maker: Maker) -> None:
    box = make_box()
    box.update(maker.bundle(NEW)).wait(60)
    box.power_cut()
    assert box.boot() == "B"
    looks_after_start(box, works=False)
    box.power_cut()
    assert (box.boot(), box.version()) == ("A", OLD)
    looks_after_start(box)
    assert box.progress.phase is Phase.ROLLED_BACK
    assert box.progress.text == f"Version {NEW} did not start, or did not work."


def test_a_slot_without_room_changes_nothing(make_box: MakeBox, maker: Maker, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(small)], check=True)
    try:
        box = make_box("full", small / "b.img")
        assert box.update(maker.bundle(NEW)).wait(60) == 1
        assert box.progress.phase is Phase.FAILED
        assert "could not be installed" in box.progress.text
        box.power_cut()
        assert (box.boot(), box.version()) == ("A", OLD)
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


@pytest.mark.timeout(1800)
def test_power_cuts_at_any_moment(make_box: MakeBox, maker: Maker) -> None:
    """The moments are drawn from a seed over the whole run; the box then starts, and can be updated again."""
    box, bundle = make_box(), maker.bundle(NEW)
    began = time.monotonic()
    assert box.update(bundle).wait(60) == 0
    whole_s = time.monotonic() - began
    moments, seen = random.Random(7), set()
    for number in range(CUTS):
        box.power_cut()
        box = restored(box, make_box, f"cut{number}")
        updating = box.update(bundle)
        time.sleep(moments.uniform(0, whole_s * 1.1))
        box.power_cut(updating)
        cut_in = box.progress.phase
        slot = box.boot()
        assert box.version() == (NEW if slot == "B" else OLD)
        looks_after_start(box)
        assert not box.progress.under_way
        seen.add((cut_in, slot))
    assert {slot for _, slot in seen} == {"A", "B"}, seen
    assert Phase.INSTALLING in {phase for phase, _ in seen}, seen
    assert box.update(bundle, downgrade=True).wait(60) == 0
    box.power_cut()
    box.boot()
    assert box.version() == NEW


def restored(box: ImageBox, make_box: MakeBox, name: str) -> ImageBox:
    box.stop()
    return make_box(name)


@pytest.mark.timeout(300)
def test_a_killed_rauc_and_a_killed_updater_change_nothing(make_box: MakeBox, maker: Maker) -> None:
    """No power cut: the machine goes on, and whoever was killed alone is told of."""
    bundle, moments = maker.bundle(NEW), random.Random(11)
    for number in range(10):
        box = make_box(f"kill{number}")
        updating = box.update(bundle)
        time.sleep(moments.uniform(0.3, 1.0))
        if number % 2:
            box.power_cut()  # of the service alone
            updating.wait(60)
        else:
            updating.kill()
            updating.wait()
            box.power_cut()
        slot = box.boot()
        assert box.version() == (NEW if slot == "B" else OLD)
        looks_after_start(box)
        assert not box.progress.under_way
        box.stop()
