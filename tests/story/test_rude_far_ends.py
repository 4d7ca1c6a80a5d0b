# SPDX-License-Identifier: GPL-2.0-or-later
"""Far ends that are rude or vanish in the middle of a call: the port says so, the call ends, the box goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from story_ends import Ends

from hil.exchange import Exchange

pytestmark = pytest.mark.asyncio(loop_scope="session")

RUDE: dict[str, Callable[[Exchange], None]] = {
    "159 bytes of audio": lambda exchange: exchange.wire.send_raw_audio(b"\xff" * 159),
    "2000 bytes of audio": lambda exchange: exchange.wire.send_raw_audio(b"\xff" * 2000),
    "no JSON": lambda exchange: exchange.wire.send_raw(b"\x00\xffring!"),
    "JSON of another kind": lambda exchange: exchange.wire.send_raw(b'{"hook": "up"}'),
}


@pytest.mark.parametrize("what", RUDE)
async def test_a_line_that_sends_nonsense_is_unplugged_and_works_again(ends: Ends, what: str) -> None:
    await ends.set_agent("bob", "paused")
    exchange, agent = await ends.exchange(), await ends.phone(1)
    await ends.connected(exchange, agent)
    RUDE[what](exchange)
    await ends.port_is("fxo1", "no_battery", timeout=1)
    await agent.hears("congestion", timeout=4)
    agent.hang_up()
    call = await ends.ended()
    assert (call["disposition"], call["hangup_by"], call["hangup_cause"]) == ("answered", "caller", 27)
    await ends.agent_is("alice", "available")

    await exchange.plug()
    await ends.port_is("fxo1", "idle")
    await ends.connected(exchange, agent)
    agent.hang_up()
    await exchange.on_hook(timeout=3)


async def test_a_line_that_vanishes_in_a_call_ends_it(ends: Ends) -> None:
    exchange, agent = await ends.exchange(), await ends.phone(1)
    await ends.connected(exchange, agent)
    await exchange.unplug()
    await ends.port_is("fxo1", "no_battery", timeout=1)
    await agent.hears("congestion", timeout=4)
    assert (await ends.ended())["hangup_by"] == "caller"


async def test_a_phone_that_vanishes_in_a_call_ends_it(ends: Ends) -> None:
    exchange, agent = await ends.exchange(), await ends.phone(1)
    await ends.connected(exchange, agent)
    await agent.unplug()
    await exchange.on_hook(timeout=1)
    call = await ends.ended()
    assert (call["disposition"], call["hangup_by"]) == ("answered", "callee")
    await ends.agent_is("alice", "available")
