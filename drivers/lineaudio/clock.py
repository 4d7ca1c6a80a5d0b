# SPDX-License-Identifier: GPL-2.0-or-later
"""The clock of the bridge: one native thread, a tick every 20 ms."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.lineaudio._lineaudio import ffi, lib

TICK_MS = 20


@dataclass(frozen=True, slots=True)
class ClockStats:
    """Ticks of 20 ms since the last reset, and how punctual they were (microseconds)."""

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


def start_clock() -> None:
    """Becomes the bridge's only clock; after pjsua's init. RuntimeError when there is no bridge at 8 kHz."""
    if lib.la_clock_start():
        raise RuntimeError("The clock of the conference bridge did not start: is pjsua initialised at 8 kHz, 20 ms?")


def stop_clock() -> None:
    """Stops ticking; returns when the thread has ended."""
    lib.la_clock_stop()


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
