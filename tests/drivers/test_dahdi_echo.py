# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a channel has an echo canceller: only sysfs knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.dahdi.echo import canceller_of


def channel(folder: Path, name: str, number: str, factory: str) -> None:
    """A device as dahdi-sysfs-chan.c makes it."""
    (folder / name).mkdir()
    (folder / name / "channo").write_text(f"{number}\n")
    (folder / name / "ec_factory").write_text(f"{factory}\n")


@pytest.mark.parametrize(("number", "name"), [(1, "MG2"), (2, ""), (3, ""), (12, "VPMADT032")])
def test_a_channel_names_its_echo_canceller(tmp_path: Path, number: int, name: str) -> None:
    channel(tmp_path, "dahdi!chan!001!001", "1", "MG2")
    channel(tmp_path, "dahdi!chan!001!002", "2", "")
    channel(tmp_path, "dahdi!chan!002!001", "12", "VPMADT032")
    channel(tmp_path, "dahdi!chan!002!002", "something else", "MG2")
    assert canceller_of(number, tmp_path) == name


def test_without_sysfs_no_canceller_is_known(tmp_path: Path) -> None:
    assert canceller_of(1, tmp_path / "nothing") == ""
