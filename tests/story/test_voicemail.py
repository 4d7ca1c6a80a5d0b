# SPDX-License-Identifier: GPL-2.0-or-later
"""Nobody answers, the box takes a message, and its owner listens to it."""

from __future__ import annotations

import pytest
from story_ends import Ends
from story_office import LEAVE_MESSAGE

from hil.listen import align, speech_like
from hil.phone import Phone

pytestmark = pytest.mark.asyncio(loop_scope="session")

MESSAGE = speech_like(2.5, seed=71)


async def dials(phone: Phone, number: str) -> None:
    phone.pick_up()
    await phone.hears("dial", timeout=3)
    await phone.dial(number)


async def leaves_message(ends: Ends, caller: Phone) -> None:
    """205 rings in vain; the caller hears what to do, and the tone, and speaks."""
    await dials(caller, "205")
    await ends.call_is("greeting")
    heard = await caller.listen(1.2)
    assert align(LEAVE_MESSAGE[:6000], heard).correlation > 0.95
    await ends.noted("message_began")
    caller.say(MESSAGE)
    await caller.listen(2.7)


async def test_a_message_is_left_listened_to_and_deleted(ends: Ends) -> None:
    caller, owner = await ends.phone(4), await ends.phone(5)
    await leaves_message(ends, caller)
    caller.hang_up()
    call = await ends.ended()
    assert (call["disposition"], call["from_number"]) == ("voicemail", "204")
    page = await ends.box.until("/voicemail/messages?box=205", lambda page: page["items"])
    (message,) = page["items"]
    assert (message["state"], message["from_number"], message["call"]) == ("new", "204", call["id"])
    assert message["duration_s"] == pytest.approx(3, abs=0.8)
    assert await ends.box.get("/voicemail") == [{"box": "205", "name": "Phone 5", "new": 1, "saved": 0}]

    owner.pick_up()
    await owner.hears("stutter", timeout=3)
    began = owner.wire.heard_blocks
    await owner.dial("*97")
    await owner.listen(4.5)
    assert align(MESSAGE, owner.wire.heard_pcm(began)).correlation > 0.95
    await owner.dial("3")
    await ends.box.until("/calls/active", lambda calls: [c["state"] for c in calls] == ["talking"])
    owner.hang_up()
    assert (await ends.ended(2))["disposition"] == "answered"
    await ends.box.until("/voicemail/messages?box=205", lambda page: not page["items"])
    owner.pick_up()
    await owner.hears("dial", timeout=3)


async def test_a_wrong_pin_opens_no_box_and_is_not_in_the_trail(ends: Ends) -> None:
    stranger = await ends.phone(4)
    await dials(stranger, "*98")
    await stranger.hears_silence(timeout=3, ms=100)
    await stranger.dial("205#")
    for _ in range(3):
        await stranger.dial("2468#")
    await stranger.hears("congestion", timeout=8)
    stranger.hang_up()
    call = await ends.ended()
    assert (call["disposition"], call["hangup_cause"]) == ("failed", 21)
    assert "digit" not in [event["event"] for event in await ends.trail(call["id"])]


async def test_a_prompt_is_recorded_played_back_and_kept(ends: Ends) -> None:
    phone = await ends.phone(4)
    await dials(phone, "*77")
    await ends.call_is("talking")
    await phone.dial("12#")
    await phone.listen(0.9)  # the tone
    spoken = speech_like(2, seed=72)
    phone.say(spoken)
    await phone.listen(2.2)
    began = phone.wire.heard_blocks
    await phone.dial("#")
    await phone.listen(2.6)
    assert align(spoken[:12000], phone.wire.heard_pcm(began)).correlation > 0.95
    await phone.dial("1")
    (prompt,) = await ends.box.until("/prompts", lambda prompts: prompts)
    assert (prompt["name"], prompt["language"]) == ("recorded-12", "any")
    assert prompt["duration_s"] == pytest.approx(2.5, abs=0.6)
    await ends.box.request("DELETE", "/api/v1/prompts/recorded-12")
    phone.hang_up()
    assert (await ends.ended())["disposition"] == "answered"
