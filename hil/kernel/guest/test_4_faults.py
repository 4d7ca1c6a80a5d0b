# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong with lines and cards, and how a port comes back from it."""

from __future__ import annotations

import asyncio

import pytest

from drivers.dahdi import DahdiCard
from drivers.port import Battery, PortError, PortEvent
from hil.kernel.guest import bench
from hil.kernel.guest.bench import DahdiPair


async def test_a_line_that_is_dead_from_the_beginning_is_noticed(dahdi: None) -> None:
    bench.fault(2, "cut", 1)
    await asyncio.sleep(2)
    card = DahdiCard()
    pair = bench.pair_of(card, 2)
    await card.start()
    await asyncio.sleep(0.5)
    assert pair.line.battery is Battery.NONE
    assert not pair.line.plugged
    pair.fault("cut", 0)
    await pair.line_ear.expect(PortEvent.BATTERY_RESTORED)
    await card.stop()


async def test_a_card_in_alarm_says_what_to_check_and_comes_back(pair: DahdiPair) -> None:
    (bench.FAULTS / "alarms").write_text("8\n")  # DAHDI_ALARM_RED
    told = await pair.station_ear.expect(PortEvent.FAULT)
    assert "“Tipring line pairs, 2 FXS 2 FXO” is in red alarm. Check its power" in told.detail
    assert pair.station.fault == told.detail
    with pytest.raises(PortError, match="fxs1 cannot be used: The card"):
        pair.station.ring([2000, 4000])
    (bench.FAULTS / "alarms").write_text("0\n")
    await pair.station_ear.expect(PortEvent.PLUGGED, 8)
    assert pair.station.fault == ""


async def test_a_card_removed_in_a_call_ends_it_and_comes_back_by_itself(pair: DahdiPair) -> None:
    await pair.talk()
    (bench.DEVICES / "unassign_span").write_text("1\n")
    await pair.line_ear.expect(PortEvent.BATTERY_LOST)
    told = await pair.line_ear.expect(PortEvent.FAULT)
    assert "was removed. Plug it in again" in told.detail
    assert not pair.line.off_hook
    await pair.station_ear.expect(PortEvent.ON_HOOK)
    await pair.station_ear.expect(PortEvent.FAULT)
    await asyncio.sleep(5)
    (bench.DEVICES / "auto_assign").write_text("1\n")
    bench.configure(bench.RIGHT)
    await pair.line_ear.silence(6, {PortEvent.FAULT, PortEvent.PLUGGED, PortEvent.BATTERY_RESTORED})
    assert pair.line.plugged, pair.line.fault
    await pair.station_ear.silence(0, {PortEvent.FAULT, PortEvent.PLUGGED})
    pair.station.ring([1000, 2000])
    await pair.line_ear.expect(PortEvent.RING_BEGAN)
