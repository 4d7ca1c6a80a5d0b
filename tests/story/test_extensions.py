# SPDX-License-Identifier: GPL-2.0-or-later
"""What people choose for their extensions at the phone, and a second call at a telephone in use."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from story_ends import Ends
from test_conversations import hears_music, three_phones

from hil.hearing import both_hear, hears
from hil.phone import Phone
from hil.signals import dtmf

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def settings(ends: Ends, number: str, **values: Any) -> dict[str, Any]:
    """Chooses over the API."""
    chosen: dict[str, Any] = await ends.box.request("PUT", f"/api/v1/extensions/{number}/settings", values)
    return chosen


async def dials(phone: Phone, number: str, tone: str = "dial") -> None:
    phone.pick_up()
    await phone.hears(tone, timeout=2)
    await phone.dial(number)


async def called_again(ends: Ends, caller: Phone) -> None:
    """205 calls 203, which is in use, and its phone is told."""
    await dials(caller, "203")


async def test_calls_are_forwarded_by_code_and_the_dial_tone_says_so(ends: Ends) -> None:
    a, b, c = await ends.phone(3), await ends.phone(4), await ends.phone(5)
    await dials(a, "*72204")
    await ends.box.until("/extensions/203/settings", lambda known: known["forward_always"] == "204", 5)
    a.hang_up()
    try:
        await dials(c, "203")
        await b.rung(timeout=4)
        b.pick_up()
        await ends.call_is("talking")
        await both_hear(b, c)
        c.hang_up()
        call = await ends.ended()
        forwarded = [event["data"] for event in await ends.trail(call["id"]) if event["event"] == "forwarded"]
        assert forwarded == [{"by": "203", "to": "extension:204", "reason": "always"}]
        assert (call["to_number"], call["disposition"]) == ("203", "answered")
        await ends.port_is("fxs3", "idle")
        await dials(a, "*73", tone="stutter")
        await ends.box.until("/extensions/203/settings", lambda known: known["forward_always"] == "", 5)
    finally:
        await settings(ends, "203", forward_always=None)


async def test_a_second_caller_waits_and_flash_goes_from_one_to_the_other(ends: Ends) -> None:
    a, b, c = await three_phones(ends)
    await called_again(ends, c)
    await a.hears("call_waiting", timeout=4)
    shown = await a.caller_id(timeout=4)
    assert (shown.number, shown.name) == ("205", "Phone 5")
    await a.flash()
    await hears_music(b)
    await both_hear(a, c)
    await a.flash()
    await hears_music(c)
    await both_hear(a, b)
    b.hang_up()
    await ends.call_is("talking")
    await both_hear(a, c)
    a.hang_up()
    calls = await ends.cdrs(2)
    assert sorted(call["disposition"] for call in calls) == ["answered", "answered"]


async def test_hanging_up_with_a_caller_on_hold_or_waiting_rings_the_phone(ends: Ends) -> None:
    a, b, c = await three_phones(ends)
    await called_again(ends, c)
    await a.hears("call_waiting", timeout=4)
    a.hang_up()
    await a.rung(timeout=4)
    a.pick_up()
    await ends.call_is("talking")
    await both_hear(a, c)
    b.hang_up()
    await ends.port_is("fxs4", "idle")
    await dials(b, "203")
    await a.hears("call_waiting", timeout=4)
    await a.flash()
    await hears_music(c)
    a.hang_up()
    await a.rung(timeout=4)
    a.pick_up()
    await both_hear(a, c)
    a.hang_up()


async def test_busy_where_call_waiting_is_off_and_called_back_when_it_is_free(ends: Ends) -> None:
    a, b, c = await three_phones(ends)
    await settings(ends, "203", call_waiting=False)
    try:
        await dials(c, "203")
        await c.hears("busy", timeout=4)
        c.hang_up()
        await ends.port_is("fxs5", "idle")
        await dials(c, "*66")
        await ends.port_is("fxs5", "in_use")
        await asyncio.sleep(0.5)
        c.hang_up()
        await ends.port_is("fxs5", "idle")
        a.hang_up()
        b.hang_up()
        await c.rung(timeout=6)
        c.pick_up()
        await a.rung(timeout=4)
        a.pick_up()
        await ends.call_is("talking")
        await both_hear(a, c)
        a.hang_up()
    finally:
        await settings(ends, "203", call_waiting=None)


async def test_a_group_that_nobody_takes_goes_on_to_its_target(ends: Ends) -> None:
    a, b, c, d = [await ends.phone(n) for n in (3, 4, 6, 5)]
    await dials(d, "610")
    await a.rung(timeout=3)
    await b.rung(timeout=3)
    await c.rung(timeout=6)
    c.pick_up()
    await ends.call_is("talking")
    d.hang_up()
    call = await ends.ended()
    events = [event["event"] for event in await ends.trail(call["id"])]
    assert "group_rung" in events
    assert "group_not_answered" in events


async def test_a_mobile_that_is_an_extension_takes_the_call_by_pressing_1(ends: Ends) -> None:
    phone, exchange = await ends.phone(3), await ends.exchange("fxo2")
    await dials(phone, "207")
    await exchange.off_hook(timeout=3)
    assert await exchange.digits(7) == "5551234"
    exchange.answer(reverse=True)
    await asyncio.sleep(1.0)
    await ends.call_is("dialling", timeout=1)
    await exchange.say(dtmf("1", 100, 100))
    await ends.call_is("talking")
    await hears(exchange, phone)
    phone.hang_up()
    call = await ends.ended()
    assert (call["to_number"], call["disposition"], call["trunk"]) == ("207", "answered", "lines")
