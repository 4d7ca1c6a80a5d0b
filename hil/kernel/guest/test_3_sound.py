# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound between the ports of a pair: nothing is lost, changed or invented."""

from __future__ import annotations

import asyncio

import pytest

from drivers.dahdi import DahdiCard
from drivers.dahdi.gains import gain_table
from drivers.dahdi.ioctls import Law
from drivers.port import PortEvent
from hil.kernel.guest.bench import DahdiPair
from hil.kernel.guest.sound import hear, noise, send

BLOCKS = 200
SILENCE = {0xFF, 0x7F}  # mu-law


async def test_on_hook_transmission_before_any_ring(pair: DahdiPair) -> None:
    burst = noise(30, 5)
    pair.station.transmit_on_hook(1500)
    heard, _ = await asyncio.gather(hear(pair.line, 1.5), send(pair.station, burst))
    whole = burst in heard
    assert whole


async def test_an_idle_line_hears_nothing_unasked(pair: DahdiPair) -> None:
    heard, _ = await asyncio.gather(hear(pair.line, 1.5), send(pair.station, noise(30, 6)))
    assert set(heard) <= SILENCE


async def test_gains_change_every_code_as_their_table_says(pair: DahdiPair) -> None:
    await pair.talk()
    sound = noise(20, 7)
    pair.line.set_gains(-6, 0)
    heard, _ = await asyncio.gather(hear(pair.line, 1.5), send(pair.station, sound))
    whole = sound.translate(gain_table(Law.MULAW, -6)) in heard
    assert whole
    pair.line.set_gains(0, 0)


async def test_both_ends_in_a_law_are_bit_exact_too(card: DahdiCard, pair: DahdiPair) -> None:
    card.law = "alaw"
    await pair.talk()
    sound = noise(50, 8)
    heard, _ = await asyncio.gather(hear(pair.line, 2), send(pair.station, sound))
    whole = sound in heard
    assert whole
    card.law = "ulaw"


@pytest.mark.parametrize("taps", [128])
async def test_the_echo_canceller_is_switched_with_the_hook(dahdi: None, taps: int) -> None:
    card = DahdiCard(buffers=16, echo_taps=taps)
    await card.start()
    from hil.kernel.guest.bench import pair_of

    pair = pair_of(card, 1)
    await asyncio.sleep(0.2)
    pair.line.seize()
    await pair.station_ear.expect(PortEvent.OFF_HOOK)
    heard, _ = await asyncio.gather(hear(pair.line, 1.5), send(pair.station, noise(20, 9)))
    assert not set(heard) <= SILENCE
    await card.stop()
