# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls to the outside over the telephone company's lines."""

from __future__ import annotations

from statistics import median

import pytest
from story_ends import Ends

from hil.exchange import Exchange
from hil.hearing import both_hear
from hil.phone import Phone

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBER = "5559876"


async def dialled(phone: Phone, exchange: Exchange | None) -> None:
    """The phone dials 9 and the number; the exchange gives dial tone and takes the digits."""
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial(f"9{NUMBER}#")
    if exchange:
        await exchange.off_hook(timeout=2)
        assert await exchange.digits(len(NUMBER)) == NUMBER


@pytest.mark.parametrize("reversal", [True, False], ids=["by reversal", "by the end of ringing"])
async def test_an_outside_call_is_dialled_and_answered(ends: Ends, reversal: bool) -> None:
    phone, exchange = await ends.phone(3), await ends.exchange("fxo2")
    await dialled(phone, exchange)
    exchange.tone("ringback")
    await phone.hears("ringback", timeout=3)
    if not reversal:
        await phone.listen(2.5)  # ringing must have been heard to be seen ending
    exchange.answer(reverse=reversal)
    await both_hear(exchange, phone)
    await ends.call_is("talking", timeout=2)

    await exchange.hang_up("polarity" if reversal else "battery")
    await exchange.on_hook(timeout=2)
    await phone.hears("congestion", timeout=4)
    call = await ends.ended()
    assert (call["direction"], call["to_number"], call["trunk"]) == ("outbound", f"9{NUMBER}", "lines")
    assert (call["line"], call["disposition"], call["hangup_by"]) == ("fxo2", "answered", "callee")


async def test_a_called_party_who_is_busy_is_heard_and_noted(ends: Ends) -> None:
    phone, exchange = await ends.phone(3), await ends.exchange("fxo2")
    await dialled(phone, exchange)
    exchange.tone("busy")
    await phone.hears("busy", timeout=3)
    await exchange.on_hook(timeout=5)
    await phone.hears("busy", timeout=3)  # the box's own now
    call = await ends.ended()
    assert (call["disposition"], call["hangup_cause"], call["hangup_by"]) == ("busy", 17, "callee")
    assert call["answered_at"] is None


async def test_a_line_without_dial_tone_leaves_the_call_to_the_next_one(ends: Ends) -> None:
    phone = await ends.phone(3)
    dead, alive = await ends.exchange("fxo2", dial_tone=False), await ends.exchange("fxo1")
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial(f"9{NUMBER}#")
    await dead.off_hook(timeout=2)
    await alive.off_hook(timeout=9)
    assert await alive.digits(len(NUMBER)) == NUMBER
    assert dead.hook == "on"
    alive.answer(reverse=True)
    await ends.call_is("talking")
    phone.hang_up()
    await alive.on_hook(timeout=3)
    assert (await ends.ended())["line"] == "fxo1"


async def test_without_a_usable_line_congestion_is_heard(ends: Ends) -> None:
    phone = await ends.phone(3)  # and no exchange at all
    await dialled(phone, None)
    await phone.hears("congestion", timeout=3)
    call = await ends.ended()
    assert (call["disposition"], call["hangup_cause"]) == ("failed", 34)


async def test_while_all_lines_are_in_use_congestion_is_heard(ends: Ends) -> None:
    first, second, third = await ends.phone(3), await ends.phone(4), await ends.phone(5)
    for phone, port in ((first, "fxo2"), (second, "fxo1")):
        exchange = await ends.exchange(port)
        await dialled(phone, exchange)
        exchange.answer(reverse=True)
    await dialled(third, None)
    await third.hears("congestion", timeout=3)
    for phone in (first, second):
        phone.hang_up()
    cdrs = await ends.cdrs(3)
    assert sorted(call["disposition"] for call in cdrs) == ["answered", "answered", "failed"]


async def test_a_caller_who_gives_up_while_it_rings_outside_frees_the_line(ends: Ends) -> None:
    phone, exchange = await ends.phone(3), await ends.exchange("fxo2")
    await dialled(phone, exchange)
    exchange.tone("ringback")
    await phone.hears("ringback", timeout=3)
    phone.hang_up()
    await exchange.on_hook(timeout=3)
    call = await ends.ended()
    assert (call["disposition"], call["hangup_by"]) == ("no_answer", "caller")


async def test_lines_that_only_have_congestion_are_tried_once_each(ends: Ends) -> None:
    phone = await ends.phone(3)
    lines = [await ends.exchange(port, dial_tone=False) for port in ("fxo2", "fxo1")]
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial(f"9{NUMBER}#")
    for line in lines:
        await line.off_hook(timeout=9)
        line.tone("congestion")
    await phone.hears("congestion", timeout=9)
    call = await ends.ended()
    assert (call["disposition"], call["hangup_cause"], call["hangup_by"]) == ("failed", 42, "system")
    for line in lines:
        await line.on_hook()


async def test_an_exchange_without_tones_gets_pulses(ends: Ends) -> None:
    phone, exchange = await ends.phone(3), await ends.exchange("fxo5")
    phone.pick_up()
    await phone.hears("dial", timeout=2)
    await phone.dial("8120#")
    assert await exchange.digits(3) == "120"
    assert median(exchange.loop.breaks_ms) == pytest.approx(exchange.country.pulse.break_ms, abs=15)
    exchange.answer(reverse=True)
    await ends.call_is("talking")
    phone.hang_up()
    assert (await ends.ended())["trunk"] == "old"
