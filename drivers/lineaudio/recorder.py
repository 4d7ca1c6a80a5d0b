# SPDX-License-Identifier: GPL-2.0-or-later
"""Two channels of the bridge, or of a direct call, into one WAV file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.lineaudio._lineaudio import ffi, lib
from drivers.lineaudio.events import NativeEvents

RATE = 8000  # samples a second


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a recording. `lost_ms` is silence in place of sound; `error` an errno or 0."""

    duration_s: float
    lost_ms: int
    error: int


class Recorder:
    """Writes 16-bit stereo WAV at 8 kHz: left the caller, right the called side.

    The file is made, written and closed by a native thread; nothing here touches the disk.
    `on_failed` is called with the errno when it can write no more; the call goes on without.
    """

    def __init__(self, events: NativeEvents, path: Path) -> None:
        self._events = events
        self._number = events.register(self._on_event)
        self.on_failed: Callable[[int], None] = lambda errno: None
        self.done: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        self._recorder = lib.la_recorder_open(str(path).encode(), self._number)
        if not self._recorder:
            events.forget(self._number)
            raise MemoryError("no memory for a recorder")

    @property
    def native(self) -> Any:
        """The native object, for a direct call."""
        return self._recorder

    def slots(self) -> tuple[int, int]:
        """The bridge's slots of the left and the right channel."""
        return int(lib.la_recorder_slot(self._recorder, 0)), int(lib.la_recorder_slot(self._recorder, 1))

    @property
    def now_s(self) -> float:
        """Seconds since its begin."""
        return float(lib.la_recorder_now(self._recorder)) / RATE

    def mute(self, muted: bool) -> None:
        """Silence on both channels until told otherwise; the recording goes on in time."""
        lib.la_recorder_mute(self._recorder, muted)

    def blank(self, from_s: float, to_s: float) -> None:
        """Silence in place of this span, also of what is in the file already. What is lost is lost."""
        lib.la_recorder_blank(self._recorder, int(from_s * RATE), int(to_s * RATE))

    def close(self) -> None:
        """Ends the recording here. `done` is set when the file is finished and durable."""
        if self._recorder:
            lib.la_recorder_close(self._recorder)
            self._recorder = ffi.NULL

    def _on_event(self, kind: int, value: int, data: bytes) -> None:
        if kind == lib.LA_RECORDER_FAILED:
            self.on_failed(value)
        elif kind == lib.LA_RECORDER_DONE:
            self._events.forget(self._number)
            raw = ffi.cast("struct la_recorded *", ffi.from_buffer(data))
            if not self.done.done():
                self.done.set_result(Recorded(raw.samples / RATE, raw.lost * 20, raw.error))


def stall_writer(ms: int) -> None:
    """Fault injection: the thread that writes recordings sleeps once for `ms`."""
    lib.la_recorder_stall(ms)
