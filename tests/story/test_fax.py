# SPDX-License-Identifier: GPL-2.0-or-later
"""A fax machine calls a line that people answer, too."""

from __future__ import annotations

import asyncio

import pytest
from story_ends import ANNA, QUICK, Ends

from hil.fax import ced, cng
from hil.listen import tone_level_dbm0

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOVED_S = 4.5  # the second burst, if the first one was cut by the answer


async def test_a_fax_machine_calls_and_the_fax_extension_answers(ends: Ends) -> None:
    exchange, agent, fax = await ends.exchange(), await ends.phone(1), await ends.phone(6)
    await ends.set_agent("bob", "paused")
    exchange.ring(*ANNA, cadence_ms=QUICK)
    await exchange.off_hook(timeout=8)
    calling = exchange.say(cng(20))
    await agent.rung(timeout=8)
    await fax.rung(timeout=MOVED_S)
    assert (await ends.call_is("ringing"))["agent"] is None
    await ends.agent_is("alice", "available")
    fax.pick_up()
    await ends.call_is("talking")
    exchange.wire.player.stop()
    await asyncio.wait([calling], timeout=1)
    for one, other, sound, hz in ((fax, exchange, ced(1.2, reversals=False), 2100), (exchange, fax, cng(1.2), 1100)):
        one.say(sound)
        heard = await other.listen(1.0)
        assert tone_level_dbm0(heard, hz) > -25
    await exchange.hang_up()
    cdr = await ends.ended()
    assert (cdr["disposition"], cdr["agent"], cdr["line"]) == ("answered", None, "fxo1")
    moved = [event["data"] for event in await ends.trail(cdr["id"]) if event["event"] == "fax"]
    assert moved == [{"to": "extension:206"}]


async def test_an_agent_who_took_the_call_of_a_fax_machine_is_free_again(ends: Ends) -> None:
    exchange, agent, fax = await ends.exchange(), await ends.phone(1), await ends.phone(6)
    await ends.connected(exchange, agent)
    exchange.say(cng(1))
    await fax.rung(timeout=MOVED_S)
    fax.pick_up()
    await agent.listen(0.5)
    await ends.port_is("fxs1", "in_use")
    agent.hang_up()
    await ends.agent_is("alice", "wrap_up")
    await fax.listen(0.3)
    fax.hang_up()
    assert (await ends.ended())["hangup_by"] == "callee"
