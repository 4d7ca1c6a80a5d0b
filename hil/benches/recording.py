# SPDX-License-Identifier: GPL-2.0-or-later
"""What recording costs: 100 calls with and without it, and what the archive takes to make Opus of them afterwards."""

from __future__ import annotations

import asyncio
import tempfile
import time
import wave
from array import array
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from firmware.archive.storing import store
from firmware.ids import uuid7
from firmware.records import Recording, RecordingState
from hil.benches.sip import PCMA, PCMU, measure
from hil.listen import speech_like

CALLS = 100
MINUTES = 3  # of the recording that is encoded


def _cost(agent_pt: int) -> dict[str, Any]:
    """In cores, of all calls together."""
    with_it, without = (asyncio.run(measure(CALLS, agent_pt, record=record)) for record in (True, False))
    cores = [figures["cpu_s_per_call_minute"] * CALLS / 60 for figures in (with_it, without)]
    return {
        "cores_recorded": round(cores[0], 3),
        "cores_not_recorded": round(cores[1], 3),
        "cores_more": round(cores[0] - cores[1], 3),
        "failed_calls": with_it["failed_calls"] + without["failed_calls"],
    }


def _archive(folder: Path) -> dict[str, Any]:
    """One recording in which both speak in turn, as people do."""
    seconds = 60 * MINUTES
    both = array("h", (0,)) * (2 * 8000 * seconds)
    for turn, start in enumerate(range(0, seconds, 5)):
        both[turn % 2 + 2 * 8000 * start : 2 * 8000 * (start + 5) : 2] = speech_like(5, seed=turn)
    recording = Recording(uuid7(), "x", "day/one.wav", datetime(2026, 1, 1, tzinfo=UTC), state=RecordingState.READY)
    path = folder / recording.path
    path.parent.mkdir()
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(both.tobytes())
    began = time.process_time()
    stored = store(recording, folder, "opus", None)
    cpu_s = time.process_time() - began
    return {
        "kbit_per_s": round(stored.recording.bytes * 8 / seconds / 1000, 1),
        "times_real_time": round(seconds / cpu_s),
        "cores_for_100_calls": round(CALLS * cpu_s / seconds, 3),
    }


def run() -> dict[str, Any]:
    """Straight across, through the bridge, and the archive afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        archive = _archive(Path(folder))
    return {"direct": _cost(PCMU), "mixed": _cost(PCMA), "archive": archive}
