# SPDX-License-Identifier: GPL-2.0-or-later
"""A recording while it is made: what of it is silence, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from drivers.lineaudio import Recorder
from firmware.records import Recording

Why = Literal["paused", "card_entry", "digits"]


class LiveRecording:
    """`on_masked` is told, with the recording as it is then, whenever a silence is over."""

    def __init__(self, recording: Recording, recorder: Recorder, on_masked: Callable[[Recording], None]) -> None:
        self.recording, self.recorder = recording, recorder
        self._on_masked = on_masked
        self._why: set[Why] = set()
        self._label: Why = "paused"
        self._since = 0.0

    def silence(self, why: Why, on: bool, back_s: float = 0.0) -> None:
        """From now on, or from `back_s` seconds ago, until every reason for it is gone."""
        if on and back_s:
            self.recorder.blank(self.recorder.now_s - back_s, self.recorder.now_s)
        if on and not self._why:
            self._label, self._since = why, max(0.0, self.recorder.now_s - back_s)
        elif on and back_s:
            self._since = min(self._since, max(0.0, self.recorder.now_s - back_s))
        before = bool(self._why)
        self._why = self._why | {why} if on else self._why - {why}
        self.recorder.mute(bool(self._why))
        if before and not self._why:
            self._note()

    def close(self) -> Recording:
        """Ends it; the recording with every silence."""
        if self._why:
            self._note()
        self.recorder.close()
        return self.recording

    def _note(self) -> None:
        span = (round(self._since, 2), round(self.recorder.now_s, 2), self._label)
        self.recording = replace(self.recording, masked=(*self.recording.masked, span))
        self._on_masked(self.recording)
