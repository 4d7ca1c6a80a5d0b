# SPDX-License-Identifier: GPL-2.0-or-later
"""Every signal of a line, from one end to the other: on simulated copper, and in `make hil` on the real DAHDI core."""

from __future__ import annotations

import asyncio
import time

import pytest

from drivers.port import Battery, PortError, PortEvent
from hil.line_pair import LinePair


def ms(seconds: float) -> float:
    """Milliseconds, for asserting."""
    return seconds * 1000


async def test_a_ring_is_seen_burst_by_burst(pair: LinePair) -> None:
    slack, manners = pair.manners.slack, pair.manners
    began_at = time.monotonic()
    pair.station.ring([800, 1000])
    first = await pair.line_ear.expect(PortEvent.RING_BEGAN)
    ended = await pair.line_ear.expect(PortEvent.RING_ENDED)
    second = await pair.line_ear.expect(PortEvent.RING_BEGAN)
    pair.station.stop_ringing()
    await pair.line_ear.expect(PortEvent.RING_ENDED)
    assert ms(first.at - began_at) == pytest.approx(manners.ring_began, abs=slack)
    assert ms(ended.at - first.at) == pytest.approx(800 - manners.ring_began + manners.ring_ended, abs=slack + 20)
    assert ms(second.at - first.at) == pytest.approx(1800, abs=slack)
    await pair.line_ear.silence(1.2)


async def test_a_distinctive_cadence_tells_its_longest_silence_once(pair: LinePair) -> None:
    gaps: list[float] = []
    began_at = time.monotonic()
    pair.station.ring([400, 200, 400, 800], lambda: gaps.append(time.monotonic()))
    await asyncio.sleep(3)
    pair.station.stop_ringing()
    assert len(gaps) == 1
    assert ms(gaps[0] - began_at) == pytest.approx(1000, abs=pair.manners.slack + 20)


async def test_an_exchange_that_rings_for_ever_is_told_of_every_ring(pair: LinePair) -> None:
    pair.station.ring([300, 300])
    for _ in range(5):
        await pair.line_ear.expect(PortEvent.RING_BEGAN)
        await pair.line_ear.expect(PortEvent.RING_ENDED)
    pair.station.stop_ringing()
    assert not pair.line.off_hook


async def test_answering_stops_the_ring_and_nothing_rings_on(pair: LinePair) -> None:
    pair.station.ring([2000, 4000])
    await pair.line_ear.expect(PortEvent.RING_BEGAN)
    pair.line.seize()
    await pair.line_ear.expect(PortEvent.RING_ENDED)
    lifted = await pair.station_ear.expect(PortEvent.OFF_HOOK)
    assert pair.station.off_hook
    await pair.station_ear.silence(1.5)
    pair.line.release()
    put_down = await pair.station_ear.expect(PortEvent.ON_HOOK)
    assert put_down.at > lifted.at
    await pair.line_ear.silence(0.5)


async def test_an_answer_that_is_told_by_reversed_polarity_is_seen(pair: LinePair) -> None:
    pair.station.ring([2000, 4000])
    await pair.line_ear.expect(PortEvent.RING_BEGAN)
    pair.line.seize()
    await pair.line_ear.expect(PortEvent.RING_ENDED)
    await pair.station_ear.expect(PortEvent.OFF_HOOK)
    pair.station.set_battery(Battery.REVERSED)
    await pair.line_ear.expect(PortEvent.POLARITY_REVERSED)
    assert pair.line.off_hook
    pair.line.release()
    await pair.station_ear.expect(PortEvent.ON_HOOK)
    pair.station.set_battery(Battery.NORMAL)
    await pair.line_ear.expect(PortEvent.POLARITY_REVERSED)


async def test_a_station_that_is_off_hook_cannot_be_rung(pair: LinePair) -> None:
    await pair.talk()
    with pytest.raises(PortError, match="fxs1 cannot ring: the station is off hook"):
        pair.station.ring([2000, 4000])
    pair.line.release()
    await pair.station_ear.expect(PortEvent.ON_HOOK)
    with pytest.raises(PortError, match="pairs of on and off"):
        pair.station.ring([2000])


@pytest.mark.parametrize("flash_ms", [300, 600])
async def test_a_hook_flash_is_no_hang_up(pair: LinePair, flash_ms: int) -> None:
    await pair.talk()
    began_at = time.monotonic()
    await pair.line.flash(flash_ms)
    flash = await pair.station_ear.expect(PortEvent.HOOK_FLASH)
    assert ms(flash.at - began_at) == pytest.approx(flash_ms, abs=pair.manners.slack)
    await pair.station_ear.silence(1.2)
    assert pair.station.off_hook


async def test_rotary_digits_arrive_as_they_were_dialled(pair: LinePair) -> None:
    await pair.talk()
    await pair.line.dial_pulse("102", 60, 40, 700)
    digits = [(await pair.station_ear.expect(PortEvent.PULSE_DIGIT)).digit for _ in range(3)]
    assert digits == ["1", "0", "2"]
    await pair.station_ear.silence(1)


async def test_a_line_on_hook_neither_flashes_nor_dials(pair: LinePair) -> None:
    with pytest.raises(PortError, match="seize the line"):
        await pair.line.flash(300)
    with pytest.raises(PortError, match="seize the line"):
        await pair.line.dial_pulse("1", 60, 40, 700)
    with pytest.raises(PortError, match="only the digits"):
        await pair.line.dial_pulse("1a", 60, 40, 700)


async def test_polarity_reversal_is_seen_at_the_other_end(pair: LinePair) -> None:
    await pair.talk()
    pair.station.set_battery(Battery.REVERSED)
    await pair.line_ear.expect(PortEvent.POLARITY_REVERSED)
    assert str(pair.line.battery) == "reversed"
    pair.station.set_battery(Battery.NORMAL)
    await pair.line_ear.expect(PortEvent.POLARITY_REVERSED)
    assert str(pair.line.battery) == "normal"


async def test_tip_and_ring_swapped_in_the_cable_is_a_reversal(pair: LinePair) -> None:
    pair.fault("swapped", 1)
    await pair.line_ear.expect(PortEvent.POLARITY_REVERSED)
    pair.fault("swapped", 0)
    await pair.line_ear.expect(PortEvent.POLARITY_REVERSED)


@pytest.mark.parametrize("drop_ms", [200, 350, 500])
async def test_a_battery_drop_is_seen_as_long_as_it_was(pair: LinePair, drop_ms: int) -> None:
    await pair.talk()
    began_at = time.monotonic()
    await pair.station.drop_battery(drop_ms)
    lost = await pair.line_ear.expect(PortEvent.BATTERY_LOST)
    restored = await pair.line_ear.expect(PortEvent.BATTERY_RESTORED)
    assert ms(lost.at - began_at) == pytest.approx(pair.manners.battery, abs=pair.manners.slack)
    assert ms(restored.at - lost.at) == pytest.approx(drop_ms, abs=pair.manners.slack + 10)
    pair.line.release()
    while (event := (await pair.station_ear.next()).event) is not PortEvent.ON_HOOK:
        assert event is PortEvent.HOOK_FLASH  # no battery, no loop current: the simulated exchange takes it for one


async def test_a_phone_put_down_right_after_it_was_lifted_is_noticed(pair: LinePair) -> None:
    pair.line.seize()
    await asyncio.sleep(0.03)
    pair.line.release()
    await pair.station_ear.expect(PortEvent.OFF_HOOK)
    await pair.station_ear.expect(PortEvent.ON_HOOK)
