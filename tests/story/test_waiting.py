# SPDX-License-Identifier: GPL-2.0-or-later
"""What callers of a queue are told and may choose: the recording, their place, a call-back, what they thought of it."""

from __future__ import annotations

import pytest
from story_ends import ANNA, QUICK, Ends
from story_office import CLOSED, CONSENT, NEXT, SATISFIED, WHISPER

from hil.far_end import FarEnd
from hil.g711 import Pcm
from hil.hearing import both_hear
from hil.listen import align
from hil.phone import Phone
from hil.signals import dtmf

pytestmark = pytest.mark.asyncio(loop_scope="session")


PATIENCE_S = 8.0


async def hears(end: FarEnd, began: int, sound: Pcm) -> None:
    """Until the sound is in what was heard since block `began`."""
    for _ in range(int(PATIENCE_S / 0.5)):
        await end.listen(0.5)
        if align(sound[:6000], end.wire.heard_pcm(began)).correlation > 0.95:
            return
    raise AssertionError(f"not heard within {PATIENCE_S} s")


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
    await ends.call_is("waiting")
    await ends.noted("recording_announced")
    await hears(caller, began, CONSENT)
    await caller.dial("9")
    await ends.noted("recording_refused")
    began = caller.wire.heard_blocks
    await hears(caller, began, CLOSED)  # the queue's own music
    await hears(caller, began, NEXT)  # the first in line

    await ends.set_agent("bob", "available")
    await bob.rung(timeout=2)
    began = bob.wire.heard_blocks
    bob.pick_up()
    await hears(bob, began, WHISPER)
    await ends.call_is("talking")
    await both_hear(caller, bob)
    began = caller.wire.heard_blocks
    bob.hang_up()
    await ends.call_is("survey")
    await hears(caller, began, SATISFIED)
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
    (talk,) = await ends.box.get("/calls/active")
    began = line.wire.heard_blocks
    await ends.box.request("POST", f"/api/v1/calls/{talk['id']}/transfer", {"to": "690"})  # to the survey
    await hears(line, began, SATISFIED)
    await line.say(dtmf("5"))
    await line.on_hook(timeout=4)
    bob.hang_up()
    call = await ends.ended(2)
    (answer,) = await ends.box.until(f"/calls/{call['id']}/survey", lambda answers: answers)
    assert (answer["score"], answer["agent"]) == (5, "bob")
    assert (call["direction"], call["queue"], call["agent"], call["from_number"], call["to_number"]) == (
        "outbound", "brisk", "bob", "202", ANNA[0],
    )  # fmt: skip
    assert (call["disposition"], len(call["recordings"])) == ("answered", 1)
    (kept,) = (await ends.box.get("/call-backs?queue=brisk"))["items"]
    assert (kept["state"], kept["last_call"], kept["agent"]) == ("kept", call["id"], "bob")
    assert "call_back_promised" in [event["event"] for event in await ends.trail(asked["id"])]
    assert await ends.box.get("/call-backs/waiting") == []


async def test_a_customer_who_is_busy_is_tried_again_later_unless_somebody_cancels_it(ends: Ends) -> None:
    line, bob = await ends.exchange("fxo2"), await ends.phone(2)
    wanted = {"queue": "brisk", "number": "5559876", "name": "Bob Jones"}
    await ends.box.request("POST", "/api/v1/call-backs", wanted)
    await bob.rung(timeout=4)
    bob.pick_up()
    await line.off_hook(timeout=4)
    await line.digits(7)
    line.tone("busy")
    await bob.hears("busy", timeout=4)
    await line.on_hook(timeout=6)
    bob.hang_up()
    call = await ends.ended()
    assert (call["disposition"], call["agent"], call["queue"]) == ("busy", "bob", "brisk")
    (waiting,) = await ends.box.until("/call-backs/waiting", lambda items: items and items[0]["tries"] == 1)
    assert (waiting["state"], waiting["due"], waiting["last_call"]) == ("waiting", False, call["id"])
    assert waiting["reason"]
    await ends.box.request("DELETE", f"/api/v1/call-backs/{waiting['id']}")
    assert await ends.box.get("/call-backs/waiting") == []
