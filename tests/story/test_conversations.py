# SPDX-License-Identifier: GPL-2.0-or-later
"""What telephones do in a call: flash, consult, hand over, three at once, park and pick up."""

from __future__ import annotations

import asyncio

import pytest
from story_ends import Ends
from story_office import MUSIC

from hil.exchange import Exchange
from hil.hearing import both_hear
from hil.listen import align, speech_like
from hil.phone import Phone

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def hears_music(phone: Phone) -> None:
    heard = await phone.listen(1.5)
    assert align(heard[4000:10000], MUSIC).correlation > 0.9


async def three_phones(ends: Ends) -> tuple[Phone, Phone, Phone]:
    """203 has called 204, and both talk; 205 is there."""
    a, b, c = await ends.phone(3), await ends.phone(4), await ends.phone(5)
    a.pick_up()
    await a.hears("dial", timeout=2)
    await a.dial("204")
    await b.rung(timeout=3)
    b.pick_up()
    await ends.call_is("talking")
    return a, b, c


async def consulting(ends: Ends, a: Phone, c: Phone, number: str = "205") -> None:
    await a.flash()
    await a.hears("dial", timeout=3)
    await a.dial(number)
    await c.rung(timeout=3)


async def test_a_caller_is_handed_over_after_a_word_with_the_other(ends: Ends) -> None:
    a, b, c = await three_phones(ends)
    await consulting(ends, a, c)
    await hears_music(b)
    c.pick_up()
    await both_hear(a, c)
    a.hang_up()
    await ends.legs_are("fxs4", "fxs5")
    await both_hear(b, c)
    c.hang_up()
    call = await ends.ended()
    trail = await ends.trail(call["id"])
    assert [event["event"] for event in trail if event["event"] in ("held", "consulted", "transferred")] == [
        "held", "consulted", "transferred",
    ]  # fmt: skip
    assert call["disposition"] == "answered"


async def test_hanging_up_while_it_rings_hands_over_as_well(ends: Ends) -> None:
    a, b, c = await three_phones(ends)
    await consulting(ends, a, c)
    a.hang_up()
    await hears_music(b)
    c.pick_up()
    await ends.legs_are("fxs4", "fxs5")
    await both_hear(b, c)
    b.hang_up()
    await ends.ended()


async def test_a_second_flash_brings_all_three_together_and_a_third_lets_the_last_one_go(ends: Ends) -> None:
    a, b, c = await three_phones(ends)
    await consulting(ends, a, c)
    c.pick_up()
    await ends.legs_are("fxs3", "fxs4", "fxs5")
    await a.flash()
    await ends.noted("conference")
    for one, other in ((a, b), (a, c), (b, c)):
        await both_hear(one, other)
    await a.flash()
    await c.hears("congestion", timeout=4)
    await both_hear(a, b)
    a.hang_up()
    await ends.ended()


async def test_a_flash_brings_back_who_waits(ends: Ends) -> None:
    a, b, c = await three_phones(ends)
    await consulting(ends, a, c)
    await a.flash()
    await ends.noted("resumed")
    assert not c.ring_voltage
    await both_hear(a, b)
    b.hang_up()
    await ends.ended()


async def test_who_hangs_up_on_one_that_waits_is_called_back(ends: Ends) -> None:
    a, b, _ = await three_phones(ends)
    await a.flash()
    await a.hears("dial", timeout=3)
    a.hang_up()
    await a.rung(timeout=3)
    a.pick_up()
    await ends.noted("came_back")
    await both_hear(a, b)
    b.hang_up()
    await ends.ended()


async def test_a_parked_call_is_taken_at_another_phone(ends: Ends) -> None:
    a, b, c = await three_phones(ends)
    await a.flash()
    await a.hears("dial", timeout=3)
    await a.dial("*70")
    await ends.call_is("waiting")
    await hears_music(b)
    c.pick_up()
    await c.hears("dial", timeout=2)
    await c.dial("*711")
    await ends.legs_are("fxs4", "fxs5")
    await both_hear(b, c)
    a.hang_up()
    c.hang_up()
    call = await ends.ended()
    assert call["disposition"] == "answered"


@pytest.mark.parametrize("code", ["*8", "**204"])
async def test_a_call_that_rings_elsewhere_is_picked_up(ends: Ends, code: str) -> None:
    a, b, c = await ends.phone(3), await ends.phone(4), await ends.phone(5)
    a.pick_up()
    await a.hears("dial", timeout=2)
    await a.dial("204")
    await b.rung(timeout=3)
    c.pick_up()
    await c.hears("dial", timeout=2)
    await c.dial(code)
    await ends.legs_are("fxs3", "fxs5")
    assert not b.ring_voltage
    await both_hear(a, c)
    a.hang_up()
    await ends.ended()


async def test_a_supervisor_listens_whispers_and_talks(ends: Ends) -> None:
    exchange, agent, supervisor = await ends.exchange(), await ends.phone(1), await ends.phone(5)
    await ends.connected(exchange, agent)
    (call,) = await ends.box.get("/calls/active")
    order = {"extension": "205", "mode": "listen"}
    ordered = asyncio.create_task(ends.box.request("POST", f"/api/v1/calls/{call['id']}/supervise", order))
    await supervisor.rung(timeout=5)
    supervisor.pick_up()
    await ordered
    assert await heard_by(supervisor, exchange, agent) == [False, False]
    assert await heard_by(exchange, agent, supervisor) == [True, True]
    await supervisor.dial("5")
    await ends.noted_mode("whisper")
    assert await heard_by(supervisor, exchange, agent) == [False, True]
    await supervisor.dial("6")
    await ends.noted_mode("talk")
    assert await heard_by(supervisor, exchange, agent) == [True, True]
    supervisor.hang_up()
    await ends.legs_are("fxo1", "fxs1")
    assert await heard_by(exchange, agent) == [True]
    agent.hang_up()
    await ends.ended()


async def heard_by(speaker: Phone | Exchange, *listeners: Phone | Exchange) -> list[bool]:
    """Who hears what one says."""
    for attempt in range(2):
        spoken = speech_like(0.8, seed=31 + attempt)
        speaker.say(spoken)
        heard = await asyncio.gather(*(listener.listen(1.2) for listener in listeners))
        alike = [align(spoken, one) for one in heard]
        print(speaker.port, "is heard as", *alike)
        found = [one.correlation > 0.6 for one in alike]  # one that is not heard has less than 0.1
        if any(found):
            break
    return found


async def test_the_api_hands_a_call_over_and_parks_it(ends: Ends) -> None:
    a, b, c = await three_phones(ends)
    (call,) = await ends.box.get("/calls/active")
    parked = await ends.box.request("POST", f"/api/v1/calls/{call['id']}/park", {"keep": "callee"})
    await hears_music(b)
    c.pick_up()
    await c.hears("dial", timeout=2)
    await c.dial(f"*71{parked['slot']}")
    await ends.legs_are("fxs4", "fxs5")
    a.hang_up()
    await ends.port_is("fxs3", "idle")
    await ends.box.request("POST", f"/api/v1/calls/{call['id']}/transfer", {"to": "203", "keep": "caller"})
    await a.rung(timeout=5)
    a.pick_up()
    await ends.legs_are("fxs3", "fxs4")
    await both_hear(a, b)
    b.hang_up()
    c.hang_up()
    await ends.ended()


async def test_a_page_hands_over_at_once_or_asks_first_and_comes_back(ends: Ends) -> None:
    a, b, c = await three_phones(ends)
    call = await ends.call_is("talking")
    path = f"/api/v1/calls/{call['id']}"
    await ends.box.request("POST", f"{path}/consult", {"to": "205", "extension": "203"})
    await c.rung(timeout=10)
    await ends.box.request("POST", f"{path}/conclude", {"action": "back", "extension": "203"})
    await both_hear(a, b)
    await ends.box.request("POST", f"{path}/hand-over", {"to": "205", "extension": "203"})
    await c.rung(timeout=10)
    c.pick_up()
    await ends.legs_are("fxs4", "fxs5")
    await both_hear(b, c)
    c.hang_up()
    await ends.ended()
