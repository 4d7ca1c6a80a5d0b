# SPDX-License-Identifier: GPL-2.0-or-later
"""The evidence: pieces of sound as WAV files under STATE/doctor/REPORT/."""

from __future__ import annotations

import shutil
import wave
from collections.abc import Iterable, Mapping
from pathlib import Path

from firmware import modes

RATE = 8000
NAMES = ("dial_tone", "noise", "ringing", "call", "hang_up")


def keep(folder: Path, clips: Mapping[str, bytes]) -> list[str]:
    """Writes the clips that are not empty; their names. OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=modes.folder())
    kept = [name for name in NAMES if clips.get(name)]
    for name in kept:
        with wave.open(str(folder / f"{name}.wav"), "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(RATE)
            wav.writeframes(clips[name])
    return kept


def forget(root: Path, reports: Iterable[str]) -> None:
    """Deletes the clips of old reports."""
    for report in reports:
        shutil.rmtree(root / report, ignore_errors=True)
