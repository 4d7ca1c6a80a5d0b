# SPDX-License-Identifier: GPL-2.0-or-later
"""What is plugged in: each device is asked what it is, those in use are left alone, and who is in the way is named."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from drivers import modems_found as search
from drivers.modem import why_not_opened
from drivers.modem.serial_line import SerialLine
from drivers.modems_found import Found, modems_found, what_is_at
from drivers.port import PortError
from hil.modem.cellular_modem import CellularModem
from hil.modem.voice_modem import VoiceModem

DEVICE = "/dev/serial/by-id/usb-x"


@pytest_asyncio.fixture
async def plugged(tmp_path: Path) -> AsyncIterator[Path]:
    """A voice modem, one without +VTR, and a cellular one."""
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    async with (
        VoiceModem(by_id / "usb-a-voice"),
        VoiceModem(by_id / "usb-b-turns", duplex=False),
        CellularModem(by_id / "usb-c-mobile"),
    ):
        yield by_id


def _told(found: list[Found]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(Path(one.device).name, one.kind, one.detail, one.can) for one in found]


async def test_each_says_what_it_is_and_what_it_can(plugged: Path) -> None:
    assert _told(await modems_found({}, [plugged])) == [
        ("usb-a-voice", "voice", "TESTVOICE 56K", ("both_ways", "caller_id")),
        ("usb-b-turns", "voice", "TESTVOICE 56K", ("ways_unknown", "caller_id")),
        ("usb-c-mobile", "cellular", "TESTMODEM 4G", ()),
    ]


async def test_one_in_use_is_not_disturbed_and_a_second_name_is_the_same_device(plugged: Path, tmp_path: Path) -> None:
    by_path = tmp_path / "by-path"
    by_path.mkdir()
    for name in ("usb-a-voice", "usb-c-mobile"):
        (by_path / f"pci-{name}").symlink_to((plugged / name).readlink())
    (plugged / "usb-c-mobile").unlink()  # two alike without a serial number: only the socket tells them apart
    found = await modems_found({str(plugged / "usb-a-voice"): "fxo201"}, [plugged, by_path])
    assert [(Path(one.device).name, one.used_by) for one in found if one.kind != "silent"] == [
        ("usb-a-voice", "fxo201"), ("usb-b-turns", ""), ("pci-usb-c-mobile", ""),
    ]  # fmt: skip


async def test_a_device_that_answers_nothing_is_no_modem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "ASK_S", 0.2)
    async with VoiceModem(tmp_path / "usb-gps") as gps:
        gps.dead = True
        found = await what_is_at(str(gps.device))
    assert (found.kind, found.detail) == ("silent", search.SILENT)


async def test_garbage_between_its_lines_does_not_hide_a_modem(tmp_path: Path) -> None:
    async with VoiceModem(tmp_path / "usb-voice") as noisy:
        noisy.garbage, noisy.pieces = True, 3
        found = await what_is_at(str(noisy.device))
    assert (found.kind, found.can) == ("voice", ("both_ways", "caller_id"))


async def test_a_modem_that_another_program_holds_is_busy(tmp_path: Path) -> None:
    async with VoiceModem(tmp_path / "usb-voice") as modem:
        held = os.open(modem.device, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            found = await what_is_at(str(modem.device))
        finally:
            os.close(held)
    assert found.kind == "busy"
    assert "is in use by another program (ModemManager, or another card of this box)" in found.detail


async def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PortError, match="the modem is not plugged in"):
        await SerialLine(str(tmp_path / "usb-none")).open()


# ---- who is in the way -----------------------------------------------------------------------------------


def _program(proc: Path, device: Path, name: str) -> None:
    (proc / "4711" / "fd").mkdir(parents=True)
    (proc / "4711" / "fd" / "5").symlink_to(device)
    (proc / "4711" / "comm").write_text(f"{name}\n")


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("ModemManager", "is held by ModemManager. Switch it off (systemctl mask --now ModemManager)"),
        ("minicom", "is in use by minicom. End that program, or take another device."),
    ],
)
def test_the_program_that_holds_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, sentence: str
) -> None:
    device = tmp_path / "ttyACM0"
    device.touch()
    _program(tmp_path / "proc", device, program)
    monkeypatch.setattr(why_not_opened, "PROC", tmp_path / "proc")
    assert sentence in why_not_opened.not_opened(str(device), OSError(16, "Device or resource busy"))


def test_modem_manager_is_named_also_where_processes_are_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The core under systemd sees no process but its own (ProtectProc=invisible)."""
    units = tmp_path / "units"
    units.mkdir()
    (units / "invocation:ModemManager.service").symlink_to("0123456789abcdef")
    monkeypatch.setattr(why_not_opened, "PROC", tmp_path / "none")
    monkeypatch.setattr(why_not_opened, "UNITS", units)
    assert "is held by ModemManager" in why_not_opened.not_opened(DEVICE, OSError(16, "Device or resource busy"))


def test_who_may_not_open_it_is_told_the_group(tmp_path: Path) -> None:
    device = tmp_path / "ttyACM0"
    device.touch(stat.S_IRUSR)
    sentence = why_not_opened.not_opened(str(device), PermissionError(13, "Permission denied"))
    assert f"usermod -aG {device.group()} " in sentence
    assert "usermod -aG dialout " in why_not_opened.not_opened(DEVICE, PermissionError(13, "Permission denied"))
