# SPDX-License-Identifier: GPL-2.0-or-later
"""What is meant by a hand at the button: gestures from edges. Pure; times in seconds of a monotonic clock."""

from __future__ import annotations

import enum

DEBOUNCE_S = 0.03
SHORT_S = 2.0  # a press no longer than this acknowledges; from here to NETWORK_S somebody thought better of it
NETWORK_S, FACTORY_S = 5.0, 15.0
CONFIRM_S = 10.0  # for the short press that confirms
STUCK_S = 60.0  # nobody holds it for so long


class Gesture(enum.StrEnum):
    """What was done."""

    ACKNOWLEDGE = "acknowledge"
    NETWORK_RESET = "network_reset"
    FACTORY_RESET = "factory_reset"
    STUCK = "stuck"
    FREED = "freed"  # a stuck button came back


class Stage(enum.StrEnum):
    """What a release would do now, for the LEDs."""

    IDLE = "idle"
    HELD = "held"
    NETWORK = "network"
    FACTORY = "factory"
    CONFIRM = "confirm"
    STUCK = "stuck"


class Button:
    """Feed it every edge, and call `expire` when `deadline` is reached; both return what was meant, if anything."""

    def __init__(self, pressed: bool, now: float) -> None:
        """A button that is pressed at the start means nothing until it was let go: it may be stuck."""
        self._raw, self._raw_at = pressed, now
        self._pressed, self._since = pressed, now
        self._ignored, self._stuck = pressed, False
        self._confirm_until = float("-inf")

    @property
    def deadline(self) -> float | None:
        """When `expire` has something to do or to show; None while nothing moves."""
        if self._raw is not self._pressed:
            return self._raw_at + DEBOUNCE_S
        if self._pressed and not self._stuck:
            return self._since + STUCK_S
        return None

    def stage(self, now: float) -> Stage:
        """What the LEDs are to show."""
        if self._stuck:
            return Stage.STUCK
        if self._ignored or not self._pressed:
            return Stage.CONFIRM if now < self._confirm_until else Stage.IDLE
        if now < self._confirm_until:
            return Stage.CONFIRM
        held = now - self._since
        return Stage.FACTORY if held >= FACTORY_S else Stage.NETWORK if held >= NETWORK_S else Stage.HELD

    def feed(self, pressed: bool, now: float) -> Gesture | None:
        """An edge, or a look at the level; bounces are swallowed."""
        meant = self.expire(now)
        if pressed is not self._raw:
            self._raw, self._raw_at = pressed, now
        return meant

    def expire(self, now: float) -> Gesture | None:
        """Time goes on."""
        if self._raw is not self._pressed and now >= self._raw_at + DEBOUNCE_S:
            if not self._raw:
                return self._release(self._raw_at)
            self._pressed, self._since = True, self._raw_at
        if self._pressed and not self._stuck and now >= self._since + STUCK_S:
            self._ignored = self._stuck = True
            self._confirm_until = float("-inf")
            return Gesture.STUCK
        return None

    def _release(self, at: float) -> Gesture | None:
        held, self._pressed = at - self._since, False
        was_ignored, was_stuck = self._ignored or held >= STUCK_S, self._stuck
        self._ignored = self._stuck = False
        confirms, self._confirm_until = self._since < self._confirm_until, float("-inf")
        if was_ignored:
            return Gesture.FREED if was_stuck else None
        if held <= SHORT_S:
            return Gesture.FACTORY_RESET if confirms else Gesture.ACKNOWLEDGE
        if confirms or held < NETWORK_S:
            return None
        if held < FACTORY_S:
            return Gesture.NETWORK_RESET
        self._confirm_until = at + CONFIRM_S
        return None
