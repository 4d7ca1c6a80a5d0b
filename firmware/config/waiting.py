# SPDX-License-Identifier: GPL-2.0-or-later
"""What callers of a queue hear and may do while they wait, and what they are asked afterwards: docs/waiting.md."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from firmware.config.extensions import CallClass
from firmware.config.targets import Target, parse_target
from firmware.config.values import Name, Number, PromptName, Seconds, Section, Several, matching

CALL_BACK = "call_back"
CallBackWord = Literal["call_back"]


def parse_way_out(value: object) -> Target | str:
    """Where a key takes a waiting caller: a target, or "call_back". ValueError says what is allowed."""
    if not isinstance(value, str):
        raise ValueError("must be text such as call_back or voicemail:201")
    if value == CALL_BACK:
        return value
    try:
        return parse_target(value)
    except ValueError as error:
        raise ValueError(f"{error}; or call_back") from None


Key = Annotated[str, matching(r"[0-9*#]", "one of the keys 0 to 9, * and #")]
KeyOrNone = Annotated[str, matching(r"[0-9*#]?", "one of the keys 0 to 9, * and #, or nothing")]
WayOut = Annotated[Target | CallBackWord, BeforeValidator(parse_way_out)]


class Waiting(Section):
    """Callers hear `music` (a prompt's name; "": the box's), and first after `first_s`, then each `every_s`, their
    `position`, the `estimate` of their wait, one of `prompts` in turn, and what `keys` are for. Times in seconds."""

    music: PromptName = ""
    position: bool = False
    estimate: bool = False
    prompts: Several[PromptName] = ()
    first_s: Annotated[Seconds, Field(ge=0, le=3600)] = 20
    every_s: Annotated[Seconds, Field(ge=5, le=3600)] = 45
    keys: dict[Key, WayOut] = Field(default_factory=dict)


class CallBackRules(Section):
    """Callers may be called at another number (`other_number`) or time (`later`), up to a class of numbers.

    Who does not answer is called `tries` times, each `retry_s` after the last, while `schedule` is open. Not more
    than `most` wait for one at once.
    """

    other_number: bool = True
    later: bool = True
    call_class: CallClass = Field(default="national", alias="class")
    tries: Annotated[int, Field(ge=1, le=20)] = 3
    retry_s: Annotated[Seconds, Field(ge=5, le=86400)] = 900
    schedule: Name | None = None
    most: Annotated[int, Field(ge=1, le=1000)] = 100


class SurveyQuestion(Section):
    """`prompt` asks for a key from 1 to `highest`."""

    name: Name
    prompt: PromptName = "survey-satisfied"
    highest: Annotated[int, Field(ge=2, le=9)] = 5


class Survey(Section):
    """What callers are asked after their call. Agents can hand a call over to its `number` too."""

    name: Name
    number: Number | None = None
    intro: PromptName = "survey-intro"
    questions: Annotated[Several[SurveyQuestion], Field(min_length=1, max_length=9)] = Field(alias="question")
    thanks: PromptName = "survey-thanks"
    timeout_s: Annotated[Seconds, Field(ge=1, le=60)] = 5
