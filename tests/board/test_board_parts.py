# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of a board: what is missing is told and the rest works; the ones on files, a pty and a socket are played."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import pty
import socket
import tempfile
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from periphery import GPIOError

from board.board import LEDS, BoardError
from board.factory import open_board
from board.gpio import GpioInput
from board.panel import FrontPanel
from board.profile import Dog, Hwmon, Identity, Light, Panel, Pin, Profile
from board.reading import load
from board.sysfs import FileMeter, PwmFan, hwmon_file, serial_number, thermal_zone
from board.watchdog import HardwareWatchdog

WAIT_S = 10.0


async def test_a_board_of_which_nothing_is_there_says_of_each_part_what_to_do(tmp_path: Path) -> None:
    pin = Pin("no-such-chip", "button")
    leds = {"power": Light(gpio=pin), "alarm": Light(led="no-such-led")}
    profile = Profile("mine", "Mine", leds=leds, watchdog=Dog("/dev/no-such-watchdog"))
    board = open_board(profile, tmp_path / "board")
    assert board.leds == {}
    assert "There is no GPIO chip no-such-chip" in board.missing["leds.power"]
    assert board.missing["leds.alarm"].startswith("The LED alarm cannot be used: there is no LED no-such-led in")
    assert "a box that hangs does not restart by itself" in board.missing["watchdog"]
    board.close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (LookupError("not found by name"), "GPIO line button of /dev/gpiochip0 is not there. Is it the right board"),
        (GPIOError(errno.EBUSY, "busy"), "GPIO line button of /dev/gpiochip0 is in use by something else; gpioinfo"),
        (GPIOError(errno.EACCES, "Permission denied"), "GPIO line button of /dev/gpiochip0: Permission denied"),
    ],
)
def test_a_line_that_cannot_be_had_is_told(monkeypatch: pytest.MonkeyPatch, wrong: Exception, said: str) -> None:
    """The real ones are played on gpio-sim, in the kernel bench."""

    def refuse(*args: object, **more: object) -> None:
        raise wrong

    monkeypatch.setattr("board.gpio.GPIO", refuse)
    with pytest.raises(BoardError) as error:
        GpioInput("button", Pin("/dev/gpiochip0", "button"))
    assert said in str(error.value)


async def test_the_carriers_profile_on_another_machine_opens_and_names_what_is_missing(tmp_path: Path) -> None:
    board = open_board(load("rpi4-cm4-pcie"), tmp_path / "board")
    assert {"leds.power", "button", "lifeline.relay", "lifeline.sense", "lifeline.loop"} <= set(board.missing)
    assert board.relay is None
    board.close()


def test_a_watchdog_is_fed_and_stopped_in_its_own_way(tmp_path: Path) -> None:
    device = tmp_path / "watchdog"
    device.touch()
    watchdog = HardwareWatchdog.__new__(HardwareWatchdog)  # its device is a file, which a profile would refuse
    watchdog._device, watchdog._fd, watchdog.timeout_s = str(device), os.open(device, os.O_WRONLY), 15.0
    watchdog.feed()
    watchdog.feed()
    watchdog.close()
    assert device.read_bytes() == b"\0\0V"


def test_sensors_are_found_by_their_names(tmp_path: Path) -> None:
    for number, (kind, value) in enumerate((("acpitz", "20000"), ("cpu-thermal", "61500"))):
        zone = tmp_path / f"thermal_zone{number}"
        zone.mkdir()
        (zone / "type").write_text(f"{kind}\n")
        (zone / "temp").write_text(f"{value}\n")
    assert FileMeter("temperature", thermal_zone("cpu-thermal", tmp_path)).read() == 61.5
    with pytest.raises(BoardError, match="there is no thermal zone x86_pkg_temp"):
        thermal_zone("x86_pkg_temp", tmp_path)


def test_a_fan_and_a_voltage_are_found_by_the_chip(tmp_path: Path) -> None:
    chip = tmp_path / "hwmon3"
    chip.mkdir()
    (chip / "name").write_text("nct6779\n")
    (chip / "in0_input").write_text("11980\n")
    (chip / "pwm1").write_text("0\n")
    assert FileMeter("supply", hwmon_file("supply", Hwmon("nct6779", "in0"), tmp_path)).read() == 11.98
    PwmFan(hwmon_file("fan", Hwmon("nct6779", "pwm1"), tmp_path)).set(True)
    assert (chip / "pwm1").read_text() == "255"
    with pytest.raises(BoardError, match="has no in7 of a chip nct6779"):
        hwmon_file("supply", Hwmon("nct6779", "in7"), tmp_path)


def test_a_meter_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match="temperature cannot be measured"):
        FileMeter("temperature", tmp_path / "temp").read()


def test_the_serial_number_is_what_is_printable() -> None:
    assert serial_number(Identity("/proc/version", 0, 5)) == "Linux"
    with pytest.raises(BoardError, match="serial number cannot be read"):
        serial_number(Identity("/proc/no/such/file"))


# ---- the front panel --------------------------------------------------------------------------------


@pytest.fixture
def wire() -> Iterator[tuple[int, str]]:
    """The panel's end of a serial line, and the name of the box's end."""
    panel, box = pty.openpty()
    tty.setraw(panel)
    tty.setraw(box)
    os.set_blocking(panel, False)
    yield panel, os.ttyname(box)
    os.close(panel)
    os.close(box)


async def test_a_front_panel_is_lit_and_its_key_heard_through_garbage_and_split_lines(wire: tuple[int, str]) -> None:
    end, name = wire
    panel = FrontPanel(Panel(name))
    pressed: asyncio.Queue[bool] = asyncio.Queue()
    panel.key("main").watch(pressed.put_nowait)
    for piece in (b"\xff\xfe" * 100 + b"\n", b"KEY ma", b"in 1\nKEY other 1\nKEY main 7\n", b"KEY main 0\n"):
        os.write(end, piece)
    async with asyncio.timeout(WAIT_S):
        assert [await pressed.get(), await pressed.get()] == [True, False]
    panel.led("power").set(True)
    said = b""
    async with asyncio.timeout(WAIT_S):
        while not said.endswith(b"\n"):
            try:
                said += os.read(end, 100)
            except BlockingIOError:
                await asyncio.sleep(0.01)
    assert said == b"LED power 1\n"
    panel.close()


def test_a_panel_that_is_not_there_is_told() -> None:
    with pytest.raises(BoardError, match="front panel at /dev/ttyNONE cannot be used"):
        FrontPanel(Panel("/dev/ttyNONE"))


# ---- the simulated board ----------------------------------------------------------------------------


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tip") as folder:
        yield Path(folder) / "board"


async def connected(place: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    client.connect(str(place))
    client.setblocking(False)
    return client


async def heard(client: socket.socket) -> dict[str, object]:
    async with asyncio.timeout(WAIT_S):
        return dict(json.loads(await asyncio.get_running_loop().sock_recv(client, 4096)))


async def test_a_simulated_board_shows_its_leds_and_feels_its_button(place: Path) -> None:
    board = open_board(load("simulated"), place)
    client = await connected(place)
    assert await heard(client) == {"leds": dict.fromkeys(LEDS, False), "relay": False, "fan": False, "fed": 0}
    board.leds["call"].set(True)
    assert (await heard(client))["leds"] == dict.fromkeys(LEDS, False) | {"call": True}
    assert board.button
    pressed: asyncio.Queue[bool] = asyncio.Queue()
    board.button.watch(pressed.put_nowait)
    client.send(b'{"button": true}')
    async with asyncio.timeout(WAIT_S):
        assert await pressed.get()
    client.close()
    board.close()
    assert not [file.name for file in place.parent.iterdir()]


async def test_a_stuck_relay_stays_on_the_line_whatever_its_coil_does(place: Path) -> None:
    board = open_board(load("simulated"), place)
    assert board.relay
    assert board.relay_sense
    assert board.supply
    board.relay.set(True)
    assert board.relay_sense.read()
    client = await connected(place)
    client.send(b'{"relay_stuck": true, "supply_v": 9.5}')
    for _ in range(int(WAIT_S / 0.01)):
        if board.supply.read() == 9.5:
            break
        await asyncio.sleep(0.01)
    assert not board.relay_sense.read()
    client.close()
    board.close()


@pytest.mark.parametrize("packet", [b"no json", b"[]", b'{"button": 1}', b'{"lamp": true}', b'{"supply_v": 1e9}'])
async def test_who_sends_what_is_not_known_is_thrown_out(place: Path, packet: bytes) -> None:
    board = open_board(load("simulated"), place)
    client = await connected(place)
    await heard(client)
    client.send(packet)
    async with asyncio.timeout(WAIT_S):
        assert await asyncio.get_running_loop().sock_recv(client, 4096) == b""
    client.close()
    board.close()
