# SPDX-License-Identifier: GPL-2.0-or-later
"""Levels that a line port measures, and gains that it gives."""

from __future__ import annotations

import asyncio

import pytest
from copper_wire import Wires

from drivers import lineaudio
from hil.levels import dbm0
from hil.listen import align, speech_like
from hil.signals import quiet, sines

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_level_and_noise_of_a_line_are_measured_each_second(wires: Wires) -> None:
    wire = wires()
    await wire.until(lambda: len(wire.blocks) >= 10)
    await wire.say(sines([(1000, -20)], 2400))
    stats = wire.port.stats()
    assert stats.level_in == pytest.approx(-20, abs=0.2)
    assert stats.noise_in == pytest.approx(-20, abs=0.2)
    assert stats.level_out == -90
    await wire.say((sines([(1000, -20)], 250) + quiet(250)) * 5)
    stats = wire.port.stats()
    assert stats.level_in == pytest.approx(-23, abs=0.6)
    assert stats.noise_in < -60


async def test_gains_make_a_line_louder_and_softer_and_nothing_else(wires: Wires) -> None:
    mouth, ear = wires(), wires()
    lineaudio.connect(mouth.port.slot, ear.port.slot)
    mouth.port.set_gains(6, 0)
    ear.port.set_gains(0, -9)
    try:
        await mouth.until(lambda: len(mouth.blocks) >= 10)
        spoken = speech_like(1.0)
        begin = len(ear.blocks)
        await mouth.say(spoken)
        await asyncio.sleep(0.1)
        heard = ear.heard_pcm()[begin * 160 :]
        found = align(spoken, heard)
        assert found.correlation > 0.998
        assert dbm0(heard[found.offset :][: len(spoken)]) - dbm0(spoken) == pytest.approx(-3, abs=0.2)
    finally:
        mouth.port.set_gains(0, 0)
        ear.port.set_gains(0, 0)
        lineaudio.disconnect(mouth.port.slot, ear.port.slot)
