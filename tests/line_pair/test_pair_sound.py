# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound between the two ends: nothing is lost, changed or invented, on hook and off."""

from __future__ import annotations

import asyncio
import random

import pytest

from drivers.port import Battery, PortEvent
from hil.callerid import CallerId, as_fsk
from hil.fsk import BELL202, V23, Standard
from hil.g711 import BLOCK, decode, encode
from hil.line_pair import LinePair
from hil.signals import quiet

lineaudio = pytest.importorskip("drivers.lineaudio", reason="the native audio of this checkout is not built")

BLOCKS = 100
SILENCE = {0xFF, 0x7F}  # mu-law


def noise(blocks: int, seed: int) -> bytes:
    """Every code of G.711, in an order that occurs once."""
    return random.Random(seed).randbytes(blocks * BLOCK)


async def test_both_directions_at_once_bit_by_bit(pair: LinePair) -> None:
    await pair.talk()
    down, up = noise(BLOCKS, 1), noise(BLOCKS, 2)
    seconds = BLOCKS * 0.02 + 1
    heard_by_line, heard_by_station, _, _ = await asyncio.gather(
        pair.hear(pair.line, seconds),
        pair.hear(pair.station, seconds),
        pair.send(pair.station, down),
        pair.send(pair.line, up),
    )
    arrived = (down in heard_by_line, up in heard_by_station)
    assert arrived == (True, True)


async def test_a_line_on_hook_says_nothing(pair: LinePair) -> None:
    heard, _ = await asyncio.gather(pair.hear(pair.station, 1.2), pair.send(pair.line, noise(30, 3)))
    assert set(heard) <= SILENCE


async def test_sound_between_the_rings_is_heard_on_hook_bit_by_bit(pair: LinePair) -> None:
    burst = noise(40, 4)
    sending: list[asyncio.Task[None]] = []
    pair.station.ring([500, 2000], lambda: sending.append(asyncio.create_task(pair.send(pair.station, burst))))
    heard = await pair.hear(pair.line, 2.2)
    pair.station.stop_ringing()
    assert len(sending) == 1
    await sending[0]
    whole = burst in heard
    assert whole
    assert not pair.line.off_hook


def shown(heard: bytes, standard: Standard) -> list[tuple[str, str]]:
    """Number and name, as the box reads them."""
    what = lineaudio.Hear.BELL202 if standard is BELL202 else lineaudio.Hear.V23
    messages = lineaudio.hear_memory(what, decode(heard, "ulaw").tobytes())
    callers = [lineaudio.parse_message(message.value) for _, message in messages]
    return [(caller.number, caller.name) for caller in callers if caller]


async def test_caller_id_after_the_first_ring_is_read(pair: LinePair) -> None:
    sound = encode(quiet(500) + as_fsk(CallerId("5551234", "ANNA SMITH"), BELL202) + quiet(60), "ulaw")
    sending: list[asyncio.Task[None]] = []
    pair.station.ring([500, 3000], lambda: sending.append(asyncio.create_task(pair.send(pair.station, sound))))
    heard = await pair.hear(pair.line, 3)
    pair.station.stop_ringing()
    await sending[0]
    assert shown(heard, BELL202) == [("5551234", "ANNA SMITH")]


async def test_caller_id_before_the_ring_comes_after_a_reversal(pair: LinePair) -> None:
    sound = encode(quiet(150) + as_fsk(CallerId("02079460123", "ZOE"), V23) + quiet(60), "ulaw")
    pair.station.set_battery(Battery.REVERSED)
    await pair.line_ear.expect(PortEvent.POLARITY_REVERSED)
    pair.let_hear_on_hook(2500)
    heard, _ = await asyncio.gather(pair.hear(pair.line, 2.3), pair.send(pair.station, sound))
    pair.station.set_battery(Battery.NORMAL)
    await pair.line_ear.expect(PortEvent.POLARITY_REVERSED)
    assert shown(heard, V23) == [("02079460123", "ZOE")]
