# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys that are pressed while people talk: told to the trail and heard in the recording unless they must not be known;
orders when a phone of the house presses them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from firmware import times
from firmware.calls.analog import later
from firmware.calls.digit_mask import GAP_S, DigitMask, Press
from firmware.calls.leg import Leg

ORDER_S = 3.0  # between the first and the last key of an order
TONE_S = 2.0  # a key is held no longer, and the next one of a number follows within
BEFORE_S = 0.35  # a key is known so long after its tone began, and the event loop may be late

Order = Callable[[str], None]  # told who gave it


class InCallKeys:
    """Of one conversation. `note` tells the trail, `silence` the recording: on or off, and from how long ago (s)."""

    def __init__(
        self,
        mask: DigitMask,
        orders: Mapping[str, Order],
        note: Callable[[Press], None],
        silence: Callable[[bool, float], None],
    ) -> None:
        self.mask, self._orders, self._note, self._silence = mask, orders, note, silence
        self._recent: list[Press] = []
        self._quiet: asyncio.TimerHandle | None = None
        self._tone: asyncio.TimerHandle | None = None

    def pressed(self, leg: Leg, digit: str) -> None:
        """A party pressed a key."""
        press = Press(leg.name, digit, times.now())
        decision = self.mask.pressed(press)
        for told in decision.told:
            self._note(told)
        if decision.silent_since:
            self._silence(True, (press.at - decision.silent_since).total_seconds() + BEFORE_S)
            self._tone = self._again(self._tone, TONE_S, lambda: self._silence(False, 0.0))
        self._quiet = self._again(self._quiet, GAP_S, self._settle)
        if leg.number:
            self._order(press)

    def card_entry(self, on: bool) -> None:
        """From here on every key is part of a card, or none any more."""
        self._settle()
        self.mask.card_entry = on

    def close(self) -> None:
        """The conversation is over."""
        self._settle()
        for timer in (self._quiet, self._tone):
            if timer:
                timer.cancel()

    def _settle(self) -> None:
        for told in self.mask.quiet():
            self._note(told)

    def _again(self, timer: asyncio.TimerHandle | None, seconds: float, act: Callable[[], None]) -> asyncio.TimerHandle:
        if timer:
            timer.cancel()
        return later(seconds, act)

    def _order(self, press: Press) -> None:
        since = press.at.timestamp() - ORDER_S
        self._recent = [p for p in self._recent if p.leg == press.leg and p.at.timestamp() > since] + [press]
        pressed = "".join(known.digit for known in self._recent)
        order = next((act for keys, act in self._orders.items() if pressed.endswith(keys)), None)
        if order:
            self._recent = []
            self._settle()  # an order is no part of a card number
            order(press.leg)
