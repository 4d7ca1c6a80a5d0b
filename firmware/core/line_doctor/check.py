# SPDX-License-Identifier: GPL-2.0-or-later
"""Would the proposed tones have hung up on people? Tried on recordings of the line's calls."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware.doctor.baseline import ToneSaid, same_tones
from firmware.doctor.hang_up import clear
from firmware.doctor.tones import tones

RECORDINGS = 20
MOST_S = 1800.0  # of sound, the newest first
PIECE_S, OVERLAP_S = 30.0, 6.0
END_S = 10.0  # a hang-up tone this near to the end of a recording is one
RATE = 8000


@dataclass(frozen=True, slots=True)
class FalseHangUp:
    """A place in a recording where the call would have been cut."""

    recording: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was listened to, and what would have been cut."""

    recordings: int
    seconds: float
    false_hangups: tuple[FalseHangUp, ...]

    def as_json(self) -> dict[str, Any]:
        """For those who show it."""
        return {
            "recordings": self.recordings,
            "minutes": round(self.seconds / 60, 1),
            "false_hangups": [{"recording": cut.recording, "at_s": cut.at_s} for cut in self.false_hangups],
        }


def check(recordings: Iterable[tuple[str, str, float]], folder: Path, tone: ToneSaid) -> Checked:
    """Looks for the tone in the caller's channel of recordings (id, path, seconds). Runs for seconds: in a thread."""
    heard, seconds, cuts = 0, 0.0, []
    for id, path, _ in recordings:
        if seconds >= MOST_S:
            break
        try:
            found, length = _in_recording(folder / path, tone)
        except (OSError, EOFError, wave.Error):
            continue  # deleted meanwhile, or encoded
        heard, seconds = heard + 1, seconds + length
        cuts += [FalseHangUp(id, round(at, 1)) for at in found]
    return Checked(heard, seconds, tuple(cuts))


def _in_recording(path: Path, tone: ToneSaid) -> tuple[list[float], float]:
    with wave.open(str(path), "rb") as wav:
        length = wav.getnframes() / RATE
        found: list[float] = []
        at = 0.0
        while at < length - END_S:
            wav.setpos(int(at * RATE))
            sound = _left(wav.readframes(int(PIECE_S * RATE)), wav.getnchannels())
            ends = [at + t.end_ms / 1000 for t in tones(sound) if clear(t) and same_tones(t.as_json(), tone)]
            found += [end for end in ends if end < length - END_S and end not in found]
            at += PIECE_S - OVERLAP_S
        return found, length


def _left(frames: bytes, channels: int) -> bytes:
    return array("h", frames)[::channels].tobytes()
