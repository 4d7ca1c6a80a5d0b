# SPDX-License-Identifier: GPL-2.0-or-later
"""A caller who does not want to wait says at which number, and when, to be called back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.calls.dialogue import Dialogue
from firmware.config import CallBackRules
from firmware.prompts import spoken

TRIES = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """`at` is the time at the site that was chosen, None for the caller's turn."""

    number: str
    at: datetime | None = None


class AskingBack:
    """`may_call` says whether a number can be called, `is_open` whether at a time of the site; `now` is the site's."""

    def __init__(
        self, rules: CallBackRules, dialogue: Dialogue, now: datetime,
        may_call: Callable[[str], bool], is_open: Callable[[datetime], bool],
    ) -> None:  # fmt: skip
        self._rules, self._dialogue, self._now = rules, dialogue, now
        self._may_call, self._is_open = may_call, is_open

    async def run(self, shown: str) -> Wish | None:
        """`shown` is the caller's own number, "" when it is not known. None: the caller goes on waiting."""
        number = await self._number(shown)
        if not number:
            return None
        if not self._rules.later:
            return Wish(number)
        match await self._dialogue.ask("back-when"):
            case "1" | "":
                return Wish(number)
            case "2":
                at = await self._time()
                return Wish(number, at) if at else None
        return None

    async def _number(self, shown: str) -> str:
        if shown and self._may_call(shown):
            other = ["back-other"] if self._rules.other_number else []
            said = ["back-number", *spoken.digits(shown), "back-right", *other, "back-stay"]
            match await self._dialogue.ask(*said):
                case "1":
                    return shown
                case key if key != "2":
                    return ""
        return await self._entered() if self._rules.other_number else ""

    async def _entered(self) -> str:
        for _ in range(TRIES):
            number = await self._dialogue.number("back-enter")
            if not number or number == "*":
                return ""
            if not self._may_call(number):
                await self._dialogue.say("back-refused")
            elif await self._dialogue.ask("back-number", *spoken.digits(number), "back-right") == "1":
                return number
        return ""

    async def _time(self) -> datetime | None:
        """The next such time, today or tomorrow."""
        for _ in range(TRIES):
            first = await self._dialogue.ask("back-time", timeout_s=8.0)
            keys = await self._dialogue.keys(first, lambda pressed: len(pressed) == 4)
            at = next_time(keys, self._now)
            if at and self._is_open(at):
                return at
            await self._dialogue.say("back-closed" if at else "invalid-choice")
        return None


def next_time(keys: str, now: datetime) -> datetime | None:
    """The next moment after `now` at which clocks show HHMM; None when they never do."""
    if len(keys) != 4 or not keys.isdigit() or int(keys[:2]) > 23 or int(keys[2:]) > 59:
        return None
    at = now.replace(hour=int(keys[:2]), minute=int(keys[2:]), second=0, microsecond=0)
    return at if at > now else at + timedelta(days=1)


def promised(wish: Wish, now: datetime, language: str) -> spoken.Words:
    """What the caller is told before the line is cut."""
    when = ["back-at", *spoken.moment(wish.at, now, language)] if wish.at else ["back-turn"]
    return [*when, "goodbye"]
