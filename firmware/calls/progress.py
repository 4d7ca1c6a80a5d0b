# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of a call that was dialled on a line: a line tells it by tones, if at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from firmware.calls.causes import Cause
from firmware.calls.timers import Timers
from firmware.countries import ToneName

SILENT_S = 8.0  # after the last digit, without any tone: the far end has answered
RINGBACK_GAP_S = 0.7  # ringing that stops, and no other tone: answered
RINGS_S = 600.0  # somebody is rung for so long at most
ANNOUNCEMENT_S = 15.0  # after special information tones (ITU-T E.180, 6.1.2): the caller may hear why


class Progress:
    """`connected` is set when the far end answered, as far as a line tells; `on_failed` is told why it cannot."""

    def __init__(self, on_failed: Callable[[Cause], None]) -> None:
        self._on_failed = on_failed
        self._timers = Timers()
        self.connected = asyncio.Event()
        self.sure = False  # else `connected` is a guess: nothing was heard for long
        self.unobtainable = False

    def dialled(self) -> None:
        """The last digit was sent."""
        self._timers.start("silent", SILENT_S, self.connected.set)

    def tone(self, name: ToneName) -> None:
        """A tone of the line's table was recognised."""
        self._timers.stop("answer")
        if self.connected.is_set():
            return
        if name == ToneName.RINGBACK:
            self._timers.stop("silent")
            self._timers.start("ringback", RINGS_S, lambda: self._on_failed(Cause.NO_ANSWER))
        elif name == ToneName.UNOBTAINABLE and not self.unobtainable:
            self.unobtainable = True
            self._timers.stop("silent", "ringback")
            self._timers.start("announcement", ANNOUNCEMENT_S, lambda: self._on_failed(Cause.UNALLOCATED))

    def tone_ended(self) -> None:
        """Ringing may have been answered."""
        if self._timers.runs("ringback"):
            self._timers.start("answer", RINGBACK_GAP_S, self.answered)

    def answered(self) -> None:
        """The far end is there."""
        self.stop()
        self.sure = True
        self.connected.set()

    def cause(self, heard: Cause) -> Cause:
        """Of a call that ended in a tone: normal once it was connected."""
        if self.connected.is_set():
            return Cause.NORMAL
        return Cause.UNALLOCATED if self.unobtainable else heard

    def stop(self) -> None:
        """Nothing more will come of it."""
        self._timers.stop_all()
