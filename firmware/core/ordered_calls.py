# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that the box makes because somebody ordered them: click to dial, a prompt recorded, a phone tried."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from firmware.calls import caller_rules, dialled
from firmware.calls.call import Call, CallState
from firmware.calls.causes import Cause
from firmware.calls.leg import Caller
from firmware.config import Config, Extension, features
from firmware.errors import NotFound
from firmware.records import Direction

if TYPE_CHECKING:
    from firmware.core.pbx import Pbx


def extension_of(config: Config, number: str) -> Extension:
    """NotFound when there is no such extension."""
    extension = config.extension(number)
    if not extension:
        raise NotFound(f"There is no extension {number}.", code="no_such_extension", field="from")
    return extension


class OrderedCalls:
    """One of the box; each of its calls rings an extension first."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def originate(self, number_from: str, number_to: str) -> str:
        """Click to dial; the id of the call. NotFound when there is no such extension."""
        extension = extension_of(self._pbx.config, number_from)
        call = dialled.begin(self._pbx, Caller(extension.number, extension.name), number_to, CallState.RINGING)
        return self._go(call, dialled.originate(self._pbx, call, extension, number_to))

    def record_prompt(self, number: str, name: str, language: str) -> str:
        """Rings an extension to record a prompt there; the id of the call. NotFound, Invalid."""
        extension = extension_of(self._pbx.config, number)
        self._pbx.prompts.path(name, language)
        call = self._inside(extension, features.codes_in_force(self._pbx.config.features).get("record_prompt", ""))
        return self._go(call, dialled.record_prompt(self._pbx, call, extension, name, language))

    def check_sound(self, number: str, heard: Callable[[bytes], Awaitable[None]]) -> str:
        """Rings an extension where somebody speaks and hears it again; the id of the call. NotFound."""
        extension = extension_of(self._pbx.config, number)
        call = self._inside(extension, "")
        return self._go(call, dialled.check_sound(self._pbx, call, extension, heard))

    def hang_up(self, id: str, by: str = "") -> None:
        """Ends any call for both sides; who wants it is named in its trail. NotFound."""
        call = self._pbx.journal.calls.get(id)
        if not call:
            raise NotFound(f"There is no call {id} now.", code="no_such_call", field="id")
        if by:
            call.note("hang_up_ordered", by=by)
        for leg in list(call.legs):
            leg.left(Cause.NORMAL)
        if not call.legs and id in self._tasks:
            self._tasks[id].cancel()

    def _inside(self, extension: Extension, number: str) -> Call:
        caller = caller_rules.inside(extension)
        return Call(self._pbx.journal, Direction.INTERNAL, caller, number, CallState.RINGING)

    def _go(self, call: Call, coroutine: Coroutine[Any, Any, None]) -> str:
        task = self._tasks[call.id] = self._pbx.spawn(coroutine)
        task.add_done_callback(lambda _: self._tasks.pop(call.id, None))
        return call.id
