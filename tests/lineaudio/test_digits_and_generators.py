# SPDX-License-Identifier: GPL-2.0-or-later
"""Digits both ways, and tones as the box makes them."""

from __future__ import annotations

import asyncio

import pytest
from copper_wire import Wires

from drivers.lineaudio import Hear, HeardKind, Law
from firmware import countries
from firmware.media.tone_table import opening, sound
from hil.dtmf_receiver import DtmfReceiver
from hil.g711 import BLOCK
from hil.listen import tone_level_dbm0
from hil.signals import dtmf, quiet

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALL = "0123456789ABCD*#"


AT_THE_EDGE = {
    "as short as Q.24 wants them accepted": (dtmf("159D", on_ms=45, off_ms=45), "159D"),
    "too short to be digits": (dtmf("159D", on_ms=20, off_ms=80), ""),
    "faint, at -27 dBm0": (dtmf("159D", low_dbm0=-27, high_dbm0=-27), "159D"),
    "with 6 dB of twist": (dtmf("159D", low_dbm0=-8, high_dbm0=-14), "159D"),
    "one digit held for a second": (dtmf("5", on_ms=1000), "5"),
    "the same digit again and again": (dtmf("55555"), "55555"),
}


async def test_all_sixteen_digits_are_heard(wires: Wires) -> None:
    listening = [wires(law) for law in Law]
    for wire in listening:
        wire.port.hear(Hear.DTMF)
    await asyncio.gather(*(wire.say(dtmf(ALL, on_ms=60, off_ms=60) + quiet(60)) for wire in listening))
    for wire in listening:
        await wire.until(lambda wire=wire: wire.digits == ALL, 1)


async def test_digits_at_the_edge_of_what_is_one(wires: Wires) -> None:
    listening = {what: wires() for what in AT_THE_EDGE}
    for wire in listening.values():
        wire.port.hear(Hear.DTMF)
    await asyncio.gather(*(wire.say(quiet(40) + AT_THE_EDGE[what][0] + quiet(200)) for what, wire in listening.items()))
    assert {what: wire.digits for what, wire in listening.items()} == {
        k: heard for k, (_, heard) in AT_THE_EDGE.items()
    }


async def test_digits_that_the_box_dials_are_understood(wires: Wires) -> None:
    wire = wires()
    await asyncio.wait_for(wire.port.dial(ALL, on_ms=60, off_ms=60), 3)
    await asyncio.sleep(0.1)
    receiver = DtmfReceiver()
    heard = wire.heard_pcm()
    for begin in range(0, len(heard) - BLOCK, BLOCK):
        receiver.feed(heard[begin : begin + BLOCK])
    assert receiver.dialled == ALL
    assert receiver.digits[1].low_dbm0 == pytest.approx(-9, abs=1.5)


async def test_what_cannot_be_dialled_is_refused(wires: Wires) -> None:
    for digits in ("", "12x", "1" * 101):
        with pytest.raises(ValueError, match="cannot be sent as DTMF"):
            wires().port.dial(digits)


async def test_a_tone_has_its_level_and_ends_when_told(wires: Wires) -> None:
    wire, us = wires(), countries.load("us")
    wire.port.tone(sound(us.dial))
    await wire.until(lambda: len(wire.blocks) > 30)
    wire.port.quiet()
    heard = wire.heard_pcm()[-4000:]
    assert tone_level_dbm0(heard, 350) == pytest.approx(us.dial.level_dbm0, abs=0.5)
    assert tone_level_dbm0(heard, 440) == pytest.approx(us.dial.level_dbm0, abs=0.5)
    before = len(wire.blocks)
    await wire.until(lambda: len(wire.blocks) > before + 10)
    assert set(wire.blocks[-5:]) == {b"\xff" * BLOCK}


async def test_a_modulated_tone_has_its_side_bands(wires: Wires) -> None:
    wire, india = wires(Law.ALAW), countries.load("in")
    wire.port.tone(sound(india.dial))
    await wire.until(lambda: len(wire.blocks) > 60)
    heard = wire.heard_pcm()[-8000:]
    levels = [tone_level_dbm0(heard, hz) for hz in (375, 400, 425)]
    assert levels == pytest.approx([levels[1] - 6.9, india.dial.level_dbm0 - 5.6, levels[1] - 6.9], abs=0.5)


async def test_an_opening_ends_by_itself(wires: Wires) -> None:
    wire, us = wires(), countries.load("us")
    await asyncio.wait_for(wire.port.tone(opening(us.unobtainable), repeat=False), 2)
    assert tone_level_dbm0(wire.heard_pcm()[-2400:-800], 1800) > -20


async def test_a_sound_that_is_replaced_is_cancelled(wires: Wires) -> None:
    wire = wires()
    dialling = wire.port.dial("1" * 20)
    wire.port.tone(sound(countries.load("us").busy))
    assert dialling.cancelled()
    assert wire.of(HeardKind.DIGIT) == []


async def test_a_sound_that_is_silenced_is_cancelled(wires: Wires) -> None:
    wire = wires()
    dialling = wire.port.dial("1" * 20)
    wire.port.quiet()
    assert dialling.cancelled()
