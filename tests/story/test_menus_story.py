# SPDX-License-Identifier: GPL-2.0-or-later
"""A menu answers: keys, languages, and what becomes of those who press nothing."""

from __future__ import annotations

import pytest
from story_ends import Ends
from story_office import CLOSED, WELCOME, WELCOME_ZH

from hil.listen import align
from hil.phone import Phone

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def dials(phone: Phone, number: str) -> int:
    phone.pick_up()
    await phone.hears("dial", timeout=3)
    await phone.dial(number)
    return phone.wire.heard_blocks


async def test_a_key_during_the_prompt_leads_to_a_phone(ends: Ends) -> None:
    caller, called = await ends.phone(3), await ends.phone(4)
    began = await dials(caller, "650")
    await caller.listen(0.9)
    assert align(WELCOME[:4000], caller.wire.heard_pcm(began)).correlation > 0.95
    await caller.dial("1")
    await called.rung(timeout=5)
    called.pick_up()
    await ends.call_is("talking")
    caller.hang_up()
    called.hang_up()
    call = await ends.ended()
    assert (call["disposition"], call["to_number"]) == ("answered", "650")
    assert "menu_choice" in [event["event"] for event in await ends.trail(call["id"])]


async def test_prompts_are_in_the_language_that_the_caller_chose(ends: Ends) -> None:
    caller = await ends.phone(3)
    await dials(caller, "650")
    await ends.call_is("greeting")
    began = caller.wire.heard_blocks
    await caller.dial("8")
    await caller.listen(1.3)
    assert align(WELCOME_ZH[:6000], caller.wire.heard_pcm(began)).correlation > 0.95
    caller.hang_up()
    assert (await ends.ended())["disposition"] == "no_answer"


async def test_whoever_presses_nothing_comes_to_an_end(ends: Ends) -> None:
    caller = await ends.phone(3)
    await dials(caller, "650")
    await ends.call_is("greeting")
    began = caller.wire.heard_blocks
    await caller.dial("9")
    await caller.listen(1.3)
    assert align(CLOSED[:6000], caller.wire.heard_pcm(began)).correlation > 0.95
    call = await ends.ended(timeout=8)
    assert (call["disposition"], call["hangup_by"], call["hangup_cause"]) == ("no_answer", "system", 16)
