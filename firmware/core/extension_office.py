# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's words about extensions: their lamps, and what people chose for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from firmware.calls import choices, choosing
from firmware.calls.leg import Failed
from firmware.config import Extension
from firmware.config.chosen import FORWARDS
from firmware.config.written import as_dialled
from firmware.core.pbx import Pbx
from firmware.errors import Invalid, NotFound

Handler = Callable[[dict[str, Any]], Awaitable[Any]]


class ExtensionOffice:
    """Answers for all extensions."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx

    def handlers(self) -> dict[str, Handler]:
        """Methods of the control socket."""
        return {"extensions": self._list, "extension.settings": self._show, "extension.set": self._set}

    async def _list(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        return [self._json(extension) for extension in self._pbx.config.extensions]

    async def _show(self, params: dict[str, Any]) -> dict[str, Any]:
        return self._json(self._extension(params))

    async def _set(self, params: dict[str, Any]) -> dict[str, Any]:
        extension, settings = self._extension(params), params.get("settings")
        if not isinstance(settings, dict):
            raise Invalid("`settings` must be an object.", field="settings")
        values = choices.read(as_dialled(settings))
        for name in FORWARDS:
            self._check(extension.number, name, values.get(name))
        await self._pbx.choices.choose(extension.number, **values)
        return self._json(extension)

    def _check(self, number: str, name: str, to: object) -> None:
        try:
            choosing.check_forward(self._pbx, number, str(to or ""))
        except Failed as failed:
            raise Invalid(f"{str(failed)[:1].upper()}{str(failed)[1:]}.", code="bad_forward", field=name) from None

    def _json(self, extension: Extension) -> dict[str, Any]:
        lamp = self._pbx.lamps.state(extension.number)
        return {**self._pbx.choices.as_json(extension), "name": extension.name, "lamp": lamp.value}

    def _extension(self, params: dict[str, Any]) -> Extension:
        number = params.get("extension")
        found = self._pbx.config.extension(number)
        if not found:
            raise NotFound(f"There is no extension {number}.", code="no_such_extension", field="extension")
        return found
