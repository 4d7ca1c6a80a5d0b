# SPDX-License-Identifier: GPL-2.0-or-later
"""The image's boot scripts choose the slot in the real bootloaders: three tries each, and never a dead box."""

from __future__ import annotations

import pytest

from hil.kernel import cache
from hil.kernel.steps import Unavailable
from hil.recipes import play
from hil.update.grub_pc import GrubPc
from hil.update.u_boot_arm import UBootArm

SLOTS = {"A": "root=PARTLABEL=rootfs.0", "B": "root=PARTLABEL=rootfs.1"}


@pytest.fixture(scope="module")
def pc(tmp_path_factory: pytest.TempPathFactory) -> GrubPc:
    """With the environment that the recipe makes."""
    folder = tmp_path_factory.mktemp("pc")
    play("tipring-grubenv", "do_compile", {"B": f"{folder}"})
    try:
        (kernel,) = cache.ensure().kernel.parent.glob("kit/boot/vmlinuz-*")
        return GrubPc(folder, kernel, folder / "grubenv")
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def arm(tmp_path_factory: pytest.TempPathFactory) -> UBootArm:
    try:
        return UBootArm(tmp_path_factory.mktemp("arm"))
    except Unavailable as reason:
        pytest.skip(str(reason))


def slot_of(line: str) -> str:
    """Which slot a kernel was started in, root and name agreeing."""
    (chosen,) = (name for name, root in SLOTS.items() if root in line.split() and f"rauc.slot={name}" in line.split())
    return chosen


@pytest.mark.timeout(3600)
def test_grub_tries_each_slot_three_times_and_then_both_again(pc: GrubPc) -> None:
    assert [slot_of(pc.start()) for _ in range(7)] == ["A", "A", "A", "B", "B", "B", "A"]
    assert pc.environment() == {"ORDER": "A B", "A_OK": "1", "A_TRY": "1", "B_OK": "1", "B_TRY": "0"}


@pytest.mark.timeout(1800)
def test_grub_takes_what_rauc_says(pc: GrubPc) -> None:
    pc.set(ORDER="B A", A_OK="1", A_TRY="0", B_OK="1", B_TRY="0")
    assert slot_of(pc.start()) == "B", "an update was installed there"
    pc.set(B_OK="0")
    assert slot_of(pc.start()) == "A", "its self-test failed"
    assert pc.environment()["A_TRY"] == "1"


@pytest.mark.timeout(900)
def test_u_boot_tries_each_slot_three_times_and_then_both_again(arm: UBootArm) -> None:
    arm.saved = {}
    assert [arm.start() for _ in range(6)] == ["A", "A", "A", "B", "B", "B"]
    assert arm.saved["BOOT_A_LEFT"] == arm.saved["BOOT_B_LEFT"] == "0"
    assert arm.start() == "", "neither: it begins anew"
    assert arm.start() == "A"


@pytest.mark.timeout(900)
def test_u_boot_takes_what_rauc_says(arm: UBootArm) -> None:
    arm.saved = {"BOOT_ORDER": "B A", "BOOT_A_LEFT": "3", "BOOT_B_LEFT": "3"}
    assert arm.start() == "B", "an update was installed there"
    arm.saved["BOOT_B_LEFT"] = "0"
    assert arm.start() == "A", "its self-test failed"
    assert arm.saved["BOOT_A_LEFT"] == "2"
