# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's words about text messages and cellular modems."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from firmware.core.params import author_of, text
from firmware.errors import Invalid
from firmware.sms.desk import SmsDesk
from firmware.telephone_numbers import dialled

Json = dict[str, Any]
MOST = 200


class SmsOffice:
    """Asks the desk."""

    def __init__(self, desk: SmsDesk) -> None:
        self._desk = desk

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "sms": self._list,
            "sms.send": self._send,
            "modems": self._modems,
            "modem.ussd": self._ussd,
            "modem.ussd_end": self._ussd_end,
            "modem.unlock": self._unlock,
        }

    async def _list(self, params: Json) -> list[Json]:
        limit = params.get("limit", 50)
        if not isinstance(limit, int) or not 1 <= limit <= MOST:
            raise Invalid(f"`limit` must be a number from 1 to {MOST}.", field="limit")
        before = str(params.get("before") or "") or None
        return [sms.as_json() for sms in await self._desk.newest(before, limit)]

    async def _send(self, params: Json) -> Json:
        number = dialled(text(params, "number"))
        modem, author = str(params.get("modem") or ""), author_of(params)
        return (await self._desk.send(number, text(params, "text"), modem, author)).as_json()

    async def _modems(self, params: Json) -> list[Json]:
        return self._desk.as_json()

    async def _ussd(self, params: Json) -> Json:
        reply = await self._desk.ussd(text(params, "name"), text(params, "code"))
        return {"text": reply.text, "more": reply.more}

    async def _ussd_end(self, params: Json) -> Json:
        await self._desk.end_ussd(text(params, "name"))
        return {}

    async def _unlock(self, params: Json) -> Json:
        await self._desk.unlock(text(params, "name"))
        return {}
