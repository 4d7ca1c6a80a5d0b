# SPDX-License-Identifier: GPL-2.0-or-later
"""Board profiles: those that come with the box, and what is said of a wrong one, field by field."""

from __future__ import annotations

from pathlib import Path

import pytest

from board.board import BoardError
from board.reading import detect, find, find_in_child, load, names, read

LED = '{ gpio = { chip = "c", line = 1 } }'
RELAY = 'relay = { chip = "c", line = 1 }\nloop = { chip = "c", line = 2 }\n'


def told(tmp_path: Path, text: str) -> str:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(BoardError) as error:
        read(file)
    return str(error.value)


@pytest.mark.parametrize("name", names())
def test_every_profile_of_ours_is_right_and_the_installers_page_names_it(name: str) -> None:
    assert load(name).title
    assert f"| `{name}` |" in (Path(__file__).parents[2] / "docs/hardware.md").read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "title: Field required"),
        ('title = "x"\nspeed = 1', "speed: Unexpected keyword argument"),
        ('title = "x"\n[leds]\nbell = ' + LED, "leds.bell: Input should be 'power'"),
        ('title = "x"\n[leds]\npower = {}', "leds.power: needs exactly one of gpio, led, panel"),
        ('title = "x"\n[leds]\npower = { gpio = { chip = "c", line = -1 } }', "leds.power.gpio.line: "),
        ('title = "x"\n[leds]\npower = { panel = "p" }', "say in [panel] where that is"),
        ('title = "x"\n[button]\ngpio = { chip = "c", line = 1, active_low = "yes" }', "button.gpio.active_low: "),
        ('title = "x"\n[lifeline]\nrelay = { chip = "c", line = 1 }', "lifeline.loop: Field required"),
        ('title = "x"\n[lifeline]\nline = "fxs1"\n' + RELAY, "use something like fxo1"),
        ('title = "x"\n[watchdog]\ntimeout_s = 1.5', "watchdog.timeout_s: Input should be a valid integer"),
        ('title = "x"\n[watchdog]\ndevice = "/etc/passwd"', "watchdog: device: "),
        ('title = "x"\n[temperature]\nthermal = "t"\nwarn_c = 80\ncritical_c = 70', "warn_c must be below critical_c"),
        ('title = "x"\n[fan]\ngpio = { chip = "c", line = 1 }\non_c = 50\noff_c = 40', "a fan needs [temperature]"),
        ('title = "x"\n[identity]\nfile = "/root/.ssh/id"', "use something like /proc/device-tree/serial-number"),
        ("title = ", "is not TOML"),
    ],
)
def test_a_wrong_profile_is_told_by_its_field(tmp_path: Path, text: str, said: str) -> None:
    assert said in told(tmp_path, text)


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    said = told(tmp_path, 'speed = 1\n[watchdog]\ntimeout_s = "x"\n').splitlines()
    assert len(said) == 3
    assert all(line.startswith("mine.toml: ") for line in said)


def test_a_board_is_found_by_its_device_tree(tmp_path: Path) -> None:
    tree = tmp_path / "compatible"
    tree.write_bytes(b"raspberrypi,4-compute-module\0brcm,bcm2711\0")
    found = detect(tree, tmp_path / "none")
    assert found
    assert found.name == "rpi4-cm4-pcie"


def test_a_plain_pc_has_no_board_and_its_watchdog_is_left_alone(tmp_path: Path) -> None:
    product = tmp_path / "product_name"
    product.write_text("OptiPlex 7010\n")
    assert detect(tmp_path / "none", product) is None
    assert find("none") is None


def test_an_unknown_board_is_told_with_those_that_there_are() -> None:
    with pytest.raises(BoardError, match="one of generic-x86-64, qemu-bench, rpi4-cm4-pcie, rpi4-slic, simulated"):
        find_in_child("rpi9")


def test_a_profile_comes_whole_out_of_the_process_that_checks_it() -> None:
    assert find_in_child("rpi4-cm4-pcie") == load("rpi4-cm4-pcie")
