# SPDX-License-Identifier: GPL-2.0-or-later
"""Guards PINs of one kind: too many wrong ones lock what they are for, with an alarm, also over a restart."""

from __future__ import annotations

import asyncio

from firmware import times
from firmware.calls.journal import Journal
from firmware.calls.pin_locks import LOCKED_S, PinLocks
from firmware.records import Severity


class PinGuard:
    """Alarms are of the kind `kind` and what was tried; `{what}` in `text` is it."""

    def __init__(self, journal: Journal, kind: str, text: str) -> None:
        self._journal, self._kind, self._text = journal, kind, text
        self._locks = PinLocks()

    def recall(self) -> None:
        """What was locked before a restart still is."""
        for kind, alarm in self._journal.alarms.items():
            if kind.startswith(self._kind):
                left_s = LOCKED_S - (times.now() - alarm.raised_at).total_seconds()
                self._locks.lock(kind.removeprefix(self._kind), _now() + left_s)

    def locked(self, what: str) -> bool:
        """Whether no PIN is taken for now; the alarm goes when that is over."""
        locked = self._locks.locked(what, _now())
        if not locked:
            self._journal.clear_alarm(self._kind + what)
        return locked

    def wrong(self, what: str) -> None:
        """A wrong one was given."""
        if self._locks.wrong(what, _now()):
            self._journal.raise_alarm(self._kind + what, Severity.WARNING, self._text.format(what=what))

    def right(self, what: str) -> None:
        """What was tried before is forgotten."""
        self._locks.right(what)

    def look(self) -> None:
        """Time has passed."""
        for what in self._locks.tried():
            self.locked(what)


def _now() -> float:
    return asyncio.get_running_loop().time()
