# SPDX-License-Identifier: GPL-2.0-or-later
"""Orders to calls at the control socket."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from firmware.calls import orders
from firmware.core.params import text
from firmware.errors import Conflict
from firmware.telephone_numbers import dialled

if TYPE_CHECKING:
    from firmware.core.pbx import Pbx

Json = dict[str, Any]


class CallOffice:
    """Carries them out."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "call.originate": self._originate,
            "call.hangup": self._hangup,
            "call.transfer": self._transfer,
            "call.hand_over": self._hand_over,
            "call.consult": self._consult,
            "call.conclude": self._conclude,
            "call.park": self._park,
            "call.supervise": self._supervise,
            "call.recording": self._recording,
        }

    async def _originate(self, params: Json) -> Json:
        return {"id": self._pbx.ordered.originate(text(params, "from"), dialled(text(params, "to")))}

    async def _hangup(self, params: Json) -> Json:
        self._pbx.ordered.hang_up(text(params, "id"), str(params.get("by") or ""))
        return {}

    async def _transfer(self, params: Json) -> Json:
        orders.transfer(self._pbx, text(params, "id"), dialled(text(params, "to")), str(params.get("keep") or "caller"))
        return {}

    async def _hand_over(self, params: Json) -> Json:
        orders.hand_over(self._pbx, text(params, "id"), dialled(text(params, "to")), text(params, "by"))
        return {}

    async def _consult(self, params: Json) -> Json:
        orders.consult(self._pbx, text(params, "id"), dialled(text(params, "to")), text(params, "by"))
        return {}

    async def _conclude(self, params: Json) -> Json:
        orders.conclude(self._pbx, text(params, "id"), text(params, "by"), text(params, "action"))
        return {}

    async def _park(self, params: Json) -> Json:
        return {"slot": orders.park(self._pbx, text(params, "id"), str(params.get("keep") or "caller"))}

    async def _recording(self, params: Json) -> Json:
        by = str(params.get("by") or "system")
        return orders.recording(self._pbx, text(params, "id"), text(params, "action"), by)

    async def _supervise(self, params: Json) -> Json:
        id, extension, mode = (text(params, name) for name in ("id", "extension", "mode"))
        ordered = orders.supervise(self._pbx, id, extension, mode, str(params.get("by") or ""))
        if params.get("wait", True):
            await ordered
        else:
            self._pbx.spawn(_quietly(ordered))
        return {}


async def _quietly(ordered: Coroutine[Any, Any, None]) -> None:
    """What comes of it is in the call's trail."""
    with contextlib.suppress(Conflict):
        await ordered
