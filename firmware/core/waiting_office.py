# SPDX-License-Identifier: GPL-2.0-or-later
"""Orders to callers who wait, at the control socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from firmware.core.params import text
from firmware.errors import Invalid

if TYPE_CHECKING:
    from firmware.core.pbx import Pbx

Json = dict[str, Any]


class WaitingOffice:
    """Answers with the caller's place as it is then; null when he waits no more."""

    def __init__(self, pbx: Pbx) -> None:
        self._queues = pbx.queues

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "waiting.move": self._move,
            "waiting.prioritise": self._prioritise,
            "waiting.front": self._front,
            "waiting.assign": self._assign,
            "waiting.pick": self._pick,
        }

    async def _move(self, params: Json) -> Json | None:
        keep_wait = params.get("keep_wait", True)
        if not isinstance(keep_wait, bool):
            raise Invalid("`keep_wait` must be true or false.", field="keep_wait")
        self._queues.by_hand.move(text(params, "id"), text(params, "queue"), keep_wait, _by(params))
        return self._place(params)

    async def _prioritise(self, params: Json) -> Json | None:
        priority = params.get("priority")
        if not isinstance(priority, int) or isinstance(priority, bool):
            raise Invalid("`priority` must be a whole number.", field="priority")
        self._queues.by_hand.prioritise(text(params, "id"), priority, _by(params))
        return self._place(params)

    async def _front(self, params: Json) -> Json | None:
        self._queues.by_hand.front(text(params, "id"), _by(params))
        return self._place(params)

    async def _assign(self, params: Json) -> Json | None:
        self._queues.by_hand.assign(text(params, "id"), text(params, "agent"), _by(params))
        return self._place(params)

    async def _pick(self, params: Json) -> Json | None:
        self._queues.by_hand.pick(text(params, "id"), text(params, "extension"), _by(params))
        return self._place(params)

    def _place(self, params: Json) -> Json | None:
        return self._queues.views.caller(text(params, "id"))


def _by(params: Json) -> str:
    return str(params.get("by") or "system")
