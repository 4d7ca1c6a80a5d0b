# SPDX-License-Identifier: GPL-2.0-or-later
"""The echo canceller on the echo paths of ITU-T G.168 Annex D, with the composite source signal of Annex C and speech.

Loss (ERLE) in dB is what the canceller adds to the 6 dB of the line; everything has been through G.711.
"""

from __future__ import annotations

import wave
from array import array
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.lineaudio import cancel_memory
from hil.benches.detectors import percent_of_a_core
from hil.g168 import PATHS, composite_source, echo_path
from hil.g711 import RATE, Law, Pcm, decode, encode, pcm
from hil.levels import dbm0
from hil.listen import speech_like

Signal = NDArray[np.float64]

LOSS_DB, DELAY_MS = 6.0, 10.0
LEVELS_DBM0 = (-10, -16, -25)
LAWS: tuple[Law, ...] = ("ulaw", "alaw")
ENOUGH_DB = 25.0
STEP_S, WINDOW_S = 0.02, 0.35  # a whole composite source signal, so that its pause is in each window
CONVERSATION_S = 20
PROMPTS = Path("build/sounds/en")


def _coded(audio: Signal | Pcm, law: Law = "ulaw") -> Pcm:
    samples = np.clip(np.round(np.asarray(audio, dtype=np.float64)), -32768, 32767).astype(int).tolist()
    return decode(encode(samples, law), law)


def _echo(sent: Pcm, path: int) -> Signal:
    return np.convolve(np.asarray(sent, dtype=np.float64), echo_path(path, LOSS_DB, DELAY_MS))[: len(sent)]


def _left(sent: Pcm, received: Pcm, *, suppress: bool) -> Pcm:
    return array("h", cancel_memory(sent.tobytes(), received.tobytes(), suppress=suppress)[0])


def _loss(received: Pcm, left: Pcm, begin: float, end: float) -> float:
    part = slice(round(begin * RATE), round(end * RATE))
    return round(dbm0(received[part]) - dbm0(left[part]), 1)


def _converged_ms(received: Pcm, left: Pcm) -> int | None:
    """When 25 dB are reached: the end of the first window that has them."""
    begin = 0.0
    while (begin + WINDOW_S) * RATE <= len(received):
        if _loss(received, left, begin, begin + WINDOW_S) >= ENOUGH_DB:
            return round(1000 * begin)
        begin += STEP_S
    return None


def _single(path: int, spoken: Pcm, law: Law) -> dict[str, Any]:
    sent = _coded(spoken, law)
    received = _coded(_echo(sent, path), law)
    filtered, suppressed = (_left(sent, received, suppress=suppress) for suppress in (False, True))
    return {
        "converged_ms": _converged_ms(received, filtered),
        "after_1s_db": _loss(received, filtered, 1, 1.35),
        "later_db": _loss(received, filtered, 2, 4),
        "later_suppressed_db": _loss(received, suppressed, 2, 4),
    }


def _both(path: int) -> dict[str, Any]:
    """One speaks, then both for 3 s, then one again."""
    sent, near = _coded(composite_source(8, -16)), np.asarray(composite_source(8, -16, "double"), dtype=np.float64)
    near[: 3 * RATE] = near[6 * RATE :] = 0
    echo = _echo(sent, path)
    received = _coded(echo + near)
    left = _left(sent, received, suppress=True)
    error = np.asarray(left) - near
    part = slice(3 * RATE, 6 * RATE)
    return {
        "while_both_talk_db": round(dbm0(echo[part].tolist()) - dbm0(error[part].tolist()), 1),
        "just_after_db": _loss(received, left, 6, 6.35),
    }


def _speech(seconds: float) -> Pcm:
    """The prompts of the box, or what is like speech where there are none."""
    audio = pcm()
    for file in sorted(PROMPTS.glob("*.wav")):
        with wave.open(str(file)) as prompt:
            audio.frombytes(prompt.readframes(prompt.getnframes()))
    return audio[: round(seconds * RATE)] if len(audio) >= seconds * RATE else speech_like(seconds)


def _turns(first: bool, seed: int) -> Signal:
    """Speech for 2 s, silence for 2 s."""
    spoken = np.asarray(speech_like(CONVERSATION_S, seed=seed), dtype=np.float64)
    turn = (np.arange(len(spoken)) // (2 * RATE)) % 2 == (0 if first else 1)
    return np.where(turn, spoken, 0.0)


def _cost() -> dict[str, float]:
    far, near = _coded(_turns(True, 1)), _turns(False, 2)
    always, other = _coded(speech_like(CONVERSATION_S)), np.asarray(speech_like(CONVERSATION_S, seed=3))
    calls = {
        "silence": (pcm([0]) * len(far), _coded(near)),
        "conversation_without_echo": (far, _coded(near)),
        "conversation_with_echo": (far, _coded(_echo(far, 5) + near)),
        "one_talks_without_pause": (always, _coded(_echo(always, 5))),
        "both_talk_without_pause": (always, _coded(_echo(always, 5) + 0.3 * other)),
    }
    return {
        name: percent_of_a_core(CONVERSATION_S, cancel_memory, sent.tobytes(), received.tobytes())
        for name, (sent, received) in calls.items()
    }


def _least(rows: list[dict[str, Any]]) -> dict[str, Any]:
    worst = {key: min(row[key] for row in rows) for key in rows[0] if key != "converged_ms"}
    times = [row["converged_ms"] for row in rows]
    return {"converged_ms": None if None in times else max(times), **worst}


def run() -> dict[str, Any]:
    """The figures; of each path the worst over levels and laws."""
    paths = {}
    for path in PATHS:
        css = [_single(path, composite_source(4, level), law) for level in LEVELS_DBM0 for law in LAWS]
        paths[f"D.{path}"] = {"css": _least(css), "speech": _single(path, _speech(4), "ulaw"), **_both(path)}
    return {"paths": paths, "percent_of_a_core_per_port": _cost()}
