# SPDX-License-Identifier: GPL-2.0-or-later
"""The clock of the bridge: one native thread, a tick every 20 ms."""

from __future__ import annotations

import os
from dataclasses import dataclass

from drivers.lineaudio._lineaudio import ffi, lib


@dataclass(frozen=True, slots=True)
class ClockStats:
    """Ticks of 20 ms since the last reset, and how punctual they were (microseconds).

    `by_card` is 1 while a card's own clock is followed; `card_lost` counts how often it was given up since the start.
    """

    ticks: int
    skipped: int
    late_max_us: int
    late_sum_us: int
    spent_max_us: int
    spent_sum_us: int
    late_over_1ms: int
    late_over_5ms: int
    late_over_20ms: int
    realtime: int
    by_card: int
    card_lost: int


def start_clock() -> None:
    """Becomes the bridge's only clock; after pjsua's init. RuntimeError when there is no bridge at 8 kHz."""
    if lib.la_clock_start():
        raise RuntimeError("The clock of the conference bridge did not start: is pjsua initialised at 8 kHz, 20 ms?")


def stop_clock() -> None:
    """Stops ticking; returns when the thread has ended."""
    lib.la_clock_stop()


def follow_clock(fd: int) -> None:
    """Lets the bridge go by a card's clock: `fd` is `drivers.port.Card.clock_fd`, -1 for none. OSError.

    It is duplicated, and stays the caller's. The bridge goes on by the machine's time whenever it falls silent.
    """
    if lib.la_clock_follow(fd):
        raise OSError(ffi.errno, os.strerror(ffi.errno))


def clock_stats(*, reset: bool = False) -> ClockStats:
    """How the clock did since the last reset."""
    raw = ffi.new("struct la_clock_stats *")
    lib.la_clock_stats(raw, reset)
    return ClockStats(**{name: getattr(raw, name) for name in ClockStats.__slots__})


def connect(source: int, sink: int) -> None:
    """Lets `sink` hear `source` (slots of the bridge). Harmless when a slot is already gone."""
    lib.la_connect(source, sink)


def disconnect(source: int, sink: int) -> None:
    """Ends `connect`. Harmless when a slot is already gone."""
    lib.la_disconnect(source, sink)


def slot_level(slot: int) -> int:
    """How loud what comes from a slot of the bridge is now: 0 is silence, 255 full scale, 16 steps are 6 dB (G.711)."""
    return int(lib.la_slot_level(slot))
