# SPDX-License-Identifier: GPL-2.0-or-later
"""What the control socket says of voicemail boxes, and does with messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from firmware.core.params import text
from firmware.errors import Invalid

if TYPE_CHECKING:
    from firmware.core.pbx import Pbx

Json = dict[str, Any]


class VoicemailOffice:
    """Messages themselves are read from history.db."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "voicemail": self._boxes,
            "voicemail.mark": self._mark,
            "voicemail.delete": self._delete,
            "extension.message_waiting": self._message_waiting,
        }

    async def _boxes(self, params: Json) -> list[Json]:
        found = []
        for extension in self._pbx.config.extensions:
            if extension.voicemail:
                new, saved = self._pbx.mailboxes.counts(extension.number)
                found.append({"box": extension.number, "name": extension.name, "new": new, "saved": saved})
        return found

    async def _mark(self, params: Json) -> Json:
        return self._pbx.mailboxes.mark(text(params, "id"), text(params, "state")).as_json()

    async def _delete(self, params: Json) -> Json:
        self._pbx.mailboxes.delete(text(params, "id"))
        return {}

    async def _message_waiting(self, params: Json) -> Json:
        on = params.get("on")
        if not isinstance(on, bool):
            raise Invalid("`on` must be true or false.", field="on")
        self._pbx.message_waiting(text(params, "extension"), on)
        return {}
