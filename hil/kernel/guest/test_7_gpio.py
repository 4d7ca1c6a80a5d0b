# SPDX-License-Identifier: GPL-2.0-or-later
"""The pins of a box, simulated by the kernel: what python-periphery drives and sees, without a board."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

periphery = pytest.importorskip("periphery")

CONFIG = Path("/sys/kernel/config")
NAMES = {0: "led_power", 1: "led_line", 2: "lifeline_relay", 4: "button"}


class Chip:
    """A chip of gpio-sim with 8 lines, some of them named as on a board."""

    def __init__(self) -> None:
        self._folder = CONFIG / "gpio-sim" / "box"
        self._bank = self._folder / "bank0"
        self._bank.mkdir(parents=True)
        (self._bank / "num_lines").write_text("8")
        for offset, name in NAMES.items():
            (self._bank / f"line{offset}").mkdir()
            (self._bank / f"line{offset}" / "name").write_text(name)
        (self._folder / "live").write_text("1")
        self.device = f"/dev/{self._said(self._bank / 'chip_name')}"

    @staticmethod
    def _said(file: Path) -> str:
        return file.read_text().strip()

    def _line(self, offset: int) -> Path:
        device, chip = self._said(self._folder / "dev_name"), self._said(self._bank / "chip_name")
        return Path("/sys/devices/platform") / device / chip / f"sim_gpio{offset}"

    def value(self, offset: int) -> bool:
        """The level at the pin."""
        return self._said(self._line(offset) / "value") == "1"

    def pull(self, offset: int, *, up: bool) -> None:
        """Somebody presses a button, or lets it go."""
        (self._line(offset) / "pull").write_text("pull-up" if up else "pull-down")

    def remove(self) -> None:
        """The chip is gone."""
        (self._folder / "live").write_text("0")
        for offset in NAMES:
            (self._bank / f"line{offset}").rmdir()
        self._bank.rmdir()
        self._folder.rmdir()


@pytest.fixture
def chip(modules: None) -> Iterator[Chip]:
    """A chip that appears, and goes away afterwards."""
    if not (CONFIG / "gpio-sim").exists():
        subprocess.run(["busybox", "mount", "-t", "configfs", "none", CONFIG], check=True)
    chip = Chip()
    yield chip
    chip.remove()


def test_leds_and_the_relay_are_driven(chip: Chip) -> None:
    outputs = [0, 1, 2]
    pins = [periphery.GPIO(chip.device, offset, "out") for offset in outputs]
    for state in (True, False, True):
        for offset, pin in zip(outputs, pins, strict=True):
            pin.write(state)
            assert chip.value(offset) is state
    for pin in pins:
        pin.close()


def test_pins_are_found_by_the_names_that_a_board_gives_them(chip: Chip) -> None:
    relay = periphery.GPIO(chip.device, "lifeline_relay", "out")
    assert relay.line == 2
    relay.write(True)
    assert chip.value(2)
    relay.close()
    with pytest.raises(LookupError, match="not found by name"):
        periphery.GPIO(chip.device, "no_such_pin", "out")


def test_every_edge_of_a_button_is_seen_in_order(chip: Chip) -> None:
    button = periphery.GPIO(chip.device, "button", "in")
    button.edge = "both"
    for pressed in (True, False) * 3:
        chip.pull(4, up=pressed)
    seen = []
    while button.poll(0.2):
        seen.append(button.read_event())
    button.close()
    assert [event.edge for event in seen] == ["rising", "falling"] * 3
    times = [event.timestamp for event in seen]
    assert times == sorted(times)


def test_a_pin_that_somebody_else_has_is_refused(chip: Chip) -> None:
    first = periphery.GPIO(chip.device, 1, "out")
    with pytest.raises(periphery.GPIOError, match="busy"):
        periphery.GPIO(chip.device, 1, "out")
    first.close()
