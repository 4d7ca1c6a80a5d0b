# SPDX-License-Identifier: GPL-2.0-or-later
"""Signals that only a DAHDI card has, beside those of tests/line_pair: its own limits, and message lamps."""

from __future__ import annotations

import asyncio

import pytest

from drivers.port import Battery, PortError, PortEvent
from hil.fsk import BELL202, Demodulator, bits_of, checksum, modulate
from hil.g711 import decode, encode
from hil.kernel.guest import bench
from hil.kernel.guest.bench import DahdiPair
from hil.signals import quiet

_VISUAL_INDICATOR = bytes((0x82, 3, 0x0B, 1, 0xFF))  # MDMF, GR-1401-CORE 2.2: parameter 11, all ones lights the lamp
VMWI_ON = _VISUAL_INDICATOR + bytes((checksum(_VISUAL_INDICATOR),))


async def test_ringing_right_after_a_battery_drop_waits_for_the_card(pair: DahdiPair) -> None:
    await pair.talk()
    dropping = asyncio.create_task(pair.station.drop_battery(500))
    await asyncio.sleep(0.1)
    pair.line.release()
    await dropping
    await pair.station_ear.expect(PortEvent.ON_HOOK)
    await pair.line_ear.silence(3, {PortEvent.BATTERY_LOST, PortEvent.BATTERY_RESTORED})
    pair.station.ring([1000, 2000])
    await pair.line_ear.expect(PortEvent.RING_BEGAN)


def lamp(pair: DahdiPair) -> int:
    """Messages waiting, as the phone's lamp has it."""
    return int((bench.FAULTS / str(pair.number) / "lamp").read_text())


async def test_a_card_without_lamp_voltage_says_so(pair: DahdiPair) -> None:
    assert pair.station.message_waiting(True) is False
    assert lamp(pair) == 0


async def test_a_neon_lamp_is_lit_and_put_out(neon_pair: DahdiPair) -> None:
    (bench.FAULTS / "lamps").write_text("1\n")
    try:
        assert neon_pair.station.message_waiting(True) is True
        assert lamp(neon_pair) == 1
        assert neon_pair.station.message_waiting(False) is True
        assert lamp(neon_pair) == 0
    finally:
        (bench.FAULTS / "lamps").write_text("0\n")


async def test_a_card_that_was_said_to_have_lamps_and_has_none_says_so(neon_pair: DahdiPair) -> None:
    assert neon_pair.station.message_waiting(True) is False


async def test_message_waiting_by_fsk_is_heard_on_hook_without_a_ring(pair: DahdiPair) -> None:
    sound = encode(quiet(100) + modulate(bits_of(VMWI_ON), BELL202) + quiet(60), "ulaw")
    pair.station.transmit_on_hook(1500)
    heard, _ = await asyncio.gather(pair.hear(pair.line, 1.5), pair.send(pair.station, sound))
    assert Demodulator(BELL202).feed(decode(heard, "ulaw")) == [VMWI_ON[:-1]]
    assert not pair.line_ear.all


async def test_battery_cannot_be_held_back(pair: DahdiPair) -> None:
    with pytest.raises(PortError, match="use drop_battery"):
        pair.station.set_battery(Battery.NONE)
