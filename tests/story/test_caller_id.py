# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID that is missing, withheld or damaged: the call goes on, and never under a wrong number."""

from __future__ import annotations

import pytest
from story_ends import QUICK, Ends

from hil.callerid import CallerId, mdmf
from hil.fsk import BELL202, bits_of, modulate
from hil.g711 import Pcm
from hil.signals import quiet

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def rung(
    ends: Ends, sound: Pcm | None = None, caller: CallerId | None = None
) -> tuple[dict[str, object], CallerId]:
    """A call with this between its first and its second ring: the call, and what the called phone shows."""
    exchange, phone = await ends.exchange("fxo2"), await ends.phone(3)
    exchange.ring(caller_id=caller, send_caller_id=caller is not None, cadence_ms=QUICK)
    if sound:
        exchange.say(quiet(800) + sound)
    await phone.rung(timeout=6)
    shown = await phone.caller_id(timeout=5)
    call = await ends.call_is("ringing")
    await exchange.unplug()  # quicker than giving up
    await ends.ended()
    return call, shown


async def test_a_call_without_caller_id_is_from_nobody_known(ends: Ends) -> None:
    call, shown = await rung(ends)
    assert (call["from_number"], call["from_name"]) == ("", "")
    assert (shown.number, shown.number_absent) == (None, "O")


async def test_a_withheld_number_stays_withheld(ends: Ends) -> None:
    call, shown = await rung(ends, caller=CallerId(number_absent="P", name_absent="P"))
    assert (call["from_number"], call["from_name"]) == ("", "")
    assert (shown.number, shown.number_absent) == (None, "P")


async def test_a_burst_that_is_cut_off_is_no_number(ends: Ends) -> None:
    whole = modulate(bits_of(mdmf(CallerId("5551234", "ANNA"))), BELL202, -13.5)
    call, shown = await rung(ends, whole[: len(whole) * 3 // 4])
    assert (call["from_number"], shown.number) == ("", None)


async def test_a_wrong_checksum_is_no_number(ends: Ends) -> None:
    message = bytearray(mdmf(CallerId("5551234", "ANNA")))
    message[-1] ^= 1
    call, shown = await rung(ends, modulate(bits_of(bytes(message)), BELL202, -13.5))
    assert (call["from_number"], shown.number) == ("", None)
    (damaged,) = [step for step in await ends.trail(str(call["id"])) if step["event"] == "caller_id_damaged"]
    assert damaged["data"]["reason"] == "its checksum is wrong"


async def test_fields_of_200_octets_are_no_number(ends: Ends) -> None:
    call, shown = await rung(ends, caller=CallerId("5" * 200, "A" * 30))
    assert (call["from_number"], shown.number) == ("", None)


async def test_a_digit_that_noise_has_changed_is_no_number(ends: Ends) -> None:
    message = bytearray(mdmf(CallerId("5551234", "ANNA")))
    message[message.index(b"5551234") + 3] ^= 2
    call, shown = await rung(ends, modulate(bits_of(bytes(message)), BELL202, -13.5))
    assert (call["from_number"], shown.number) == ("", None)
