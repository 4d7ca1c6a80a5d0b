# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines that are cut, turned around, or end calls in a way of their own; and what the trail says about it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from story_ends import ANNA, QUICK, Ends

from firmware.countries import ToneName
from hil.exchange import Exchange
from hil.hearing import hears
from hil.listen import speech_like
from hil.phone import Phone
from hil.signals import quiet, sines

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def signs(ends: Ends) -> list[dict[str, Any]]:
    """What the newest call's line told of a hang-up."""
    call = await ends.ended()
    return [event["data"] for event in await ends.trail(call["id"]) if event["event"] == "hung_up"]


async def in_talk(ends: Ends, port: str = "fxo1") -> tuple[Exchange, Phone]:
    """A caller and an agent who talk."""
    exchange, agent = await ends.exchange(port), await ends.phone(1)
    await ends.connected(exchange, agent)
    return exchange, agent


async def test_a_line_that_is_cut_for_50_ms_goes_on_talking(ends: Ends) -> None:
    exchange, agent = await in_talk(ends, "fxo5")
    await exchange.drop_battery(50)
    await hears(exchange, agent)
    await ends.call_is("talking")
    agent.hang_up()
    await exchange.on_hook(timeout=3)
    assert await signs(ends) == []


@pytest.mark.parametrize("seconds", [0.5, 5])
async def test_a_line_that_is_cut_for_longer_has_hung_up(ends: Ends, seconds: float) -> None:
    exchange, agent = await in_talk(ends)
    await exchange.drop_battery(round(1000 * seconds))
    assert exchange.hook == "on"
    agent.hang_up()
    assert await signs(ends) == [{"leg": "fxo1", "sign": "battery"}]


async def test_a_line_with_a_time_of_its_own_hangs_up_by_it(ends: Ends) -> None:
    exchange, agent = await in_talk(ends, "fxo5")
    await exchange.drop_battery(3000)
    assert exchange.hook == "on"
    agent.hang_up()
    assert await signs(ends) == [{"leg": "fxo5", "sign": "battery"}]


async def test_a_line_with_a_busy_tone_of_its_own_hangs_up_by_it(ends: Ends) -> None:
    exchange, agent = await in_talk(ends, "fxo5")
    exchange.say((sines([(602, -20)], 200) + quiet(300)) * 12)
    await exchange.on_hook(timeout=6)
    agent.hang_up()
    assert await signs(ends) == [{"leg": "fxo5", "sign": "busy"}]


async def test_an_exchange_that_reverses_when_it_is_answered_hangs_up_by_turning_back(ends: Ends) -> None:
    exchange, agent = await ends.exchange(), await ends.phone(1)
    exchange.ring(*ANNA, cadence_ms=QUICK)
    await exchange.off_hook(timeout=8)
    exchange.reverse_polarity()
    await agent.rung(timeout=8)
    agent.pick_up()
    await ends.call_is("talking")
    await agent.listen(1)  # the first moments after going off hook are the exchange's
    exchange.reverse_polarity()
    await exchange.on_hook(timeout=2)
    agent.hang_up()
    assert await signs(ends) == [{"leg": "fxo1", "sign": "polarity"}]


async def test_dial_tone_that_comes_back_ends_the_call(ends: Ends) -> None:
    exchange, agent = await in_talk(ends)
    exchange.tone(ToneName.DIAL)
    await exchange.on_hook(timeout=8)
    agent.hang_up()
    assert await signs(ends) == [{"leg": "fxo1", "sign": "dial_tone"}]


async def test_an_exchange_that_rings_without_a_pause_is_answered(ends: Ends) -> None:
    exchange, agent = await ends.exchange(), await ends.phone(1)
    exchange.ring(*ANNA, cadence_ms=(600_000, 100), send_caller_id=False)
    await exchange.off_hook(timeout=9)
    await agent.rung(timeout=8)
    await exchange.hang_up()
    assert (await ends.ended())["disposition"] == "abandoned"


async def test_an_exchange_that_rings_once_leaves_a_call_that_was_given_up(ends: Ends) -> None:
    exchange, phone = await ends.exchange("fxo2"), await ends.phone(3)
    exchange.ring(cadence_ms=(400, 600_000), send_caller_id=False)
    call = await ends.ended(timeout=12)  # the country's longest pause, and 2 s
    assert (call["disposition"], call["hangup_by"]) == ("abandoned", "caller")
    assert not phone.ring_voltage


async def test_a_number_that_cannot_be_reached_is_heard_and_noted(ends: Ends) -> None:
    phone, exchange = await ends.phone(3), await ends.exchange("fxo2")
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial("95550000#")
    await exchange.off_hook(timeout=2)
    await exchange.digits(7)
    exchange.tone(ToneName.UNOBTAINABLE)  # special information tones, and then congestion
    await exchange.on_hook(timeout=9)
    phone.hang_up()
    call = await ends.ended()
    assert (call["disposition"], call["hangup_cause"], call["hangup_by"]) == ("failed", 1, "callee")
    heard = [event["data"]["tone"] for event in await ends.trail(call["id"]) if event["event"] == "progress"]
    assert heard == ["unobtainable", "congestion"]


async def test_busy_tone_that_the_agent_talks_over_still_ends_the_call(ends: Ends) -> None:
    exchange, agent = await in_talk(ends)
    talking = asyncio.ensure_future(agent.say(speech_like(6, seed=12)))
    exchange.tone(ToneName.BUSY)
    await exchange.on_hook(timeout=6)
    talking.cancel()
    agent.hang_up()
    assert await signs(ends) == [{"leg": "fxo1", "sign": "busy"}]
