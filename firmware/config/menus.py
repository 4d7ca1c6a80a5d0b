# SPDX-License-Identifier: GPL-2.0-or-later
"""Menus and the prompts of the office."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firmware.config.values import ChoiceText, Name, Number, Pin, PromptName, Seconds, Section, matching

Key = Annotated[str, matching(r"[0-9*#]{1,4}", "1 to 4 of the keys 0 to 9, * and #")]


class Ivr(Section):
    """A menu. `prompt` is the name of a prompt; `digits` maps keys to targets, or to what a menu does itself.

    After `timeout_s` and `retries` repetitions a caller who pressed nothing goes to `timeout`, one who pressed what is
    not offered to `invalid`; without them the box says goodbye. `extensions`: their numbers may be dialled.
    """

    name: Name
    number: Number | None = None
    prompt: PromptName = ""
    digits: dict[Key, ChoiceText] = Field(default_factory=dict)
    timeout_s: Annotated[Seconds, Field(ge=1, le=60)] = 5
    retries: Annotated[int, Field(ge=0, le=9)] = 2
    timeout: ChoiceText | None = None
    invalid: ChoiceText | None = None
    extensions: bool = False
    language: Literal["", "en", "zh"] = ""


class Prompts(Section):
    """Prompts of the office. `pin` is asked of whoever records one from a phone; "" asks nobody."""

    pin: Pin = ""
