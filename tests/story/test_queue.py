# SPDX-License-Identifier: GPL-2.0-or-later
"""Callers wait, and agents get them in their turn."""

from __future__ import annotations

import pytest
from story_ends import ANNA, QUICK, Ends
from story_office import MUSIC

from hil.hearing import both_hear
from hil.listen import align

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_nobody_is_free_so_music_plays_until_an_agent_is(ends: Ends) -> None:
    for agent in ("alice", "bob"):
        await ends.set_agent(agent, "paused")
    exchange, phone = await ends.exchange(), await ends.phone(2)
    exchange.ring(*ANNA, cadence_ms=QUICK)
    await ends.call_is("waiting")
    heard = await exchange.listen(2.0)
    assert align(heard, [*MUSIC, *MUSIC[:24000]]).correlation > 0.99
    await ends.set_agent("bob", "available")
    await phone.rung(timeout=2)
    await exchange.listen(0.5)
    assert exchange.hearing == "sound"  # music goes on while it rings
    phone.pick_up()
    await ends.call_is("talking")
    phone.hang_up()
    assert (await ends.ended())["agent"] == "bob"


async def test_the_agent_who_has_been_idle_longest_gets_the_next_call(ends: Ends) -> None:
    exchange, phones = await ends.exchange("fxo5"), {"alice": await ends.phone(1), "bob": await ends.phone(2)}
    for agent in ("alice", "bob", "alice"):
        await ends.connected(exchange, phones[agent])
        phones[agent].hang_up()
        await exchange.on_hook()
        await ends.agent_is(agent, "available")
    assert [call["agent"] for call in await ends.cdrs(3)] == ["alice", "bob", "alice"]


async def test_a_phone_that_is_not_answered_leaves_the_call_to_the_next_agent(ends: Ends) -> None:
    exchange, alice, bob = await ends.exchange("fxo5"), await ends.phone(1), await ends.phone(2)
    exchange.ring(*ANNA, cadence_ms=QUICK)
    await alice.rung()
    await bob.rung(timeout=3)
    assert not alice.ring_voltage
    bob.pick_up()
    await ends.call_is("talking")
    bob.hang_up()
    call = await ends.ended()
    assert (call["agent"], call["disposition"]) == ("bob", "answered")
    trail = {event["event"]: event["data"] for event in await ends.trail(call["id"])}
    assert trail["not_answered"]["agent"] == "alice"
    reasons = {c["agent"]: c["reason"] for c in trail["offered"]["considered"]}
    assert reasons["alice"] == "did not answer the last offer"


async def test_who_waited_too_long_overflows_to_another_extension(ends: Ends) -> None:
    exchange, phone = await ends.exchange("fxo3"), await ends.phone(3)
    exchange.ring(*ANNA, cadence_ms=QUICK)
    await phone.rung(timeout=8)
    phone.pick_up()
    await ends.call_is("talking")
    await phone.hears_silence()  # the music is over
    phone.hang_up()
    await exchange.on_hook(timeout=3)
    call = await ends.ended()
    assert (call["disposition"], call["queue"], call["agent"]) == ("overflowed", "patient", None)
    assert call["answered_at"]
    assert 2 < call["wait_s"] < 4
    assert "overflowed" in [event["event"] for event in await ends.trail(call["id"])]


async def test_who_waited_too_long_for_nothing_hears_congestion(ends: Ends) -> None:
    exchange = await ends.exchange("fxo4")
    exchange.ring(*ANNA, cadence_ms=QUICK)
    await exchange.hears("congestion", timeout=9)
    await exchange.hang_up()
    await exchange.on_hook(timeout=1)
    call = await ends.ended()
    assert (call["disposition"], call["queue"], call["hangup_cause"]) == ("overflowed", "hopeless", 102)


async def test_all_phones_ring_and_the_one_that_is_lifted_has_the_call(ends: Ends) -> None:
    caller, alice, bob = await ends.phone(3), await ends.phone(1), await ends.phone(2)
    caller.pick_up()
    await caller.hears("dial", timeout=2)
    await caller.dial("630")
    await alice.rung(timeout=6)
    await bob.rung(timeout=1)
    bob.pick_up()
    await ends.call_is("talking")
    assert not alice.ring_voltage
    await both_hear(caller, bob)
    await ends.agent_is("alice", "available")
    bob.hang_up()
    call = await ends.ended()
    assert (call["queue"], call["agent"], call["disposition"]) == ("everybody", "bob", "answered")
    trail = await ends.trail(call["id"])
    offered = [event["data"] for event in trail if event["event"] == "offered"]
    assert [(item["agent"], len(item["considered"])) for item in offered] == [("alice", 2), ("bob", 0)]
    assert [event["data"]["agent"] for event in trail if event["event"] == "withdrawn"] == ["alice"]
