# SPDX-License-Identifier: GPL-2.0-or-later
"""What the control socket says of the SIP edge: phones, their settings, bans."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from firmware.config import Config
from firmware.core.params import text
from firmware.edge.link import EdgeLink
from firmware.edge.ports import program
from firmware.edge.rpc import DOWN
from firmware.errors import Unavailable

Json = dict[str, Any]

MISSING = (
    "Kamailio is not installed, so SIP phones cannot register: {}. Analog phones and trunks work. "
    "Install it (make run names the packages), then start the box again."
)
AWAY = "The SIP edge (Kamailio) does not answer: SIP phones cannot register or call until it is back."


class EdgeOffice:
    """`edge` is None where the box runs without one."""

    def __init__(self, edge: EdgeLink | None) -> None:
        self._edge = edge

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {"phones": self._phones, "phone": self._phone, "bans": self._bans, "bans.lift": self._lift}

    def status(self) -> Json:
        """`running` is whether this box has one, `up` whether it answers, `listens` where for phones and providers."""
        edge = self._edge
        return {
            "installed": program() is not None,
            "running": edge is not None,
            "up": bool(edge and edge.up),
            "listens": edge.listens() if edge else [],
        }

    def devices(self) -> list[Json]:
        """Registered phones, as last heard."""
        return [device.as_json() for device in self._edge.devices()] if self._edge else []

    def wrong(self, config: Config) -> list[str]:
        """Sentences for people: phones that wait for an edge which is not installed."""
        if self._edge:
            return []
        waiting = [e.number for e in config.extensions if e.sip and not e.sip.address]
        return [MISSING.format(", ".join(waiting))] if waiting else []

    def _need(self) -> EdgeLink:
        if not self._edge:
            raise Unavailable("This box runs without Kamailio, so SIP phones cannot register.", code=DOWN)
        return self._edge

    async def _phones(self, params: Json) -> list[Json]:
        return [device.as_json() for device in await self._need().phones()]

    async def _phone(self, params: Json) -> Json:
        return await self._need().settings(text(params, "extension"), bool(params.get("new_password")))

    async def _bans(self, params: Json) -> list[Json]:
        return [ban.as_json() for ban in await self._need().bans()]

    async def _lift(self, params: Json) -> Json:
        await self._need().lift_ban(text(params, "address"))
        return {}
