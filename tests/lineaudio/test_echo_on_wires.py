# SPDX-License-Identifier: GPL-2.0-or-later
"""The echo canceller of a line port whose far end is not always in time."""

from __future__ import annotations

import asyncio
import time

import pytest
from copper_wire import Wire, Wires

from drivers import lineaudio
from hil.copper import Copper
from hil.g711 import BLOCK
from hil.levels import dbm0
from hil.listen import speech_like

pytestmark = pytest.mark.asyncio(loop_scope="session")


def with_echo(wire: Wire) -> None:
    """An ordinary hybrid at the far end."""
    copper = Copper("ulaw", path=5, echo_loss_db=9)
    spoken = wire.player.next_block
    heard = 0

    def next_block() -> bytes:
        nonlocal heard
        for block in wire.blocks[heard:]:
            copper.heard(block)
        heard = len(wire.blocks)
        return copper.said(spoken())

    wire.player.next_block = next_block  # type: ignore[method-assign]


async def test_blocks_that_come_late_do_not_bring_the_echo_back(wires: Wires) -> None:
    mouth, line = wires(), wires(ahead=0)
    with_echo(line)
    line.port.cancel_echo(True)
    for one, other in ((mouth, line), (line, mouth)):
        lineaudio.connect(one.port.slot, other.port.slot)
    try:
        said = mouth.say(speech_like(4, level_dbm0=-15))
        await asyncio.sleep(2)
        for stall_s in (0.05, 0.03, 0.06):
            time.sleep(stall_s)  # noqa: ASYNC251 - both far ends stand still
            await asyncio.sleep(0.2)
        before = len(mouth.blocks)
        await said
        back = mouth.heard_pcm()[before * BLOCK :]
        assert dbm0(back) < -45  # 24 dB without a canceller
        stats = line.port.stats()
        assert stats.echo_loss == pytest.approx(9, abs=4)
        assert stats.echo_cancelled > 15
    finally:
        line.port.cancel_echo(False)
        for one, other in ((mouth, line), (line, mouth)):
            lineaudio.disconnect(one.port.slot, other.port.slot)
