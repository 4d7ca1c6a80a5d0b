# SPDX-License-Identifier: GPL-2.0-or-later
"""The DTMF receiver by ITU-T Q.24: what it accepts, what it refuses, and that speech and music say nothing to it."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from drivers.lineaudio import Hear, HeardKind, hear_memory
from firmware import countries
from hil import talk_off
from hil.g711 import RATE
from hil.levels import dbm0_of_power
from hil.mitel import KEYS, LAWS, Burst, Sound, Tape
from hil.signals import step_of_tone
from hil.talk_off import Samples, companded

SOME = "159D"
TALK_OFF_DB = (3, 0, -6, -12, -24)  # 0: as the sound is stored, which is about as loud as a line can be
ECHO_RETURN_DB = (6, 10, 14, 20)
WORDS = 450


def receive(samples: Samples) -> str:
    """The box's receiver."""
    heard = hear_memory(Hear.DTMF, samples.tobytes())
    return "".join(str(one.value) for _, one in heard if one.kind is HeardKind.DIGIT)


def _bandwidth(test: Tape) -> dict[str, Any]:
    edges = [test.bandwidth(key, group, sign) for key in KEYS for group in ("low", "high") for sign in (1, -1)]
    return {"accepted_to_percent": min(a for a, _ in edges), "refused_from_percent": max(r for _, r in edges)}


def _worst_case(test: Tape, noise_db: float) -> float:
    """The shortest digits, 1.5 % off, with the most twist, in noise: each of Q.24's limits at once."""
    low, high = Burst(40, 40, -10, -18, 0.015, -0.015), Burst(40, 40, -14, -10, -0.015, 0.015)
    total = dbm0_of_power(10**-1 + 10**-1.8) - dbm0_of_power(10**-1) - 10
    scores = [test.score(KEYS, burst, noise_dbm0=total - noise_db) for burst in (low, high)]
    return round(min(scores), 4)


def _dial_tone(code: str, count: int) -> Sound:
    tone = countries.load(code).dial
    steps = [np.array(step_of_tone(step, -10, step.ms or 4000), float) for step in tone.repeated]
    return np.resize(np.concatenate(steps), count)


def _over_dial_tone(test: Tape, louder_db: float) -> dict[str, float]:
    """Digits of -16 dBm0 a tone beside a dial tone that is louder than both together by so much."""
    burst, scores = Burst(low_dbm0=-16, high_dbm0=-16), {}
    for code in countries.codes():
        tone = _dial_tone(code, 8 * RATE)
        level = dbm0_of_power(float(np.mean(tone[tone != 0] ** 2)))
        scores[code] = test.over(tone * float(10 ** ((-13 + louder_db - level) / 20)), KEYS, burst, 2)
    return {"least": min(scores.values()), **{code: score for code, score in scores.items() if score < 1}}


def _over_announcement(test: Tape, speech: Samples, return_db: float, dbm0: float) -> float:
    """A prompt of -16 dBm0 comes back from the line's hybrid while digits come."""
    level = dbm0_of_power(float(np.mean(speech[np.abs(speech) > 200].astype(float) ** 2)))
    echo = speech * 10 ** ((-16 - return_db - level) / 20)
    return round(test.over(echo, KEYS * 3, Burst(80, 80, dbm0, dbm0), 0.5), 3)


def made_sounds(test: Tape) -> dict[str, Any]:
    """Everything but talk-off."""
    loudest, faintest = test.levels(SOME)
    never, always = test.guard_time(SOME)
    prompt = next(iter(talk_off.recorded(talk_off.PROMPTS)))[1]
    return {
        "bandwidth": _bandwidth(test),
        "twist_db": {"normal": test.twist(KEYS, 1), "reverse": test.twist(KEYS, -1)},
        "levels_dbm0": {"loudest": loudest, "faintest": faintest},
        "dynamic_range_db": loudest - faintest,
        "guard_time_ms": {"never_to": never, "always_from": always},
        "pause_ms_from": test.pause(SOME),
        "interruption": {f"{ms} ms": test.interrupted(SOME, ms) for ms in (5, 10, 15)},
        "noise_of_1000": {
            f"{db} dB": round(1000 * test.score(itertools.islice(itertools.cycle(KEYS), 100), Burst(), 10, -7 - db))
            for db in (24, 18, 15, 12)
        },
        "shortest_digits_in_15_db": test.score(KEYS * 4, Burst(40, 40), noise_dbm0=-7 - 15),
        "all_limits_at_once_in_15_db": _worst_case(test, 15),
        "echo_10_db_down": {f"{ms} ms": test.echoed(SOME, ms, 10) for ms in (5, 10, 20)},
        "over_dial_tone": {f"{db:+d} dB": _over_dial_tone(test, db) for db in (-10, 0, 10)},
        "over_announcement": {
            f"return loss {loss} dB": {
                f"{dbm0} dBm0": _over_announcement(test, prompt, loss, dbm0) for dbm0 in (-9, -15, -20)
            }
            for loss in ECHO_RETURN_DB
        },
    }


def _sounds() -> Iterator[tuple[str, Samples]]:
    yield from talk_off.speech(WORDS)
    yield from talk_off.recorded(talk_off.DEBIAN, talk_off.PROMPTS)


def talk() -> dict[str, Any]:
    """Every sound at every level and in both laws: minutes listened to, and what was taken for a digit or a fax."""
    minutes: Counter[str] = Counter()
    listened, cpu, found = 0.0, 0.0, []
    for name, samples in _sounds():
        kind = name.split(" ")[0] if name.startswith("espeak") else name.split("/")[-2]
        minutes[kind] += len(samples)
        for law, gain in itertools.product(LAWS, TALK_OFF_DB):
            came = companded(samples, law, gain).tobytes()
            before = time.process_time()
            heard = hear_memory(Hear.DTMF | Hear.FAX, came)
            cpu += time.process_time() - before
            listened += len(samples)
            found += [f"{one.value!s} in {name} at {at:.2f} s, {gain} dB, {law}" for at, one in heard]
    return {
        "minutes": {kind: round(count / RATE / 60, 1) for kind, count in minutes.items()},
        "minutes_in_all": round(minutes.total() / RATE / 60),
        "minutes_listened": round(listened / RATE / 60),
        "found": len(found),
        "what": found[:20],
        "cpu_percent_of_a_core": round(100 * cpu / (listened / RATE), 4),
    }


def run() -> dict[str, Any]:
    """The figures."""
    return {**made_sounds(Tape(receive)), "talk_off": talk()}
