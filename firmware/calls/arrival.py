# SPDX-License-Identifier: GPL-2.0-or-later
"""A call that has just come in, before anybody was told of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from firmware.calls.leg import Caller, Leg
from firmware.calls.line_leg import LineLeg


@dataclass(frozen=True, slots=True)
class Arrival:
    """`caller` is None while a line has not told yet; `go_on` takes it where calls of the office go."""

    leg: Leg
    caller: Caller | None
    go_on: Callable[[], Coroutine[Any, Any, None]]

    async def identify(self) -> Caller:
        """Who calls, as soon as it is known."""
        if self.caller is None and isinstance(self.leg, LineLeg):
            return await self.leg.identify()
        return self.caller or Caller()
