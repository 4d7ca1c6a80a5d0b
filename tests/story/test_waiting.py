# SPDX-License-Identifier: GPL-2.0-or-later
"""What callers of a queue are told and may choose: the recording, their place, a call-back, what they thought of it."""

from __future__ import annotations

import pytest
from story_ends import ANNA, QUICK, Ends
from story_office import CONSENT, NEXT, SATISFIED, WHISPER

from hil.hearing import both_hear
from hil.listen import align
from hil.phone import Phone
from hil.signals import dtmf

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def dials(phone: Phone, number: str) -> int:
    phone.pick_up()
    await phone.hears("dial", timeout=3)
    await phone.dial(number)
    return phone.wire.heard_blocks


async def test_a_caller_refuses_the_recording_is_announced_to_the_agent_and_says_how_it_was(ends: Ends) -> None:
    for agent in ("alice", "bob"):
        await ends.set_agent(agent, "paused")
    caller, bob = await ends.phone(3), await ends.phone(2)
    began = await dials(caller, "620")
    await ends.noted("recording_announced")
    await caller.listen(1.3)
    assert align(CONSENT[:6000], caller.wire.heard_pcm(began)).correlation > 0.95
    await caller.dial("9")
    await ends.noted("recording_refused")
    began = caller.wire.heard_blocks
    await caller.listen(2.5)
    assert align(NEXT[:6000], caller.wire.heard_pcm(began)).correlation > 0.95  # the first in line

    await ends.set_agent("bob", "available")
    await bob.rung(timeout=2)
    bob.pick_up()
    began = bob.wire.heard_blocks
    await ends.call_is("talking")
    assert align(WHISPER[:6000], bob.wire.heard_pcm(began)).correlation > 0.95
    await both_hear(caller, bob)
    began = caller.wire.heard_blocks
    bob.hang_up()
    await ends.call_is("survey")
    await caller.listen(1.3)
    assert align(SATISFIED[:6000], caller.wire.heard_pcm(began)).correlation > 0.95
    await caller.dial("4")
    call = await ends.ended()
    assert (call["disposition"], call["agent"], call["hangup_by"], call["recordings"]) == (
        "answered", "bob", "callee", [],
    )  # fmt: skip
    (answer,) = await ends.box.until(f"/calls/{call['id']}/survey", lambda answers: answers)
    assert (answer["score"], answer["queue"], answer["agent"]) == (4, "polite", "bob")
    (figure,) = (await ends.box.get("/surveys?queue=polite"))["items"]
    assert (figure["answered"], figure["mean"], figure["share"]) == (1, 4.0, 1.0)


async def test_who_wants_to_be_called_back_keeps_the_place_and_the_agent_comes_first(ends: Ends) -> None:
    for agent in ("alice", "bob"):
        await ends.set_agent(agent, "paused")
    exchange, bob = await ends.exchange("fxo5"), await ends.phone(2)
    exchange.ring(*ANNA, cadence_ms=QUICK)
    await ends.call_is("waiting")
    for key in "111":  # a call-back, at this number, in turn
        await exchange.say(dtmf(key))
        await exchange.listen(0.6)
    await exchange.on_hook(timeout=5)
    asked = await ends.ended()
    assert (asked["disposition"], asked["queue"]) == ("call_back", "brisk")
    (waiting,) = await ends.box.get("/call-backs/waiting")
    assert (waiting["number"], waiting["state"], waiting["due"], waiting["call"]) == (
        ANNA[0], "waiting", True, asked["id"],
    )  # fmt: skip
    await exchange.unplug()

    line = await ends.exchange("fxo2")
    await ends.set_agent("bob", "available")
    await bob.rung(timeout=3)
    bob.pick_up()
    await line.off_hook(timeout=4)
    assert await line.digits(len(ANNA[0])) == ANNA[0]
    line.answer(reverse=True)
    await ends.call_is("talking")
    await both_hear(line, bob)
    bob.hang_up()
    await line.on_hook(timeout=4)
    call = await ends.ended(2)
    assert (call["direction"], call["queue"], call["agent"], call["from_number"], call["to_number"]) == (
        "outbound", "brisk", "bob", "202", ANNA[0],
    )  # fmt: skip
    assert (call["disposition"], len(call["recordings"])) == ("answered", 1)
    (kept,) = (await ends.box.get("/call-backs?queue=brisk"))["items"]
    assert (kept["state"], kept["last_call"], kept["agent"]) == ("kept", call["id"], "bob")
    assert "call_back_promised" in [event["event"] for event in await ends.trail(asked["id"])]
    assert await ends.box.get("/call-backs/waiting") == []
