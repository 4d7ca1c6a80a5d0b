# SPDX-License-Identifier: GPL-2.0-or-later
"""A telephone of the house is lifted."""

from __future__ import annotations

import pytest
from story_ends import ANNA, QUICK, Ends

from hil.hearing import both_hear, hears
from hil.signals import dtmf

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_lifted_phone_has_dial_tone_and_calls_another(ends: Ends) -> None:
    phone, other = await ends.phone(3), await ends.phone(4)
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial("204")
    await phone.hears("ringback", timeout=3)
    await other.rung(timeout=2)
    shown = await other.caller_id(timeout=5)
    assert (shown.number, shown.name) == ("203", "Phone 3")
    other.pick_up()
    await ends.call_is("talking")

    await both_hear(phone, other)

    other.hang_up()
    await phone.hears("congestion", timeout=4)
    phone.hang_up()
    call = await ends.ended()
    assert (call["direction"], call["from_number"], call["to_number"]) == ("internal", "203", "204")
    assert (call["disposition"], call["hangup_by"]) == ("answered", "callee")


async def test_a_phone_in_use_is_busy(ends: Ends) -> None:
    phone, other = await ends.phone(3), await ends.phone(4)
    other.pick_up()
    await other.hears("dial", timeout=2)
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial("204")
    await phone.hears("busy", timeout=3)
    call = await ends.ended()
    assert (call["disposition"], call["hangup_cause"], call["hangup_by"]) == ("busy", 17, "system")


async def test_a_wrong_number_is_unobtainable(ends: Ends) -> None:
    phone = await ends.phone(3)
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial("299")
    await phone.hears("unobtainable", timeout=4)
    call = await ends.ended()
    assert (call["to_number"], call["disposition"], call["hangup_cause"]) == ("29", "failed", 1)  # 29 is enough


async def test_a_rotary_phone_can_dial(ends: Ends) -> None:
    phone, other = await ends.phone(3), await ends.phone(4)
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial_pulse("204", pps=20)
    await phone.hears("ringback", timeout=3)
    await other.rung(timeout=2)
    phone.hang_up()
    await other.watch.until(lambda: not other.ring_voltage, 3, "silence", other.described)
    call = await ends.ended()
    assert (call["to_number"], call["disposition"], call["hangup_by"]) == ("204", "no_answer", "caller")


async def test_a_phone_of_the_house_can_call_the_queue(ends: Ends) -> None:
    phone, agent = await ends.phone(3), await ends.phone(1)
    phone.pick_up()
    await phone.dial("600")
    await agent.rung(timeout=5)
    shown = await agent.caller_id(timeout=5)
    assert shown.number == "203"
    agent.pick_up()
    await ends.call_is("talking")
    phone.hang_up()
    await agent.hears("congestion", timeout=4)
    call = await ends.ended()
    assert (call["direction"], call["queue"], call["agent"]) == ("internal", "support", "alice")
    assert (call["disposition"], call["hangup_by"]) == ("answered", "caller")


async def test_who_dials_nothing_is_not_left_in_silence(ends: Ends) -> None:
    phone = await ends.phone(3)
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial("2")
    await phone.hears("unobtainable", timeout=9)  # 4 s for the next digit
    assert (await ends.ended())["to_number"] == "2"


async def test_a_line_to_an_extension_is_answered_only_when_the_phone_is_lifted(ends: Ends) -> None:
    exchange, phone = await ends.exchange("fxo2"), await ends.phone(3)
    exchange.ring(*ANNA, cadence_ms=QUICK)
    await phone.rung(timeout=6)
    shown = await phone.caller_id(timeout=5)
    assert (shown.number, shown.name) == ANNA
    assert exchange.hook == "on"
    phone.pick_up()
    await exchange.off_hook(timeout=1)
    await ends.call_is("talking")
    await hears(phone, exchange)
    phone.hang_up()
    await exchange.on_hook(timeout=3)
    call = await ends.ended()
    assert (call["line"], call["queue"], call["disposition"]) == ("fxo2", None, "answered")


async def test_digits_of_a_caller_are_noted(ends: Ends) -> None:
    exchange, agent = await ends.exchange(), await ends.phone(1)
    await ends.connected(exchange, agent)
    await exchange.say(dtmf("159#"))
    agent.hang_up()
    call = await ends.ended()
    digits = [e["data"] for e in await ends.trail(call["id"]) if e["event"] == "digit"]
    assert digits == [{"leg": "fxo1", "digit": digit} for digit in "159#"]
