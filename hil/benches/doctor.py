# SPDX-License-Identifier: GPL-2.0-or-later
"""How exactly the Line Doctor measures: every country's tones, soft and with noise, and what it costs."""

from __future__ import annotations

import time
from typing import Any

from firmware import countries
from firmware.countries import ToneName
from firmware.doctor.hang_up import clear
from firmware.doctor.tones import HeardTone, matches, tones
from hil.listen import speech_like
from hil.signals import on_the_line, played, quiet

NAMES = (ToneName.DIAL, ToneName.BUSY, ToneName.CONGESTION)
SECONDS = 6.0
LOSS_DB = 10.0
SPEECH_MINUTES = 10


def run() -> dict[str, Any]:
    """The figures; errors in percent of what was played."""
    sounds = _sounds()
    return {
        "tones": len(sounds),
        **{f"at_{snr}_db_snr": _measured(sounds, snr) for snr in (30, 20, 15)},
        "cadenced_tones_in_speech": _in_speech(),
        "speech_minutes": SPEECH_MINUTES,
        "cpu_ms_per_s_of_sound": _cost(),
    }


def _sounds() -> list[tuple[str, ToneName]]:
    """Each different tone once."""
    known: dict[Any, tuple[str, ToneName]] = {}
    for code in countries.codes():
        for name in NAMES:
            tone = countries.load(code).tones[name]
            known.setdefault((tone.steps, tone.level_dbm0), (code, name))
    return list(known.values())


def _measured(sounds: list[tuple[str, ToneName]], snr: float) -> dict[str, Any]:
    missed: list[str] = []
    hz_errors: list[float] = []
    ms_errors: list[float] = []
    for code, name in sounds:
        known = countries.load(code).tones[name]
        audio = quiet(200) + played(countries.load(code), name, SECONDS)
        heard = tones(on_the_line(audio, known.level_dbm0 - LOSS_DB - snr, -LOSS_DB))
        found = next((tone for tone in heard if matches(tone, known, 0.05, 0.2)), None)
        if not found:
            missed.append(f"{code} {name}")
            continue
        step = next(step for step in known.repeated or known.steps if step.frequencies)
        hz_errors += [abs(a / b - 1) for a, b in zip(sorted(found.frequencies), sorted(step.frequencies), strict=True)]
        ms_errors += _cadence_errors(found, known.cadence_ms)
    return {
        "found_percent": round(100 * (1 - len(missed) / len(sounds)), 1),
        "missed": missed,
        "frequency_error_max_percent": round(100 * max(hz_errors), 3),
        "cadence_error_max_percent": round(100 * max(ms_errors), 2),
    }


def _cadence_errors(found: HeardTone, known: tuple[int, ...]) -> list[float]:
    turns = [known[k:] + known[:k] for k in range(0, len(known), 2)] if len(known) > 1 else []
    errors = [[abs(a / b - 1) for a, b in zip(found.cadence_ms, turn, strict=True)] for turn in turns]
    return min(errors, key=max, default=[0.0])


def _in_speech() -> int:
    found = 0
    for seed in range(2 * SPEECH_MINUTES):
        sound = speech_like(30, seed=seed).tobytes()
        found += sum(1 for tone in tones(sound) if not tone.lasts and clear(tone))
    return found


def _cost() -> float:
    sound = (speech_like(10, seed=1) + played(countries.load("us"), ToneName.BUSY, SECONDS)).tobytes()
    began = time.process_time()
    tones(sound)
    return round(1000 * (time.process_time() - began) / (len(sound) / 16000), 2)
