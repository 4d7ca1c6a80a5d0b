# SPDX-License-Identifier: GPL-2.0-or-later
"""Would the proposed tones have hung up on people? The detectors of the line are tried on recordings of its calls."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from drivers.lineaudio import Hear, HeardKind, hear_memory
from firmware.archive.library import Library
from firmware.countries import ToneName
from firmware.errors import TipringError
from firmware.media.tone_table import ToneTable
from firmware.records import Recording
from firmware.store.recovery import RATE

RECORDINGS = 20
MOST_S = 1800.0  # of sound, the newest first
LONGEST_S = 900.0  # of one recording
HANG_UP = (ToneName.BUSY, ToneName.CONGESTION)
END_S = 10.0  # a hang-up tone this near to the end of a recording is one


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


def check(recordings: Iterable[Recording], library: Library, table: ToneTable) -> Checked:
    """Listens to the caller's channel of recordings for hang-up tones. Runs in a thread."""
    heard, seconds, cuts = 0, 0.0, []
    for recording in recordings:
        if seconds >= MOST_S:
            break
        try:
            found, length = _in_recording(recording, library, table)
        except (OSError, TipringError):
            continue  # deleted meanwhile, or cannot be read
        heard, seconds = heard + 1, seconds + length
        cuts += [FalseHangUp(recording.id, round(at, 1)) for at in found]
    return Checked(heard, seconds, tuple(cuts))


def _in_recording(recording: Recording, library: Library, table: ToneTable) -> tuple[list[float], float]:
    length, most = library.samples(recording) / RATE, int(LONGEST_S * RATE)
    sound = _left(b"".join(library.pcm(recording)), most)
    heard = hear_memory(Hear.TONES, sound, table.steps)
    cuts = [at for at, tone in heard if tone.kind == HeardKind.TONE and table.names[int(tone.value)] in HANG_UP]
    return [at for at in cuts if at < length - END_S], length


def _left(frames: bytes, most: int) -> bytes:
    return array("h", frames)[: 2 * most : 2].tobytes()
