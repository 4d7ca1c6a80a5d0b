# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions after a call, answered by keys."""

from __future__ import annotations

from firmware.calls.dialogue import Dialogue
from firmware.config import Survey, SurveyQuestion

TRIES = 2
MOST_SILENT = 2  # questions without an answer, one after the other: nobody listens


class Surveying:
    """One caller's survey. `scores` has every question that was asked, None where no answer came."""

    def __init__(self, survey: Survey, dialogue: Dialogue) -> None:
        self._survey, self._dialogue = survey, dialogue
        self.scores: dict[str, int | None] = {}

    async def run(self) -> None:
        """To its end, or until two questions were left unanswered."""
        early = await self._dialogue.say(*_there(self._survey.intro))
        for question in self._survey.questions:
            self.scores[question.name] = None  # asked, should the caller hang up now
            self.scores[question.name] = await self._ask(question, early)
            early = ""
            if list(self.scores.values())[-MOST_SILENT:] == [None] * MOST_SILENT:
                return
        await self._dialogue.say(*_there(self._survey.thanks))

    async def _ask(self, question: SurveyQuestion, early: str) -> int | None:
        for _ in range(TRIES):
            key = early or await self._dialogue.ask(*_there(question.prompt), timeout_s=self._survey.timeout_s)
            if key.isdigit() and 1 <= int(key) <= question.highest:
                return int(key)
            if not key:
                return None
            early = ""
            await self._dialogue.say("invalid-choice")
        return None


def _there(prompt: str) -> list[str]:
    return [prompt] if prompt else []
