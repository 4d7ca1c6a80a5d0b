# SPDX-License-Identifier: GPL-2.0-or-later
"""An FXS port of a SLIC, in virtual time: ring frequency and cadence, ring trip, hook, flash, digits, battery."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from itertools import pairwise

import pytest

from drivers.port import Battery, MessageLamp, PortError, PortEvent, PortEventRecord
from drivers.slic.fxs import SlicFxs
from drivers.slic.simulated import SimulatedSlic
from tests.calls import virtual_time


class Phone:
    """The port, its SLIC, and a hand at the telephone."""

    def __init__(self, slic: SimulatedSlic) -> None:
        self.slic, self.port = slic, SlicFxs("fxs1", slic.wiring)
        self.events: list[PortEventRecord] = []
        self.port.on_event = self.events.append
        self.port.open()
        self.told()

    def told(self) -> list[str]:
        """What the port told since the last time."""
        names = [event.event.value + event.digit for event in self.events]
        self.events.clear()
        return names

    async def lift(self) -> None:
        """And waits until it must be known."""
        self.slic.hook.move(True)
        await asyncio.sleep(0.3)

    async def breaks(self, *ms: int, make_ms: int = 40) -> None:
        """Opens the loop for each of these."""
        for long in ms:
            self.slic.hook.move(False)
            await asyncio.sleep(long / 1000)
            self.slic.hook.move(True)
            await asyncio.sleep(make_ms / 1000)


def play(story: Coroutine[None, None, None]) -> None:
    virtual_time.run(story)


@pytest.mark.parametrize("hz", [20, 25])
def test_it_rings_at_its_frequency_in_the_cadence(hz: int) -> None:
    async def story() -> None:
        phone, gaps = Phone(SimulatedSlic(ring_hz=hz)), list[float]()
        phone.port.ring([1000, 2000], lambda: gaps.append(asyncio.get_running_loop().time()))
        await asyncio.sleep(4.5)
        phone.port.stop_ringing()
        assert [round(at, 3) for at, _ in phone.slic.ring_mode.changes] == [0, 1, 3, 4]
        assert gaps == [pytest.approx(1)]
        turns = phone.slic.turns()
        first = [at for at in turns if at < 0.999]
        assert len(first) == 2 * hz - 1
        assert [b - a for a, b in pairwise(first)] == pytest.approx([0.5 / hz] * (2 * hz - 2))
        assert not [at for at in turns if 1.001 < at < 2.999], "in a silence the battery is left alone"
        assert phone.slic.forward.on, "at rest it is forward"
        phone.port.close()

    play(story())


def test_current_of_the_bell_answers_no_call_and_lifting_does_at_once() -> None:
    async def story() -> None:
        phone = Phone(SimulatedSlic())
        phone.port.ring([2000, 4000])
        for _ in range(30):  # the bell draws current for a part of each cycle
            phone.slic.hook.move(True)
            await asyncio.sleep(0.02)
            phone.slic.hook.move(False)
            await asyncio.sleep(0.03)
        assert phone.told() == []
        lifted = asyncio.get_running_loop().time()
        await phone.lift()
        (off,) = phone.events
        assert (off.event, off.at) == (PortEvent.OFF_HOOK, pytest.approx(lifted))
        assert not phone.slic.ring_mode.on
        assert not phone.port.ringing
        with pytest.raises(PortError, match="off hook"):
            phone.port.ring([2000, 4000])
        phone.port.close()

    play(story())


def test_flash_rotary_digits_and_hanging_up_are_told_apart() -> None:
    async def story() -> None:
        phone = Phone(SimulatedSlic())
        await phone.lift()
        assert phone.told() == ["off_hook"]
        await phone.breaks(2, 2, make_ms=1)  # a contact that bounces
        await phone.breaks(60, 60, 60)
        await asyncio.sleep(0.8)
        await phone.breaks(*[60] * 10)
        await asyncio.sleep(0.8)
        assert phone.told() == ["pulse_digit3", "pulse_digit0"]
        await phone.breaks(300)
        await asyncio.sleep(1)
        assert phone.told() == ["hook_flash"]
        phone.slic.hook.move(False)
        await asyncio.sleep(2)
        assert phone.told() == ["on_hook"]
        phone.port.close()

    play(story())


def test_an_edge_that_the_kernel_lost_is_seen_by_the_level() -> None:
    async def story() -> None:
        phone = Phone(SimulatedSlic())
        phone.slic.hook.move(True)
        phone.slic.hook.move(False)
        phone.slic.hook.lost = True
        phone.slic.hook.move(True)
        await asyncio.sleep(0.2)
        assert phone.told() == ["off_hook"]
        phone.port.close()

    play(story())


def test_the_battery_is_turned_around_and_taken_away_and_a_call_outlives_that() -> None:
    async def story() -> None:
        phone = Phone(SimulatedSlic())
        await phone.lift()
        phone.port.set_battery(Battery.REVERSED)
        assert not phone.slic.forward.on
        power = phone.slic.power_down
        assert power
        dropping = asyncio.create_task(phone.port.drop_battery(350))
        await asyncio.sleep(0.01)
        assert power.on
        phone.slic.hook.move(False)  # no battery, no current
        await dropping
        assert not power.on
        phone.slic.hook.move(True)
        await asyncio.sleep(1)
        assert phone.told() == ["off_hook"]
        assert not phone.slic.forward.on, "reversed, as before"
        phone.port.close()

    play(story())


def test_who_hangs_up_without_battery_has_hung_up() -> None:
    async def story() -> None:
        phone = Phone(SimulatedSlic())
        await phone.lift()
        dropping = asyncio.create_task(phone.port.drop_battery(350))
        await asyncio.sleep(0.01)
        phone.slic.hook.move(False)
        await dropping
        await asyncio.sleep(2)
        assert phone.told() == ["off_hook", "on_hook"]
        phone.port.close()

    play(story())


def test_without_a_power_down_line_battery_stays() -> None:
    async def story() -> None:
        phone = Phone(SimulatedSlic(power_down=False))
        with pytest.raises(PortError, match="no power_down is wired"):
            phone.port.set_battery(Battery.NONE)
        await phone.port.drop_battery(350)
        assert phone.slic.forward.changes == []
        phone.port.close()

    play(story())


def test_a_message_is_shown_by_reversed_battery_only() -> None:
    async def story() -> None:
        phone = Phone(SimulatedSlic())
        assert not phone.port.message_waiting(True)
        phone.port.lamp = MessageLamp.REVERSED
        assert phone.port.message_waiting(True)
        assert not phone.slic.forward.on
        phone.port.ring([1000, 1000])
        await asyncio.sleep(1.5)
        assert not phone.slic.forward.on, "between the rings, too"
        phone.port.stop_ringing()
        assert phone.port.message_waiting(False)
        assert phone.slic.forward.on
        phone.port.close()

    play(story())


def test_lines_that_are_missing_or_go_away_are_told_and_come_back() -> None:
    async def story() -> None:
        slic = SimulatedSlic()
        slic.missing = "The ring mode line of fxs1 cannot be used: GPIO line 16 of x is in use by something else."
        phone = Phone(slic)
        assert "in use by something else" in phone.port.fault
        with pytest.raises(PortError, match="in use by something else"):
            phone.port.ring([2000, 4000])
        slic.missing = ""
        await asyncio.sleep(2.5)
        assert phone.told() == ["plugged"]
        assert phone.port.plugged
        await phone.lift()
        slic.forward.broken = True
        with pytest.raises(PortError, match="does not obey"):
            phone.port.set_battery(Battery.REVERSED)
        await phone.lift()
        phone.told()
        slic.ring_mode.broken = True
        slic.hook.move(False)
        await asyncio.sleep(2)
        assert phone.told() == ["on_hook"]
        slic.missing = "The chip is gone."
        phone.port.ring([2000, 4000])
        await asyncio.sleep(1)
        assert phone.told() == ["fault"]
        assert phone.port.fault == "The line does not obey: the chip is gone."
        assert not phone.port.ringing
        slic.missing, slic.forward.broken, slic.ring_mode.broken = "", False, False
        await asyncio.sleep(2.5)
        assert phone.told() == ["plugged"]
        phone.port.close()

    play(story())
