# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is called about an alarm hears it, and says that it is known by pressing 1."""

from __future__ import annotations

from firmware.calls.alarm_call import ROUNDS, tell
from tests.calls.told_dialogue import ToldDialogue


async def test_a_1_says_that_it_is_known() -> None:
    dialogue = ToldDialogue(["1"])
    assert await tell(dialogue, [b"the disk is full", b"the card is gone"])
    assert dialogue.said == ["alarm-call", "the disk is full", "the card is gone", "alarm-press"]


async def test_a_1_in_the_middle_is_enough() -> None:
    dialogue = ToldDialogue(["!1"])
    assert await tell(dialogue, [b"the disk is full"])
    assert dialogue.said == ["alarm-call"]


async def test_an_answering_machine_hears_it_several_times_and_nobody_knows() -> None:
    dialogue = ToldDialogue()
    assert not await tell(dialogue, [b"the disk is full"])
    assert dialogue.said.count("the disk is full") == ROUNDS


async def test_another_key_is_no_yes() -> None:
    assert not await tell(ToldDialogue(["2", "3", "#"]), [])
