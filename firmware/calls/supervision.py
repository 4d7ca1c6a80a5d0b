# SPDX-License-Identifier: GPL-2.0-or-later
"""Hang-up supervision: by which signs a seized line tells that the far end is gone, and how soon each is believed.

| sign | believed |
|---|---|
| battery | when it was gone for the line's time (CPC, open loop disconnect: GR-506-CORE, EN 300 659-1 K-break) |
| polarity | at once; not when it answers a call, nor while an answered line settles |
| busy, congestion | 300 ms after the second cycle (`tone_table`) |
| dial tone | when it stayed for DIAL_STAYS_S: a flute holds its note, but not for so long |
| silence | after the time that the installer gave |
"""

from __future__ import annotations

import asyncio
import enum
import logging
from collections.abc import Callable
from dataclasses import dataclass

from firmware.calls.timers import Timers
from firmware.config import HangUp
from firmware.countries import Country, ToneName

log = logging.getLogger(__name__)

DIAL_STAYS_S = 2.0
ANSWER_SETTLES_S = 0.6  # a reversal so soon after going off hook is the exchange's answer


class Sign(enum.StrEnum):
    """What told that the far end hung up; in a call's trail, and what the Line Doctor learns from."""

    BATTERY = "battery"
    POLARITY = "polarity"
    BUSY = "busy"
    CONGESTION = "congestion"
    DIAL_TONE = "dial_tone"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Rules:
    """Which signs count on a line."""

    battery_ms: int
    polarity: bool = True
    tones: bool = True
    dial_tone: bool = True
    silence_s: int = 0


def rules_of(settings: HangUp, country: Country) -> Rules:
    """The line's own, and the country's where it has none."""
    return Rules(
        battery_ms=settings.battery_ms or country.disconnect_ms,
        polarity=settings.polarity is not False,
        tones=settings.tones is not False,
        dial_tone=settings.dial_tone is not False,
        silence_s=settings.silence_s,
    )


def _now() -> float:
    return asyncio.get_running_loop().time()


class Supervision:
    """Of one call on one line, from going off hook to going on hook.

    `on_sign` is called at the first sign, `on_answer` when a reversal says that the far end answered. `quiet_s` tells
    for how long nothing has been heard.
    """

    def __init__(
        self, rules: Rules, quiet_s: Callable[[], float], on_sign: Callable[[Sign], None], on_answer: Callable[[], None]
    ) -> None:
        self._rules, self._quiet_s, self._on_sign, self._on_answer = rules, quiet_s, on_sign, on_answer
        self._timers = Timers()
        self._since = 0.0
        self._watching = False
        self.answer_expected = False  # the next reversal is the far end's answer

    def start(self, *, answer_expected: bool) -> None:
        """The line was seized, to answer a call or to make one."""
        self._since = _now()
        self._watching, self.answer_expected = True, answer_expected
        if self._rules.silence_s:
            self._timers.start("silence", self._rules.silence_s, self._look_for_silence)

    def stop(self) -> None:
        """Nothing is a sign any more."""
        self._watching = False
        self._timers.stop_all()

    def battery_lost(self) -> None:
        """It counts when it does not come back in time."""
        if self._watching:
            self._timers.start("battery", self._rules.battery_ms / 1000, lambda: self._told(Sign.BATTERY))

    def battery_restored(self) -> None:
        """A shorter drop is none."""
        self._timers.stop("battery")

    def loop_broken(self) -> None:
        """The card timed it."""
        self._told(Sign.BATTERY)

    def polarity_reversed(self) -> None:
        """An answer, or a hang-up."""
        if not self._watching:
            return
        if self.answer_expected:
            self.answer_expected = False
            self._on_answer()
        elif self._rules.polarity and _now() - self._since > ANSWER_SETTLES_S:
            self._told(Sign.POLARITY)

    def tone(self, name: ToneName) -> None:
        """A tone of the line's table was recognised."""
        self._timers.stop("dial tone")
        if name in (ToneName.BUSY, ToneName.CONGESTION) and self._rules.tones:
            self._told(Sign(name.value))
        elif name in (ToneName.DIAL, ToneName.STUTTER) and self._rules.dial_tone and self._watching:
            self._timers.start("dial tone", DIAL_STAYS_S, lambda: self._told(Sign.DIAL_TONE))

    def tone_ended(self) -> None:
        """It was not dial tone that came back."""
        self._timers.stop("dial tone")

    def _look_for_silence(self) -> None:
        quiet = min(self._quiet_s(), _now() - self._since)
        left = self._rules.silence_s - quiet
        if left <= 0:
            self._told(Sign.SILENCE)
        else:
            self._timers.start("silence", left, self._look_for_silence)

    def _told(self, sign: Sign) -> None:
        if self._watching:
            self.stop()
            self._on_sign(sign)
