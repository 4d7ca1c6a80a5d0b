# SPDX-License-Identifier: GPL-2.0-or-later
"""What a line port does with what comes on its descriptor, and what it counts."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path

import pytest
from copper_wire import Wire, Wires

from drivers import lineaudio
from hil.g711 import BLOCK, pcm
from hil.listen import align, faults, speech_like
from hil.signals import quiet, sines

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def settled(wire: Wire) -> None:
    """Sound flows both ways."""
    await wire.until(lambda: len(wire.blocks) >= 10)


async def test_sound_crosses_the_bridge_bit_true_but_for_companding(wires: Wires) -> None:
    mouth, ear = wires(), wires()
    lineaudio.connect(mouth.port.slot, ear.port.slot)
    try:
        await settled(mouth)
        spoken = speech_like(2.0)
        await mouth.say(spoken)
        await asyncio.sleep(0.1)
        heard = ear.heard_pcm()
        assert align(spoken, heard).correlation > 0.999
        assert faults(spoken, heard) == []
    finally:
        lineaudio.disconnect(mouth.port.slot, ear.port.slot)


async def test_everything_is_counted(wires: Wires) -> None:
    wire = wires()
    await settled(wire)
    before = wire.port.stats()
    await wire.say(speech_like(1.0, level_dbm0=-10))
    after = wire.port.stats()
    assert after.received - before.received == pytest.approx(50, abs=3)
    assert after.sent - before.sent == pytest.approx(50, abs=3)
    assert 5000 < after.peak_in < 32768
    assert after.peak_out == 0
    assert (after.bad, after.overruns) == (before.bad, before.overruns)
    await asyncio.sleep(0.1)
    wire.port.stats()
    await asyncio.sleep(0.1)
    assert wire.port.stats().peak_in < 100  # since the last reading


async def test_blocks_that_come_late_are_underruns_and_cost_no_sound(wires: Wires) -> None:
    mouth, ear = wires(ahead=0), wires()
    lineaudio.connect(mouth.port.slot, ear.port.slot)
    try:
        await settled(mouth)
        before = mouth.port.stats().underruns
        mouth.silent()
        await asyncio.sleep(0.1)
        for _ in range(5):
            mouth.speak()  # what was due meanwhile, all at once
        mouth.resume()
        await asyncio.sleep(0.2)
        assert mouth.port.stats().underruns - before >= 3
        spoken = speech_like(1.0)
        await mouth.say(spoken)
        await asyncio.sleep(0.3)
        assert faults(spoken, ear.heard_pcm()) == []
    finally:
        lineaudio.disconnect(mouth.port.slot, ear.port.slot)


async def test_depth_that_is_not_needed_is_never_shed_from_the_beginning_of_a_word(wires: Wires) -> None:
    mouth, ear = wires(ahead=6), wires()
    lineaudio.connect(mouth.port.slot, ear.port.slot)
    try:
        await settled(mouth)
        spoken = pcm((*sines([(600, -20)], 5400), *quiet(20), *sines([(900, -10)], 200)))
        await mouth.say(spoken)
        await asyncio.sleep(0.3)
        heard = ear.heard_pcm()
        loud = [n for n, sample in enumerate(heard) if abs(sample) > 4000]
        assert loud[-1] - loud[0] == pytest.approx(1600, abs=8)
    finally:
        lineaudio.disconnect(mouth.port.slot, ear.port.slot)


async def test_blocks_that_come_too_fast_are_thrown_away_and_counted(wires: Wires) -> None:
    wire = wires()
    await settled(wire)
    before = wire.port.stats()
    for _ in range(40):
        wire.speak()
    await asyncio.sleep(0.5)
    after = wire.port.stats()
    assert after.overruns - before.overruns >= 20
    assert after.depth <= 12  # 240 ms, and never more


async def test_a_far_end_that_does_not_listen_holds_nothing_up(wires: Wires) -> None:
    deaf, other = wires(), wires()
    await settled(deaf)
    deaf.hang()
    before = deaf.port.stats().overruns
    await asyncio.sleep(1.5)
    assert deaf.port.stats().overruns > before
    heard = len(other.blocks)
    await asyncio.sleep(0.5)
    assert len(other.blocks) - heard == pytest.approx(25, abs=3)


@pytest.mark.parametrize(("size", "told"), [(159, "159 bytes"), (1, "1 bytes"), (2000, "more than 160 bytes")])
async def test_a_block_of_another_size_ends_the_wire_and_says_why(wires: Wires, size: int, told: str) -> None:
    wire = wires()
    await settled(wire)
    before = wire.port.stats().bad
    wire.far.send(b"\xff" * size)
    await wire.until(lambda: wire.faults, 1)
    assert len(wire.faults) == 1
    assert told in wire.faults[0]
    assert wire.port.stats().bad == before + 1
    wire.unplug()
    wire.plug()
    await settled(wire)


async def test_a_far_end_that_goes_away_is_told_once(wires: Wires) -> None:
    wire = wires()
    await settled(wire)
    wire.silent()
    wire.hang()
    wire.far.close()
    await wire.until(lambda: wire.faults, 1)
    await asyncio.sleep(0.1)
    assert wire.faults == ["the far end closed its audio"]


def descriptors() -> int:
    """How many are open in this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_no_descriptor_is_left_after_a_storm_of_plugging(wires: Wires) -> None:
    wire = wires()
    await settled(wire)
    before = descriptors()
    pause = (0, 0, 0, 0.003, 0.021)  # often faster than the clock takes them
    for n in range(300):
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        wire.port.attach(near.fileno())
        near.close()
        if n % 3 == 0:
            far.send(b"\xff" * BLOCK)
        await asyncio.sleep(pause[n % len(pause)])
        if n % 2:
            wire.port.detach()
        far.close()
    wire.unplug()
    wire.plug()
    await settled(wire)
    assert descriptors() == before
    assert wire.faults == []


async def test_the_clock_ticks_every_twenty_milliseconds(wires: Wires) -> None:
    before, began = lineaudio.clock_stats(reset=False), time.monotonic()
    await asyncio.sleep(1.0)
    after, took = lineaudio.clock_stats(reset=False), time.monotonic() - began
    assert after.ticks + after.skipped - before.ticks - before.skipped == pytest.approx(took / 0.02, abs=2)
