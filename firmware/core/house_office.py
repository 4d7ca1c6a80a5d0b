# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's words about the house: conference rooms, feature codes, countries, prompts from a phone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from firmware import countries
from firmware.config.features import FEATURES
from firmware.core.params import text

if TYPE_CHECKING:
    from firmware.core.pbx import Pbx

Json = dict[str, Any]


class HouseOffice:
    """Answers as things are now."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "conferences": self._conferences,
            "features": self._features,
            "countries": self._countries,
            "prompt.record": self._record,
        }

    async def _conferences(self, params: Json) -> list[Json]:
        return [self._pbx.room_json(conference) for conference in self._pbx.config.conferences]

    async def _features(self, params: Json) -> list[Json]:
        changed = self._pbx.config.features
        return [
            {
                "name": name,
                "code": changed.get(name, feature.code),
                "default": feature.code,
                "argument": feature.argument,
                "what": feature.what,
            }
            for name, feature in FEATURES.items()
        ]

    async def _record(self, params: Json) -> Json:
        extension, name = text(params, "extension"), text(params, "name")
        return {"id": self._pbx.ordered.record_prompt(extension, name, str(params.get("language") or "any"))}

    async def _countries(self, params: Json) -> list[Json]:
        profiles = [countries.load(code) for code in countries.codes()]
        return [{"code": c.code, "name": c.name, "emergency": list(c.emergency)} for c in profiles]
