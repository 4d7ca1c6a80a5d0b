# SPDX-License-Identifier: GPL-2.0-or-later
"""A party hangs up, in each way and at each moment."""

from __future__ import annotations

import time
from typing import Literal

import pytest
from story_ends import ANNA, QUICK, Ends

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(("way", "seen_within_s"), [("battery", 0.8), ("polarity", 0.5), ("busy", 3.2)])
async def test_a_caller_who_hangs_up_is_seen_at_once(
    ends: Ends, way: Literal["battery", "polarity", "busy"], seen_within_s: float
) -> None:
    exchange, agent = await ends.exchange(), await ends.phone(1)
    await ends.connected(exchange, agent)
    hung_up_at = time.monotonic()
    await exchange.hang_up(way)
    await exchange.on_hook(timeout=5)
    released_at = next(at for at, said in reversed(exchange.wire.control_log) if said == {"hook": "on"})
    assert released_at - hung_up_at < seen_within_s

    await agent.hears("congestion", timeout=4)  # never silence
    await agent.battery_is("normal", timeout=1)
    assert [str(battery) for _, battery in agent.battery_log] == ["none", "normal"]  # for answering machines
    assert (await ends.agent_is("alice", "unavailable"))["reason"] == "phone is off hook"
    agent.hang_up()
    await ends.agent_is("alice", "available")

    call = await ends.ended()
    assert (call["disposition"], call["hangup_by"], call["hangup_cause"]) == ("answered", "caller", 16)


async def test_an_agent_who_hangs_up_is_in_wrap_up_and_then_available(ends: Ends) -> None:
    exchange, agent = await ends.exchange(), await ends.phone(1)
    await ends.connected(exchange, agent)
    agent.hang_up()
    await exchange.on_hook(timeout=3)
    await ends.agent_is("alice", "wrap_up")
    await ends.agent_is("alice", "available")
    call = await ends.ended()
    assert (call["disposition"], call["hangup_by"]) == ("answered", "callee")
    await ends.port_is("fxo1", "idle")


async def test_a_caller_who_gives_up_while_it_rings_leaves_a_silent_phone(ends: Ends) -> None:
    exchange, phone = await ends.exchange("fxo2"), await ends.phone(3)
    exchange.ring(*ANNA, cadence_ms=QUICK)
    await phone.rung()
    exchange.give_up()
    call = await ends.ended(timeout=9)  # the longest pause of the cadence, and a little
    assert (call["disposition"], call["hangup_by"]) == ("abandoned", "caller")
    assert not phone.ring_voltage
    assert exchange.hook == "on"


async def test_a_caller_who_gives_up_in_the_greeting_is_abandoned(ends: Ends) -> None:
    exchange = await ends.exchange()
    exchange.ring(*ANNA, cadence_ms=QUICK)
    await exchange.off_hook()
    await ends.call_is("greeting", timeout=1)
    await exchange.hang_up()
    await exchange.on_hook(timeout=1)
    call = await ends.ended()
    assert (call["disposition"], call["hangup_by"], call["agent"]) == ("abandoned", "caller", None)


async def test_a_caller_who_gives_up_in_the_queue_is_abandoned(ends: Ends) -> None:
    for agent in ("alice", "bob"):
        await ends.set_agent(agent, "paused")
    exchange = await ends.exchange()
    exchange.ring(*ANNA, cadence_ms=QUICK)
    await ends.call_is("waiting")
    queue = next(q for q in await ends.box.get("/queues") if q["name"] == "support")
    assert (queue["waiting"], queue["callers"][0]["number"]) == (1, ANNA[0])
    await exchange.hang_up()
    await exchange.on_hook(timeout=1)
    call = await ends.ended()
    assert (call["disposition"], call["queue"], call["agent"]) == ("abandoned", "support", None)
    await ends.box.until("/queues", lambda queues: all(q["waiting"] == 0 for q in queues))


async def test_a_caller_who_gives_up_while_the_agents_phone_rings_is_abandoned(ends: Ends) -> None:
    exchange, agent = await ends.exchange(), await ends.phone(1)
    exchange.ring(*ANNA, cadence_ms=QUICK)
    await agent.rung()
    await ends.agent_is("alice", "offered")
    await exchange.hang_up()
    await agent.watch.until(lambda: not agent.ring_voltage, 1, "silence", agent.described)
    await ends.agent_is("alice", "available", timeout=1)
    call = await ends.ended()
    assert (call["disposition"], call["hangup_by"], call["answered_at"]) == ("abandoned", "caller", None)


async def test_an_agent_who_answers_just_as_the_caller_hangs_up_is_free_again(ends: Ends) -> None:
    await ends.set_agent("bob", "paused")
    exchange, agent = await ends.exchange(), await ends.phone(1)
    for first in (exchange, agent, exchange):
        exchange.ring(*ANNA, cadence_ms=QUICK)
        await agent.rung()
        await exchange.listen(0.3)
        if first is exchange:
            exchange.reverse_polarity()
            agent.pick_up()
        else:
            agent.pick_up()
            exchange.reverse_polarity()
        await exchange.on_hook(timeout=2)
        agent.hang_up()
        await ends.agent_is("alice", "available")
    assert {call["disposition"] for call in await ends.cdrs(3)} <= {"answered", "abandoned"}
