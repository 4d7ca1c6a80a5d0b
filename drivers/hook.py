# SPDX-License-Identifier: GPL-2.0-or-later
"""What a station means by opening and closing its loop: lifted, put down, flash, rotary digits.

A pure state machine without a clock: the driver feeds raw hook levels with their monotonic times (seconds) and calls
`expire` when `deadline` has come. Late timers change nothing: all decisions are made from the times of the edges.

Numbers: rotary dials make 8 to 12 pulses a second, 60 to 67 % of it break (ITU-T Q.25 and E.131 name 10 pulses/s,
national dials differ), so a break lasts 50 to 84 ms and a make 27 to 50 ms; the digits are more than 200 ms apart.
A hook flash is 300 to 1000 ms in North America (TIA-464), about 100 ms in Europe (ETSI ES 201 970 section 14.6).
"""

from __future__ import annotations

import enum
import logging
from dataclasses import dataclass

from drivers.port import HookTiming, PortEvent, PortEventRecord

log = logging.getLogger(__name__)

# The longest break inside a train of pulses: 8 pulses/s at 67 % break is 84 ms, and the dial may be worn.
TRAIN_BREAK_MAX_MS = 100


class HookState(enum.StrEnum):
    ON_HOOK = "on_hook"
    OFF_HOOK = "off_hook"
    BREAK = "break"  # the loop is open, and it is not yet known what that means
    MAKE = "make"  # the loop is closed again after a short break; more pulses may follow


@dataclass(frozen=True, slots=True)
class _Edge:
    """A hook level that must hold for the debounce time before it counts."""

    off: bool
    at: float


class HookDecoder:
    """Decodes the hook of one station. Starts on hook."""

    def __init__(self, timing: HookTiming, name: str = "") -> None:
        self.timing = timing
        self._name = name
        self._state = HookState.ON_HOOK
        self._pending: _Edge | None = None
        self._since = 0.0  # when the loop last opened (BREAK) or closed (MAKE)
        self._breaks: list[float] = []  # the breaks of the digit being dialled, in milliseconds
        self._events: list[PortEventRecord] = []

    @property
    def off_hook(self) -> bool:
        """True from OFF_HOOK to ON_HOOK, through flashes and pulses."""
        return self._state is not HookState.ON_HOOK

    @property
    def deadline(self) -> float | None:
        """When `expire` has something to decide, in monotonic seconds, or None."""
        return self._debounced_at() if self._pending else self._decided_at()

    def hook(self, off: bool, at: float) -> list[PortEventRecord]:
        """The loop closed (`off`) or opened at `at`. Returns what that means so far."""
        self._advance(at)
        level = self._pending.off if self._pending else self._loop_closed
        if off != level:
            self._pending = None if self._pending else _Edge(off, at)
            self._advance(at)
        return self._take()

    def expire(self, at: float) -> list[PortEventRecord]:
        """Time has come to `at`. Returns what is decided by it."""
        self._advance(at)
        return self._take()

    def reset(self) -> None:
        """Back to on hook without an event: another station was plugged in."""
        self._pending = None
        self._breaks.clear()
        self._events.clear()
        self._state = HookState.ON_HOOK

    @property
    def _loop_closed(self) -> bool:
        return self._state in (HookState.OFF_HOOK, HookState.MAKE)

    @property
    def _hang_up_ms(self) -> int:
        return max(self.timing.flash_max_ms, self.timing.pulse_max_ms)

    def _debounced_at(self) -> float | None:
        return self._pending.at + self.timing.debounce_ms / 1000 if self._pending else None

    def _decided_at(self) -> float | None:
        if self._state is HookState.BREAK:
            return self._since + self._hang_up_ms / 1000
        if self._state is HookState.MAKE:
            return self._since + self.timing.digit_gap_ms / 1000
        return None

    def _advance(self, now: float) -> None:
        """Decides everything that came due by `now`, in its order.

        An edge under debounce is always older than the next decision, so it goes first.
        """
        while (due := self.deadline) is not None and due <= now:
            if self._pending:
                self._accept(self._pending)
            else:
                self._decide()

    def _accept(self, edge: _Edge) -> None:
        self._pending = None
        if edge.off:
            self._closed(edge.at)
        else:
            self._opened(edge.at)

    def _closed(self, at: float) -> None:
        if self._state is HookState.ON_HOOK:
            self._set(HookState.OFF_HOOK, "lifted")
            self._emit(PortEvent.OFF_HOOK, at)
            return
        break_ms = (at - self._since) * 1000
        if break_ms > max(TRAIN_BREAK_MAX_MS, self.timing.pulse_max_ms):
            self._single_break(break_ms, at)
        else:
            self._breaks.append(break_ms)
            self._since = at
            self._set(HookState.MAKE, f"closed after {break_ms:.0f} ms")

    def _opened(self, at: float) -> None:
        self._since = at
        self._set(HookState.BREAK, "opened")

    def _decide(self) -> None:
        if self._state is HookState.BREAK:
            self._breaks.clear()
            self._set(HookState.ON_HOOK, "put down")
            self._emit(PortEvent.ON_HOOK, self._since)
        elif len(self._breaks) == 1:
            self._single_break(self._breaks[0], self._since)
        else:
            self._digit(self._since)

    def _single_break(self, break_ms: float, at: float) -> None:
        """A break that stands alone: the digit 1, a flash, or (between the two) a bad contact."""
        timing = self.timing
        if break_ms <= timing.pulse_max_ms:
            self._digit(at)
            return
        self._breaks.clear()
        self._set(HookState.OFF_HOOK, f"{break_ms:.0f} ms break")
        if round(break_ms) >= timing.flash_min_ms:
            self._emit(PortEvent.HOOK_FLASH, at)

    def _digit(self, at: float) -> None:
        pulses = len(self._breaks)
        self._breaks.clear()
        self._set(HookState.OFF_HOOK, f"{pulses} pulses")
        if pulses <= 10:
            self._emit(PortEvent.PULSE_DIGIT, at, str(pulses % 10))

    def _set(self, state: HookState, why: str) -> None:
        log.debug("%s: %s -[%s]> %s", self._name, self._state, why, state)
        self._state = state

    def _emit(self, event: PortEvent, at: float, digit: str = "") -> None:
        self._events.append(PortEventRecord(event, at, digit))

    def _take(self) -> list[PortEventRecord]:
        events, self._events = self._events, []
        return events
