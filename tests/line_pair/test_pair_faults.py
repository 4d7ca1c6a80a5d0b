# SPDX-License-Identifier: GPL-2.0-or-later
"""A wire that is cut in a call for 50 ms, 500 ms and 5 s, and a battery that fails."""

from __future__ import annotations

import time

import pytest

from drivers.port import Battery, PortError, PortEvent
from hil.line_pair import LinePair


async def test_50_ms_without_battery_are_nothing_or_told_as_short(pair: LinePair) -> None:
    await pair.talk()
    pair.line_ear.forget()
    pair.fault("drop_ms", 50)
    await pair.line_ear.silence(1.5, {PortEvent.BATTERY_LOST, PortEvent.BATTERY_RESTORED})
    seen = [50.0] if pair.manners.battery < 50 else []
    assert pair.line_ear.drops_ms == pytest.approx(seen, abs=pair.manners.slack)
    await pair.station_ear.silence(0, {PortEvent.PULSE_DIGIT, PortEvent.HOOK_FLASH})  # to it, a rotary 1
    assert pair.line.off_hook
    assert pair.line.plugged


async def test_500_ms_without_battery_are_told_as_they_were(pair: LinePair) -> None:
    await pair.talk()
    pair.fault("drop_ms", 500)
    lost = await pair.line_ear.expect(PortEvent.BATTERY_LOST)
    restored = await pair.line_ear.expect(PortEvent.BATTERY_RESTORED)
    assert (restored.at - lost.at) * 1000 == pytest.approx(500, abs=pair.manners.slack + 20)
    assert pair.line.plugged


async def test_a_cable_cut_for_5_s_in_a_call_ends_it_and_the_line_comes_back(pair: LinePair) -> None:
    await pair.talk()
    began = time.monotonic()
    pair.fault("cut", 1)
    lost = await pair.line_ear.expect(PortEvent.BATTERY_LOST)
    assert (lost.at - began) * 1000 == pytest.approx(pair.manners.battery, abs=pair.manners.slack)
    await pair.line_ear.silence(5)
    assert pair.line.battery is Battery.NONE
    await pair.station_ear.expect(PortEvent.ON_HOOK)
    pair.line.release()
    with pytest.raises(PortError, match="fxo1 has no battery"):
        pair.line.seize()
    pair.fault("cut", 0)
    await pair.line_ear.expect(PortEvent.BATTERY_RESTORED)
    assert pair.line.battery is Battery.NORMAL
    pair.line.seize()
    await pair.station_ear.expect(PortEvent.OFF_HOOK)


async def test_a_dead_line_on_hook_is_noticed_and_so_is_its_return(pair: LinePair) -> None:
    pair.fault("dead", 1)
    await pair.line_ear.expect(PortEvent.BATTERY_LOST)
    pair.fault("dead", 0)
    await pair.line_ear.expect(PortEvent.BATTERY_RESTORED)
    await pair.line_ear.silence(1)
