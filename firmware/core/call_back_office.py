# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's words about call-backs: listed, added, cancelled, taken by an agent."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from firmware import times
from firmware.calls import promising
from firmware.calls.leg import Failed
from firmware.core.params import author_of, text
from firmware.core.pbx import Pbx
from firmware.errors import Invalid, Unavailable
from firmware.records import CallBack
from firmware.store import call_backs
from firmware.store.writer import HistoryWriter
from firmware.telephone_numbers import dialled

log = logging.getLogger(__name__)

Json = dict[str, Any]


class CallBackOffice:
    """`start` once phones can be rung."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx

    async def start(self, writer: HistoryWriter) -> None:
        """Takes over what the history knows."""
        try:
            self._pbx.call_backs.take_over(await writer.run(call_backs.open_ones))
        except Unavailable as error:
            log.error("%s", error)

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        promises = self._pbx.call_backs
        return {
            "call_backs": self._list,
            "call_back.add": self._add,
            "call_back.cancel": self._cancel,
            "call_back.take": self._by_agent(promises.take),
            "call_back.give_back": self._by_agent(promises.give_back),
            "call_back.call": self._by_agent(promises.call),
            "call_back.done": self._by_agent(promises.done),
        }

    def _by_agent(self, act: Callable[[str, str], CallBack]) -> Callable[[Json], Awaitable[Json]]:
        """What an agent does with one."""

        async def handle(params: Json) -> Json:
            agent = self._pbx.agents.agent(text(params, "agent"))
            return act(text(params, "id"), agent.id).as_json()

        return handle

    async def _list(self, params: Json) -> list[Json]:
        return self._pbx.call_backs.as_json()

    async def _add(self, params: Json) -> Json:
        queue, number, name = (str(params.get(key) or "") for key in ("queue", "number", "name"))
        number = dialled(number)
        at = self._at(params.get("at"))
        if not self._pbx.config.queue(queue):
            raise Invalid(f'There is no queue "{queue}".', code="no_such_queue", field="queue")
        try:
            item = promising.promise(self._pbx, queue, number, name, at)
        except Failed as failed:
            raise Invalid(f"{number} cannot be called back: {failed}.", code="bad_number", field="number") from None
        return item.as_json()

    def _at(self, text: object) -> datetime | None:
        if not text:
            return None
        try:
            at = times.parse(str(text))
        except ValueError:
            raise Invalid("`at` must be a time such as 2026-12-24T10:00:00Z.", field="at") from None
        if at < times.now():
            raise Invalid("`at` has passed; leave it out for as soon as possible.", field="at")
        return at

    async def _cancel(self, params: Json) -> Json:
        by = author_of(params)
        return self._pbx.call_backs.cancel(str(params.get("id") or ""), by).as_json()
