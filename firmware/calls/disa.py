# SPDX-License-Identifier: GPL-2.0-or-later
"""Direct inward system access: a caller from outside who knows the PIN calls on from the house."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from contextlib import closing
from typing import TYPE_CHECKING

from firmware import times
from firmware.calls import numbers
from firmware.calls.causes import Cause
from firmware.calls.journal import DISA
from firmware.calls.leg import Failed, Leg, existing
from firmware.calls.phone_dialogue import PhoneDialogue
from firmware.config import Target
from firmware.records import Severity

if TYPE_CHECKING:
    from firmware.calls.call import Call
    from firmware.calls.host import Host

CLOSED_S = 3600.0
MOST_WRONG = 3  # calls that did not know the PIN, within that time; each has three tries


class DisaDoor:
    """Who guesses closes it for an hour."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._wrong: dict[str, deque[float]] = defaultdict(deque)

    async def enter(self, call: Call, caller: Leg, name: str) -> Target:
        """Asks for the PIN and for a number; where that leads. Failed."""
        disa = existing(self._host.config.access(name), f"access {name}")
        if self.closed(name):
            raise Failed(Cause.NOT_ALLOWED, f"the access {name} is closed: its PIN was guessed at")
        await caller.answer()
        with closing(PhoneDialogue(self._host, caller)) as dialogue:
            if not await dialogue.knows_pin(disa.pin):
                self._guessed(name)
                raise Failed(Cause.REJECTED, f"the PIN of the access {name} was wrong")
        number = await dialogue.number("enter-number")
        call.note("disa", name=name, number=number)
        target = numbers.resolve(self._host, number)
        if not target:
            raise Failed(Cause.UNALLOCATED, f"nothing in the dial plan matches {number}")
        numbers.permit(self._host, "", target, disa.call_class)
        return target

    def closed(self, name: str) -> bool:
        """Whether too many guessed. Its alarm is what remembers it, also over a restart."""
        alarm = self._host.journal.alarms.get(DISA + name)
        if not alarm:
            return False
        if (times.now() - alarm.raised_at).total_seconds() < CLOSED_S:
            return True
        self._host.journal.clear_alarm(DISA + name)
        return False

    def _guessed(self, name: str) -> None:
        wrong, now = self._wrong[name], time.monotonic()
        wrong.append(now)
        while wrong[0] < now - CLOSED_S:
            wrong.popleft()
        if len(wrong) >= MOST_WRONG:
            wrong.clear()
            text = f"Somebody guesses the PIN of the access {name}. It is closed for an hour; change its PIN."
            self._host.journal.raise_alarm(DISA + name, Severity.ERROR, text)

    def look(self) -> None:
        """Time has passed."""
        for kind in [kind for kind in self._host.journal.alarms if kind.startswith(DISA)]:
            self.closed(kind.removeprefix(DISA))
