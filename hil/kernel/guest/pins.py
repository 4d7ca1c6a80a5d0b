# SPDX-License-Identifier: GPL-2.0-or-later
"""GPIO lines that the kernel simulates (gpio-sim), and the other side of each."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

CONFIG = Path("/sys/kernel/config")


class Pins:
    """A chip of gpio-sim with this label, and lines of these names."""

    def __init__(self, label: str, names: Sequence[str]) -> None:
        if not (CONFIG / "gpio-sim").exists():
            subprocess.run(["busybox", "mount", "-t", "configfs", "none", CONFIG], check=True)
        self._names = names
        self._folder = CONFIG / "gpio-sim" / label
        self._bank = self._folder / "bank0"
        self._bank.mkdir(parents=True)
        (self._bank / "num_lines").write_text(str(len(names)))
        (self._bank / "label").write_text(label)
        for offset, name in enumerate(names):
            (self._bank / f"line{offset}").mkdir()
            (self._bank / f"line{offset}" / "name").write_text(name)
        (self._folder / "live").write_text("1")
        device, chip = (file.read_text().strip() for file in (self._folder / "dev_name", self._bank / "chip_name"))
        self._lines = Path("/sys/devices/platform") / device / chip

    def level(self, name: str) -> bool:
        """Of a line, as the box drives it."""
        return (self._lines / f"sim_gpio{self._names.index(name)}" / "value").read_text().strip() == "1"

    def pull(self, name: str, *, up: bool) -> None:
        """Somebody presses a button, or lifts a phone."""
        (self._lines / f"sim_gpio{self._names.index(name)}" / "pull").write_text("pull-up" if up else "pull-down")

    def remove(self) -> None:
        """The chip is gone."""
        (self._folder / "live").write_text("0")
        for offset in range(len(self._names)):
            (self._bank / f"line{offset}").rmdir()
        self._bank.rmdir()
        self._folder.rmdir()
