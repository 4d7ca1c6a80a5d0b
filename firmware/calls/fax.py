# SPDX-License-Identifier: GPL-2.0-or-later
"""Callers who turn out to be fax machines."""

from __future__ import annotations

import asyncio
from types import TracebackType

from drivers.lineaudio import FaxTone
from firmware.calls import destinations
from firmware.calls.call import Call, CallState
from firmware.calls.host import Host
from firmware.calls.line_leg import LineLeg
from firmware.config import Target

WITHIN_S = 35.0  # ITU-T T.30, 5.4.2: a calling machine waits 35 +-5 s for an answer (T1)


async def connect(host: Host, call: Call, caller: LineLeg, target: Target, fax: Target | None) -> None:
    """Takes the caller to `target`, and from there to `fax` as soon as its calling tone is heard.

    Ends as `destinations.connect` does. Whoever had answered meanwhile is let go.
    """
    async with until_fax(caller, listen=fax not in (None, target)) as machine:
        await destinations.connect(host, call, caller, target)
    if fax and machine.heard:
        if not call.cdr.answered_at:
            call.learnt(agent=None)  # one who was only rung
        call.became(CallState.RINGING, "fax", to=str(fax))
        await destinations.connect(host, call, caller, fax)


class until_fax:
    """Cancels the block when the party's calling tone is heard in good time, and goes on behind it.

    `heard` says so. In the manner of `asyncio.timeout`.
    """

    def __init__(self, leg: LineLeg, *, listen: bool = True) -> None:
        self.heard = False
        self._leg, self._listen, self._over = leg, listen, False

    async def __aenter__(self) -> until_fax:
        task = asyncio.current_task()
        assert task
        self._task, self._cancelling = task, task.cancelling()
        if self._listen:
            self._leg.on_fax.append(self._on_fax)
        return self

    def _on_fax(self, tone: FaxTone) -> None:
        if tone is FaxTone.CNG and not self.heard and not self._over and self._leg.off_hook_s < WITHIN_S:
            self.heard = True
            self._task.cancel()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._over = True
        if self._listen:
            self._leg.on_fax.remove(self._on_fax)
        if not self.heard:
            return False
        remaining = self._task.uncancel()
        return remaining <= self._cancelling and kind is not None and issubclass(kind, asyncio.CancelledError)
