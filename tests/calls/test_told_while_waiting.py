# SPDX-License-Identifier: GPL-2.0-or-later
"""What callers in a queue are told, what they may choose, and what they are asked afterwards."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest
from test_spoken_numbers import TEXTS, said
from told_dialogue import ToldDialogue

from firmware.calls import announcements
from firmware.calls.asking_back import AskingBack, Wish, next_time, promised
from firmware.calls.surveying import Surveying
from firmware.config import CallBackRules, Queue, Survey, Waiting

NOW = datetime(2026, 11, 22, 15, 5)  # a Sunday


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (20, "The estimated waiting time is less than one minute", "预计等待时间不到一分钟"),
        (61, "The estimated waiting time is about two minutes", "预计等待时间大约两分钟"),
        (600, "The estimated waiting time is about ten minutes", "预计等待时间大约十分钟"),
        (601, "The estimated waiting time is about number-15 minutes", "预计等待时间大约十五分钟"),
        (3700, "The estimated waiting time is more than one hour", "预计等待时间超过一小时"),
    ],
)
def test_the_expected_wait_is_rounded_up(seconds: float, english: str, chinese: str) -> None:
    english = english.replace("number-15", TEXTS["en"]["number-15"])
    assert said(announcements.estimate(seconds, "en"), "en") == english
    assert said(announcements.estimate(seconds, "zh"), "zh") == chinese


def test_the_place_in_the_queue() -> None:
    assert said(announcements.position(1, "en"), "en") == "You are the next caller"
    assert said(announcements.position(12, "en"), "en") == "You are number twelve in the queue"
    assert said(announcements.position(3, "zh"), "zh") == "您目前排在第三位"


def test_an_announcement_has_place_wait_a_prompt_in_its_turn_and_the_keys() -> None:
    pressed = {"1": "call_back", "*": "voicemail:201", "0": "queue:b"}
    waiting = Waiting(position=True, estimate=True, prompts=("ours", "web"), keys=pressed)
    keys = ["wait-call-back", "digit-1", "wait-voicemail", "key-star"]
    assert announcements.announcement(waiting, 0, 1, 30, "en") == ["wait-next", "wait-less", "ours", *keys]
    assert announcements.announcement(waiting, 1, 1, None, "en") == ["wait-next", "web", *keys]
    assert announcements.announcement(Waiting(), 0, 1, 30, "en") == []


def whispered(known: set[str], refused: bool = False, **settings: Any) -> list[str]:
    queue = Queue(name="support", number="600", whisper=True, **settings)
    return announcements.whisper(queue, 45, "en", known.__contains__, call_back=False, refused=refused)


def test_an_agent_hears_which_queue_and_how_long_the_caller_waited() -> None:
    waited = ["whisper-waited", "number-40", "digit-5", "wait-seconds"]
    assert whispered(set()) == ["whisper-queue", "digit-6", "digit-0", "digit-0", *waited]
    assert whispered({"queue-support"}) == ["queue-support", *waited]
    assert whispered({"queue-support"}, consent="agent")[-1] == "consent"
    assert whispered({"queue-support"}, refused=True, consent="both")[-1] == "consent-refused"
    assert whispered({"queue-support"}, consent="both", record=False) == ["queue-support", *waited]


def test_a_caller_is_told_of_the_recording_and_how_to_refuse_it() -> None:
    assert announcements.consent(Queue(name="a")) == []
    assert announcements.consent(Queue(name="a", consent="both")) == ["consent"]
    asked = announcements.consent(Queue(name="a", consent="caller", refuse_key="9"))
    assert said(asked, "en").startswith("This call is recorded If you do not want")
    assert asked[-1] == "digit-9"
    assert announcements.consent(Queue(name="a", consent="caller", record=False)) == []


# ---- call-backs --------------------------------------------------------------------------------


def ask(*keys: str, shown: str = "5551234", **rules: Any) -> tuple[Wish | None, ToldDialogue]:
    """What a caller wishes who presses these keys. Numbers that begin with 900 cannot be called; Monday is closed."""
    dialogue = ToldDialogue(keys)
    asking = AskingBack(
        CallBackRules(**rules), dialogue, NOW, lambda n: not n.startswith("900"), lambda at: at.weekday() != 0
    )
    return asyncio.run(asking.run(shown)), dialogue


def test_at_the_number_shown_when_it_is_the_callers_turn() -> None:
    wish, dialogue = ask("1", "1")
    assert wish == Wish("5551234")
    assert dialogue.said[:8] == ["back-number", *(f"digit-{d}" for d in "5551234")]


def test_at_another_number_which_is_read_back() -> None:
    wish, dialogue = ask("2", *"9001#", *"5559876#", "1", "1")
    assert wish == Wish("5559876")
    assert "back-refused" in dialogue.said


@pytest.mark.parametrize("shown", ["", "9001"])
def test_who_shows_no_number_that_can_be_called_is_asked_for_one(shown: str) -> None:
    wish, dialogue = ask(*"5559876#", "1", "1", shown=shown)
    assert wish == Wish("5559876")
    assert dialogue.said[0] == "back-enter"
    assert ask(*"5559876#", "1", "1", shown=shown, other_number=False)[0] is None


def test_at_a_time_of_the_callers_choice() -> None:
    wish, _ = ask("1", "2", *"1530")
    assert wish == Wish("5551234", datetime(2026, 11, 22, 15, 30))
    wish, dialogue = ask("1", "2", *"2460", *"0900", *"1600")
    assert wish == Wish("5551234", datetime(2026, 11, 22, 16))
    assert [word for word in dialogue.said if word in ("invalid-choice", "back-closed")] == [
        "invalid-choice",
        "back-closed",  # tomorrow is a Monday
    ]
    assert wish
    assert said(promised(wish, NOW, "en"), "en").startswith("Thank you. We will call you today four")


@pytest.mark.parametrize("keys", [["*"], [""], ["2", "", "*"], ["2", "#"], ["1", "*"]])
def test_who_changes_his_mind_goes_on_waiting(keys: list[str]) -> None:
    assert ask(*keys)[0] is None


def test_without_a_choice_of_time_it_is_the_callers_turn() -> None:
    assert ask("1", later=False)[0] == Wish("5551234")


def test_a_time_that_has_passed_is_tomorrows() -> None:
    assert next_time("1505", NOW) == datetime(2026, 11, 23, 15, 5)
    assert next_time("1506", NOW) == datetime(2026, 11, 22, 15, 6)
    assert next_time("2460", NOW) is next_time("12", NOW) is next_time("12#0", NOW) is None


# ---- surveys -----------------------------------------------------------------------------------

QUESTIONS = [{"name": "friendly"}, {"name": "solved", "prompt": "solved", "highest": 2}, {"name": "again"}]
SURVEY = Survey.model_validate({"name": "happy", "question": QUESTIONS})


def surveyed(*keys: str) -> tuple[dict[str, int | None], list[str]]:
    dialogue = ToldDialogue(keys)
    surveying = Surveying(SURVEY, dialogue)
    asyncio.run(surveying.run())
    return surveying.scores, dialogue.said


def test_answers_are_keys_within_the_scale() -> None:
    scores, heard = surveyed("5", "3", "2", "!4")
    assert scores == {"friendly": 5, "solved": 2, "again": 4}
    assert heard == [
        "survey-intro", "survey-satisfied", "solved", "invalid-choice", "solved", "survey-satisfied", "survey-thanks",
    ]  # fmt: skip


def test_who_knows_the_survey_answers_during_its_first_words() -> None:
    assert surveyed("!5", "1", "1")[0] == {"friendly": 5, "solved": 1, "again": 1}


def test_one_question_may_stay_open_but_two_in_a_row_end_it() -> None:
    assert surveyed("", "1", "")[0] == {"friendly": None, "solved": 1, "again": None}
    scores, heard = surveyed("", "")
    assert scores == {"friendly": None, "solved": None}
    assert heard[-1] == "solved"
