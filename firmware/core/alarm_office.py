# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's words about alarms: somebody knows of them, somebody is to be called."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from firmware.calls.alarm_call import Outcome, call_person
from firmware.core.params import text, texts
from firmware.errors import Conflict, Invalid, TipringError
from firmware.prompts.convert import convert
from firmware.prompts.speech import LONGEST, speak

if TYPE_CHECKING:
    from firmware.core.pbx import Pbx

log = logging.getLogger(__name__)

SPOKEN = 5  # alarms of one call; nobody listens to more

Json = dict[str, Any]


class AlarmOffice:
    """One call at a time."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx
        self._calling = asyncio.Lock()

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {"alarms.acknowledge": self._acknowledge, "alarms.call": self._call}

    async def _acknowledge(self, params: Json) -> list[Json]:
        """Those that it was news for."""
        ids = params.get("ids")
        if ids is not None and not (isinstance(ids, list) and all(isinstance(id, str) for id in ids)):
            raise Invalid("`ids` must be a list of alarms, or be left out for all of them.", field="ids")
        by = params.get("by", "")
        if not isinstance(by, str):
            raise Invalid("`by` must be text: who knows of them.", field="by")
        return [alarm.as_json() for alarm in self._pbx.journal.acknowledge(ids, by[:80])]

    async def _call(self, params: Json) -> Json:
        """Calls `number` and says `texts` in `language`; whoever presses 1 acknowledges `ids`. Conflict (`busy`)."""
        number, ids, said = text(params, "number"), texts(params, "ids"), texts(params, "texts")
        language = text(params, "language")
        if self._calling.locked():
            raise Conflict("The box is calling somebody about alarms just now.", code="busy")
        async with self._calling:
            sounds = await asyncio.to_thread(_spoken, said[:SPOKEN], language)
            outcome = await call_person(self._pbx, number, sounds, language, self._pbx.config.site.name or "Tipring")
        if outcome is Outcome.ACKNOWLEDGED:
            self._pbx.journal.acknowledge(ids, f"phone:{number}")
        return {"outcome": outcome.value}


def _spoken(said: Sequence[str], language: str) -> list[bytes]:
    """In a thread. Without a voice the prompts before and behind still say that there is an alarm."""
    try:
        return [convert(speak(sentence[:LONGEST], language)) for sentence in said]
    except TipringError as error:
        log.warning("alarms cannot be spoken: %s", error)
        return []
