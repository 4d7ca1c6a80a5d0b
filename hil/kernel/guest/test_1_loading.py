# SPDX-License-Identifier: GPL-2.0-or-later
"""A card as the installer meets it: first nothing is loaded, then nothing is configured, then something is wrong."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from pathlib import Path

import pytest

from drivers.card import open_card
from drivers.dahdi import DahdiCard
from drivers.port import PortError, PortEvent
from hil.kernel.guest import bench

NOBODY = 65534


def test_without_the_module_the_installer_is_told_to_load_it(tmp_path: Path) -> None:
    card = open_card("dahdi", tmp_path)
    assert "kernel module is not loaded. Load it with the card's driver" in card.fault
    assert not card.ports


async def test_a_card_whose_driver_is_loaded_later_is_found_without_a_restart(tmp_path: Path) -> None:
    """The first to load the modules, so that it can see the time before."""
    card = DahdiCard()
    came: list[str] = []
    card.on_new_ports = lambda ports: came.extend(port.id for port in ports)
    await card.start()
    await asyncio.sleep(4)
    assert "kernel module is not loaded" in card.fault
    bench.load_modules()
    bench.configure(bench.RIGHT)
    await asyncio.sleep(5)
    assert card.fault == ""
    assert came == ["fxs1", "fxs2", "fxo1", "fxo2"]
    assert [port.fault for port in card.ports] == [""] * 4
    assert card.clock_fd >= 0
    await card.stop()
    subprocess.run(["rmmod", "linepair"], check=True)  # noqa: ASYNC221 - the others begin with an unconfigured card
    bench.load_modules()


def test_a_card_is_found_and_named_as_a_person_knows_it(modules: None, tmp_path: Path) -> None:
    card = open_card("dahdi", tmp_path)
    assert card.name == "Tipring line pairs, 2 FXS 2 FXO"
    expected = [f"{kind}{n}" for kind in ("fxo", "fxs") for n in (1, 2)]
    assert [port.id for port in card.ports] == expected


async def test_channels_that_are_not_configured_say_what_to_write(modules: None) -> None:
    card = DahdiCard()
    await card.start()
    faults = {port.id: port.fault for port in card.ports}
    await card.stop()
    assert "Put fxoks=1 into /etc/dahdi/system.conf" in faults["fxs1"]
    assert "Put fxsks=3 into /etc/dahdi/system.conf" in faults["fxo1"]


async def test_wrong_signalling_is_named_with_the_line_that_mends_it(modules: None) -> None:
    bench.configure("fxols=1\nfxsls=3\nfxoks=2\nfxsks=4\n")
    card = DahdiCard()
    await card.start()
    faults = {port.id: port.fault for port in card.ports}
    await card.stop()
    assert re.search(r"channel 1 is an FXS port, but its signalling is fxols: put fxoks=1 into", faults["fxs1"])
    assert re.search(r"channel 3 is an FXO port, but its signalling is fxsls: put fxsks=3 into", faults["fxo1"])
    assert not faults["fxs2"]
    assert not faults["fxo2"]


async def test_a_port_comes_up_by_itself_once_its_signalling_is_right(modules: None) -> None:
    bench.configure("fxols=1\nfxoks=2\nfxsks=3-4\n")
    card = DahdiCard()
    pair = bench.pair_of(card, 1)
    await card.start()
    await pair.station_ear.expect(PortEvent.FAULT)
    bench.configure(bench.RIGHT)
    await pair.station_ear.expect(PortEvent.PLUGGED, 5)
    assert pair.station.plugged
    await card.stop()


async def test_a_busy_channel_names_who_may_hold_it_and_comes_back(dahdi: None) -> None:
    other = DahdiCard()
    await other.start()
    card = DahdiCard()
    pair = bench.pair_of(card, 1)
    await card.start()
    await pair.line_ear.expect(PortEvent.FAULT)
    assert "channel 3 is in use by another program" in pair.line.fault
    assert "systemctl stop asterisk" in pair.line.fault
    with pytest.raises(PortError, match="fxo1 cannot be used: DAHDI channel 3 is in use"):
        pair.line.seize()
    await other.stop()
    await pair.line_ear.expect(PortEvent.PLUGGED, 5)
    await pair.line_ear.expect(PortEvent.BATTERY_RESTORED)
    await card.stop()


def test_a_user_without_permission_is_told_which_group(dahdi: None) -> None:
    for name in ("ctl", "channel"):
        Path(f"/dev/dahdi/{name}").chmod(0o660)
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        assert "Let the user that runs Tipring into the group dahdi" in DahdiCard().fault
    finally:
        os.seteuid(0)
        os.setegid(0)


async def test_every_port_works_after_the_right_configuration(dahdi: None) -> None:
    card = DahdiCard()
    await card.start()
    await asyncio.sleep(0.2)
    assert [port.fault for port in card.ports] == [""] * 4
    assert all(port.plugged for port in card.ports)
    await card.stop()
