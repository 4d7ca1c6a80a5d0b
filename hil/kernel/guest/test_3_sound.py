# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound between the ports of a pair: nothing is lost, changed or invented."""

from __future__ import annotations

import asyncio

import pytest

from drivers.dahdi import DahdiCard
from drivers.dahdi.gains import gain_table
from drivers.dahdi.ioctls import Law
from drivers.port import PortEvent
from hil.kernel.guest.bench import LinePair
from hil.kernel.guest.sound import hear, noise, send

BLOCKS = 200
SILENCE = {0xFF, 0x7F}  # mu-law


async def test_both_directions_at_once_bit_by_bit(pair: LinePair) -> None:
    await pair.talk()
    down, up = noise(BLOCKS, 1), noise(BLOCKS, 2)
    seconds = BLOCKS * 0.02 + 1
    async with asyncio.TaskGroup() as group:
        heard_by_line = group.create_task(hear(pair.line, seconds))
        heard_by_station = group.create_task(hear(pair.station, seconds))
        group.create_task(send(pair.station, down))
        group.create_task(send(pair.line, up))
    assert down in heard_by_line.result()
    assert up in heard_by_station.result()


async def test_a_line_on_hook_says_nothing(pair: LinePair) -> None:
    heard, _ = await asyncio.gather(hear(pair.station, 1.5), send(pair.line, noise(40, 3)))
    assert set(heard) <= SILENCE


async def test_caller_id_is_heard_on_hook_between_the_rings(pair: LinePair) -> None:
    burst = noise(40, 4)
    sending: list[asyncio.Task[None]] = []
    pair.station.ring([1000, 2500], lambda: sending.append(asyncio.create_task(send(pair.station, burst))))
    heard = await hear(pair.line, 3)
    pair.station.stop_ringing()
    assert len(sending) == 1
    await sending[0]
    assert burst in heard
    assert not pair.line.off_hook


async def test_on_hook_transmission_before_any_ring(pair: LinePair) -> None:
    burst = noise(30, 5)
    pair.station.transmit_on_hook(1500)
    heard, _ = await asyncio.gather(hear(pair.line, 1.5), send(pair.station, burst))
    assert burst in heard


async def test_an_idle_line_hears_nothing_unasked(pair: LinePair) -> None:
    heard, _ = await asyncio.gather(hear(pair.line, 1.5), send(pair.station, noise(30, 6)))
    assert set(heard) <= SILENCE


async def test_gains_change_every_code_as_their_table_says(pair: LinePair) -> None:
    await pair.talk()
    sound = noise(20, 7)
    pair.line.set_gains(-6, 0)
    heard, _ = await asyncio.gather(hear(pair.line, 1.5), send(pair.station, sound))
    assert sound.translate(gain_table(Law.MULAW, -6)) in heard
    pair.line.set_gains(0, 0)


async def test_both_ends_in_a_law_are_bit_exact_too(card: DahdiCard, pair: LinePair) -> None:
    card.law = "alaw"
    await pair.talk()
    sound = noise(50, 8)
    heard, _ = await asyncio.gather(hear(pair.line, 2), send(pair.station, sound))
    assert sound in heard
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
