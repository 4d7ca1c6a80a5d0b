# SPDX-License-Identifier: GPL-2.0-or-later
"""What an FXS port does for its phone beside speech: howler, rings that tell who calls, coin phones, message lamps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from story_ends import ANNA, QUICK, Ends, ends_of
from story_office import box_of, office

from drivers.port import Battery
from firmware.api import Control
from hil.box import Box
from hil.levels import dbm0_of_power, goertzel
from hil.phone import Phone

pytestmark = pytest.mark.asyncio(loop_scope="session")

TONE_S, HOWLER_S = 1.5, 1.5
ROH = (1400, 2060, 2450, 2600)  # GR-506-CORE, 17.2.8


def quick_office() -> dict[str, Any]:
    """Phones are given up soon; phone 5 is a coin phone with a meter; phone 6 knows no flash."""
    config = office()
    config["queue"][0]["ring"] = "group"
    config["phones"] = {"off_hook_tone_s": TONE_S, "howler_s": HOWLER_S}
    config["extension"][4] |= {"reversal_on_answer": True, "metering": {"every_s": 1, "hz": 12000}}
    config["extension"][5] |= {"flash": False}
    return config


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def phones_box(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> AsyncIterator[Box]:
    async with box_of(tmp_path_factory.mktemp("phones"), sounds, quick_office()) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def ends(phones_box: Box) -> AsyncIterator[Ends]:
    async with ends_of(phones_box) as ends:
        yield ends


async def port(ends: Ends, id: str) -> dict[str, Any]:
    return dict(next(port for port in await ends.box.get("/ports") if port["id"] == id))


async def alarms(ends: Ends, count: int) -> list[str]:
    """Waits until so many alarms stand."""
    found = await ends.box.until("/alarms", lambda alarms: len(alarms) == count, 5)
    return [alarm["text"] for alarm in found]


async def test_a_phone_left_off_the_hook_howls_then_rests_and_comes_back(ends: Ends) -> None:
    phone, other = await ends.phone(3), await ends.phone(4)
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial("299")
    await phone.hears("unobtainable", timeout=4)
    await howls(phone)
    await ends.box.until("/ports", lambda ports: any("rests until" in p.get("detail", "") for p in ports), 5)
    await phone.hears_silence(timeout=3)
    assert await alarms(ends, 1) == ["The phone Phone 3 was left off the hook. It rings again once it is put down."]

    other.pick_up()
    await other.dial("203")
    await other.hears("busy", timeout=4)  # it is not offered calls

    phone.hang_up()
    await ends.port_is("fxs3", "idle")
    assert (await port(ends, "fxs3"))["detail"] == ""
    assert await alarms(ends, 0) == []
    phone.pick_up()
    await phone.hears("dial", timeout=2)


async def howls(phone: Phone) -> None:
    """Waits until the four tones of the howler are there."""

    def loud() -> bool:
        heard = phone.wire.heard_pcm(max(0, phone.wire.heard_blocks - 10))
        return all(dbm0_of_power(goertzel(heard, hz)) > -35 for hz in ROH)

    await phone.watch.until(loud, TONE_S + 5, "the howler", phone.described)


async def test_a_flash_before_anybody_answered_gives_fresh_dial_tone(ends: Ends) -> None:
    phone = await ends.phone(3)
    phone.pick_up()
    await phone.dial("299")
    await phone.hears("unobtainable", timeout=4)
    await phone.flash()
    await phone.hears("dial", timeout=3)
    await phone.dial("2")
    await phone.flash()
    await phone.hears("dial", timeout=3)


async def test_the_ring_tells_whether_a_call_comes_from_outside(ends: Ends) -> None:
    exchange, phone, other = await ends.exchange("fxo2"), await ends.phone(3), await ends.phone(4)
    other.pick_up()
    await other.dial("203")
    assert near(await phone.rung(timeout=4, steps=3), [800, 400, 800])  # GR-506-CORE, pattern 2
    other.hang_up()
    await ends.ended()
    phone.ring_log.clear()
    exchange.ring(*ANNA)
    assert near(await phone.rung(timeout=12, steps=1), [2000])
    await exchange.unplug()


async def test_an_agent_hears_that_it_is_the_queue_and_a_caller_that_it_is_the_own_call(ends: Ends) -> None:
    exchange, agent, phone = await ends.exchange(), await ends.phone(1), await ends.phone(3)
    await ends.box.request("POST", "/api/v1/calls", {"from": "203", "to": "202"})
    assert near(await phone.rung(timeout=4, steps=4), [300, 200, 1000, 200])  # GR-506-CORE, pattern 4
    phone.pick_up()
    await phone.hears("ringback", timeout=4)
    phone.hang_up()
    await ends.ended()
    exchange.ring(*ANNA, cadence_ms=QUICK)
    assert near(await agent.rung(timeout=8, steps=5), [400, 200, 400, 200, 800])  # pattern 3
    await exchange.unplug()


def near(measured: list[int], wanted: list[int]) -> bool:
    return all(abs(m - w) < 150 for m, w in zip(measured, wanted, strict=True)) or pytest.fail(f"rang {measured}")


async def test_a_coin_phone_sees_the_answer_and_is_metered_until_the_end(ends: Ends) -> None:
    exchange, coin = await ends.exchange("fxo2"), await ends.phone(5)
    coin.pick_up()
    await coin.hears("dial", timeout=2)
    await coin.dial("95559876#")
    assert await exchange.digits(7) == "5559876"
    assert (coin.battery, coin.metering_log) == (Battery.NORMAL, [])
    exchange.answer(reverse=True)
    await coin.battery_is(Battery.REVERSED)
    await coin.watch.until(lambda: len(coin.metering_log) == 3, 5, "three metering pulses", coin.described)
    pulses = [at for at, hz in coin.metering_log if hz == 12000]
    assert all(0.9 < later - earlier < 1.3 for earlier, later in pairwise(pulses))

    await exchange.hang_up("battery")
    await coin.battery_is(Battery.NONE)  # the drop that says: the far end is gone
    await coin.battery_is(Battery.NORMAL)
    told = len(coin.metering_log)
    await coin.listen(1.2)
    assert len(coin.metering_log) == told


async def test_a_phone_is_told_that_messages_wait(ends: Ends) -> None:
    phone = await ends.phone(3)
    with Control(ends.box.state / "control.sock") as control:
        control.request("extension.message_waiting", extension="203", on=True)
        await phone.watch.until(lambda: phone.waiting is True, 6, "the message by FSK", phone.described)
        assert phone.lamp
        phone.pick_up()
        await phone.hears("stutter", timeout=4)
        control.request("extension.message_waiting", extension="203", on=False)
        phone.hang_up()
        await phone.watch.until(lambda: phone.waiting is False, 8, "the end of it", phone.described)
        assert not phone.lamp
        phone.pick_up()
        await phone.hears("dial", timeout=3)
