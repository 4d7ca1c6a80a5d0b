# SPDX-License-Identifier: GPL-2.0-or-later
"""What each detector costs a port, in percent of one core: processor time over the time of the sound."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from drivers.lineaudio import Hear, hear_memory
from firmware import countries
from firmware.media.tone_table import tone_table
from hil.g711 import RATE, Pcm, pcm
from hil.levels import peak
from hil.listen import speech_like

SECONDS = 20
RUNS = 3  # the least counts: anything more was somebody else's work
GOAL_PERCENT = 0.15


def percent_of_a_core(seconds: float, work: Callable[..., object], *arguments: object) -> float:
    """Processor time of `work`, which handles so many seconds of sound."""
    spent: list[float] = []
    for _ in range(RUNS):
        began = time.thread_time()
        work(*arguments)
        spent.append(time.thread_time() - began)
    return round(100 * min(spent) / seconds, 4)


def _sounds() -> dict[str, Pcm]:
    noise = random.Random(1)
    level = peak(-30) / 2**0.5
    return {
        "speech": speech_like(SECONDS),
        "noise": pcm(round(noise.gauss(0, level)) for _ in range(SECONDS * RATE)),
        "silence": pcm([0]) * (SECONDS * RATE),
    }


def run() -> dict[str, Any]:
    """The figures."""
    tones = tone_table(countries.load("us")).steps
    kinds = {str(kind.name).lower(): kind for kind in Hear if kind}
    kinds["together"] = Hear(sum(kinds.values()))
    sounds = {name: audio.tobytes() for name, audio in _sounds().items()}
    cost = {
        name: {sound: percent_of_a_core(SECONDS, hear_memory, kind, audio, tones) for sound, audio in sounds.items()}
        for name, kind in kinds.items()
    }
    return {"percent_of_a_core_per_port": cost, "goal_together": GOAL_PERCENT}
