# SPDX-License-Identifier: GPL-2.0-or-later
"""What the control socket says of the dial plan: the night switch, toll limits, and what would happen to a call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from firmware.calls import emergency
from firmware.core.params import author_of
from firmware.core.pbx import Pbx
from firmware.errors import Invalid, Unavailable
from firmware.routing.outward import TollKind
from firmware.routing.schedules import Night
from firmware.routing.simulate import Question, drawn, simulate
from firmware.store import tolls
from firmware.store.writer import HistoryWriter
from firmware.telephone_numbers import dialled

log = logging.getLogger(__name__)

Json = dict[str, Any]
LOOK_EVERY_S = 15.0


class DialPlanOffice:
    """`start` before the first call comes."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx
        self._looking: asyncio.Task[None] | None = None

    async def start(self, writer: HistoryWriter) -> None:
        """Takes over what the history knows; then looks now and then."""
        try:
            self._pbx.night.mode = await writer.run(tolls.night)
            self._pbx.tolls.take_over(await writer.run(tolls.toll_calls), await writer.run(tolls.toll_stops))
        except Unavailable as error:
            log.error("%s", error)
        self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """No more looking."""
        if self._looking:
            self._looking.cancel()

    async def _look(self) -> None:
        while True:
            self._pbx.tolls.look()
            self._pbx.disa.look()
            emergency.forget(self._pbx)
            await asyncio.sleep(LOOK_EVERY_S)

    def status(self) -> Json:
        """Its part of the whole picture."""
        return {"night": self._pbx.night.as_json(), "tolls": self._pbx.tolls.as_json()}

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "night": self._night,
            "night.set": self._set_night,
            "tolls": self._tolls,
            "tolls.lift": self._lift,
            "simulate": self._simulate,
        }

    async def _night(self, params: Json) -> Json:
        return self._pbx.night.as_json()

    async def _set_night(self, params: Json) -> Json:
        mode = _one_of(Night, params, "mode")
        self._pbx.night.set(Night(mode), author_of(params))
        return self._pbx.night.as_json()

    async def _tolls(self, params: Json) -> list[Json]:
        return self._pbx.tolls.as_json()

    async def _lift(self, params: Json) -> list[Json]:
        self._pbx.tolls.lift(TollKind(_one_of(TollKind, params, "kind")))
        return self._pbx.tolls.as_json()

    async def _simulate(self, params: Json) -> Json:
        pbx = self._pbx
        line, number, caller = (str(params.get(key) or "") for key in ("line", "number", "from"))
        number, caller = dialled(number), dialled(caller)
        if not line and not number:
            raise Invalid(
                "Give a line (or a trunk) on which a call comes in, or a number that is dialled.", field="number"
            )
        question = Question(
            line=line, number=number, caller=caller, private=params.get("private") is True, at=self._at(params)
        )
        stopped = {kind for kind in TollKind if pbx.tolls.stopped(kind)}
        config = pbx.choices.in_all(pbx.config)
        answer = simulate(config, pbx.country, question, pbx.night.mode, stopped, pbx.lines)
        return answer.as_json() | {"picture": drawn(config, answer).as_json()}

    def _at(self, params: Json) -> datetime:
        """The time in question, at the site; one without a zone is the site's already."""
        text = params.get("at")
        if not text:
            return self._pbx.local_time()
        zone = ZoneInfo(self._pbx.config.site.timezone)
        try:
            at = datetime.fromisoformat(str(text))
        except ValueError:
            raise Invalid("`at` must be a time such as 2026-12-24T10:00 (at the site).", field="at") from None
        return at.astimezone(zone) if at.tzinfo else at.replace(tzinfo=zone)


def _one_of(kinds: type[Night] | type[TollKind], params: Json, name: str) -> str:
    value = params.get(name)
    if value not in tuple(kinds):
        raise Invalid(f"`{name}` must be one of {', '.join(kinds)}.", field=name)
    return str(value)
