# SPDX-License-Identifier: GPL-2.0-or-later
"""PINs and numbers that a caller is asked for."""

from __future__ import annotations

import asyncio

import pytest
from told_dialogue import ToldDialogue


def knows(*keys: str, right: str = "4711") -> tuple[bool, list[str]]:
    dialogue = ToldDialogue(keys)
    return asyncio.run(dialogue.knows_pin(right)), dialogue.said


def test_a_pin_needs_no_hash_and_may_be_pressed_before_the_prompt_has_ended() -> None:
    assert knows("4", "7", "1", "1") == (True, ["enter-pin"])
    assert knows("!4", "7", "1", "1") == (True, ["enter-pin"])


def test_a_wrong_pin_may_be_tried_again_twice_also_by_who_does_not_wait_for_the_prompt() -> None:
    assert knows("0", "#", "0", "#", "4", "7", "1", "1") == (True, ["enter-pin", *["wrong-pin", "enter-pin"] * 2])
    assert knows("0", "#", "!4", "7", "1", "1") == (True, ["enter-pin", "wrong-pin", "enter-pin"])
    assert knows(*["0", "#"] * 3, "4", "7", "1", "1")[0] is False


@pytest.mark.parametrize("pressed", [[], ["1", "2", "#"]])
def test_nobody_knows_a_pin_that_there_is_not(pressed: list[str]) -> None:
    assert knows(*pressed, right="")[0] is False


def test_only_wrong_pins_count_and_nobody_is_asked_while_it_is_locked() -> None:
    wrong: list[None] = []
    dialogue = ToldDialogue(["0", "#", "", "", "0", "#"])
    locked = iter([False, False, True])
    asked = dialogue.knows_pin("4711", locked=lambda: next(locked), wrong=lambda: wrong.append(None))
    assert not asyncio.run(asked)
    assert len(wrong) == 1


def test_a_hash_behind_a_pin_that_needed_none_does_not_end_the_number_that_follows() -> None:
    async def story() -> str:
        dialogue = ToldDialogue(["4", "7", "1", "1", "!#", "5", "5", "#"])
        assert await dialogue.knows_pin("4711")
        return await dialogue.number("enter-number")

    assert asyncio.run(story()) == "55"


def test_a_hash_alone_is_no_number() -> None:
    assert asyncio.run(ToldDialogue(["#", "5"]).number("dir-enter")) == ""
