# SPDX-License-Identifier: GPL-2.0-or-later
"""Bundles of format verity, as the image's recipe makes them: the real rauc installs them through dm-verity."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.update.progress import Phase
from hil.kernel.guest.bench import RESULTS
from hil.update.image_box import ImageBox

BUNDLES = RESULTS / "bundles"  # hil/kernel/guest_run.py
NAME, OLD, NEW = "0.2.0-tipring-bench.raucb", "0.0.9", "0.2.0"
ENDS_S = 600.0


@pytest.fixture
def box(modules: None, tmp_path: Path) -> Iterator[ImageBox]:
    """It runs from slot A, and trusts the maker."""
    box = ImageBox(tmp_path / "box", BUNDLES / "maker/authority/ca.pem", OLD)
    box.boot()
    yield box
    box.stop()


def fetched(maker: str, folder: Path) -> Path:
    """On the box's own disk, where nobody else can change it while it is read."""
    return Path(shutil.copy(BUNDLES / maker / NAME, folder))


def update(box: ImageBox, bundle: Path) -> int:
    return box.update(bundle).wait(ENDS_S)


def starts_old(box: ImageBox) -> None:
    box.power_cut()
    assert (box.boot(), box.version()) == ("A", OLD)


def test_a_bundle_is_installed_and_starts(box: ImageBox, tmp_path: Path) -> None:
    assert update(box, fetched("maker", tmp_path)) == 0, (box.folder / "update.log").read_text()
    assert (box.progress.phase, box.progress.version) == (Phase.RESTARTING, NEW)
    box.power_cut()
    assert (box.boot(), box.version()) == ("B", NEW)


def test_one_byte_of_what_it_holds_is_another(box: ImageBox, tmp_path: Path) -> None:
    """Its signature is right, since it covers the root of the tree of digests: the kernel finds the block."""
    bundle = fetched("maker", tmp_path)
    with bundle.open("r+b") as file:
        file.seek(bundle.stat().st_size // 2)
        (byte,) = file.read(1)
        file.seek(-1, 1)
        file.write(bytes((byte ^ 1,)))
    assert box.rauc.bundle(bundle).version == NEW
    assert update(box, bundle) == 1
    assert box.progress.phase is Phase.FAILED
    assert "could not be installed" in box.progress.text
    assert re.search(r"verity: .* block \d+ is corrupted", subprocess.check_output(["dmesg"], text=True))
    starts_old(box)


def test_a_strangers_is_refused(box: ImageBox, tmp_path: Path) -> None:
    assert update(box, fetched("stranger", tmp_path)) == 1
    assert box.progress.phase is Phase.FAILED
    assert "is not signed by a maker that this box trusts" in box.progress.text
    starts_old(box)
