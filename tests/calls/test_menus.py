# SPDX-License-Identifier: GPL-2.0-or-later
"""Menus: where keys lead, and that every way through them ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from told_dialogue import ToldDialogue

from firmware.calls.menus import HANG_UP, STEPS, Menus, Names, keys_of
from firmware.config import ConfigInvalid, check

MAIN = {
    "name": "main",
    "prompt": "welcome",
    "extensions": True,
    "timeout": "queue:support",
    "invalid": "extension:202",
    "digits": {"1": "queue:support", "2": "ivr:sales", "8": "language:zh", "9": "names", "0": "repeat", "*": "mailbox"},
}
SALES = {"name": "sales", "prompt": "sales", "timeout_s": 3, "retries": 0, "digits": {"#": "ivr:main", "1": "hangup"}}


def office(*menus: dict[str, Any]) -> dict[str, Any]:
    return {
        "extension": [
            {"number": "201", "name": "Anna Smith", "port": "fxs1", "voicemail": True},
            {"number": "202", "name": "王芳", "port": "fxs2"},
            {"number": "203", "name": "Bob Smith", "port": "fxs3"},
        ],
        "queue": [{"name": "support", "number": "600"}],
        "ivr": list(menus or (MAIN, SALES)),
    }


def walk(
    *keys: str, menus: tuple[dict[str, Any], ...] = (), start: str = "main"
) -> tuple[str, ToldDialogue, list[str]]:
    """Where a caller goes who presses these keys, what was said, what the trail has."""
    dialogue, trail = ToldDialogue(keys), []
    config = check(office(*menus), None)
    to = asyncio.run(Menus(config, dialogue, lambda event, **data: trail.append(event)).walk(start))
    return str(to), dialogue, trail


def test_a_key_leads_to_its_target_also_during_the_prompt() -> None:
    assert walk("1")[0] == "queue:support"
    assert walk("!1")[0] == "queue:support"


def test_an_extension_may_be_dialled_although_a_menu_key_begins_like_it() -> None:
    assert walk("2", "0", "1")[0] == "extension:201"
    to, dialogue, trail = walk("2", "", "1")
    assert to == "hangup"
    assert dialogue.said == ["welcome", "sales", "goodbye"]
    assert trail == ["menu", "menu_choice", "menu", "menu_choice"]


def test_a_caller_who_presses_nothing_hears_it_three_times_and_goes_on() -> None:
    to, dialogue, trail = walk()
    assert (to, dialogue.said, trail) == ("queue:support", ["welcome"] * 3, ["menu", "menu_left"])


def test_a_caller_who_presses_nothing_in_a_menu_without_time_out_target_hears_goodbye() -> None:
    to, dialogue, _ = walk(start="sales")
    assert (to, dialogue.said) == ("hangup", ["sales", "goodbye"])


def test_what_is_not_offered_is_said_and_leads_somewhere_in_the_end() -> None:
    to, dialogue, _ = walk("5", "5", "5")
    assert to == "extension:202"
    assert dialogue.said == ["welcome", "invalid-choice"] * 3


def test_a_language_lasts_for_the_rest_of_the_call() -> None:
    to, dialogue, _ = walk("8", "1")
    assert (to, dialogue.language) == ("queue:support", "zh")
    assert walk(menus=({**SALES, "language": "zh", "digits": {}},), start="sales")[1].language == "zh"


def test_a_machine_that_asks_for_repetition_for_ever_is_let_go() -> None:
    to, dialogue, _ = walk(*["0"] * 1000)
    assert (to, dialogue.said.count("welcome"), dialogue.said[-1]) == ("hangup", STEPS, "goodbye")


def test_the_owner_of_a_mailbox_can_ask_for_it() -> None:
    assert walk("*")[0] == "mailbox"


def test_a_menu_that_was_deleted_meanwhile_is_an_end() -> None:
    assert walk(start="gone")[0] == str(HANG_UP)


@pytest.mark.parametrize(
    ("name", "keys"), [("Anna Smith", "2662"), ("王芳", "3264"), ("王芳", "9264"), ("O'Hara", "64272")]
)
def test_names_are_dialled_by_their_letters(name: str, keys: str) -> None:
    assert keys in keys_of(name)


def names(*keys: str) -> tuple[str, list[str]]:
    dialogue = ToldDialogue(keys)
    return asyncio.run(Names(check(office(), None).extensions, dialogue).find()), dialogue.said


def test_one_name_is_called_and_of_several_the_caller_chooses() -> None:
    assert names("2", "6", "6", "#")[0] == "201"
    number, said = names("7", "6", "4", "#", "2")
    assert number == "203"
    assert said[1:8] == ["dir-for", "dir-extension", "digit-2", "digit-0", "digit-1", "dir-press", "digit-1"]


def test_nobody_of_that_name_is_told_and_asked_again() -> None:
    number, said = names("5", "5", "#", "")
    assert (number, said) == ("", ["dir-enter", "dir-none", "dir-enter"])


def problems(*menus: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(ConfigInvalid) as invalid:
        check(office(*menus), None)
    return {problem.path: problem.message for problem in invalid.value.errors}


def test_menus_that_send_a_silent_caller_round_for_ever_are_refused() -> None:
    one, other = {"name": "a", "timeout": "ivr:b"}, {"name": "b", "timeout": "ivr:a"}
    found = problems(one, other)
    assert set(found) == {"ivr[0].timeout", "ivr[1].timeout"}
    assert "a → b → a" in found["ivr[0].timeout"]
    assert set(problems({"name": "a", "timeout": "repeat"})) == {"ivr[0].timeout"}
    assert set(problems({"name": "a", "invalid": "ivr:a"})) == {"ivr[0].invalid"}


def test_keys_lead_to_what_is_there() -> None:
    found = problems({"name": "a", "digits": {"1": "queue:sale", "2": "voicemail:202", "3": "dance", "x": "repeat"}})
    assert set(found) == {'ivr[0].digits."1"', 'ivr[0].digits."2"', 'ivr[0].digits."3"', "ivr[0].digits.x"}
    assert "has no voicemail; use one of 201" in found['ivr[0].digits."2"']
