# SPDX-License-Identifier: GPL-2.0-or-later
"""Time to hang-up by each sign, with every country's tones; and hang-ups that are none, in what is heard in calls."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from drivers.lineaudio import Hear, Heard, HeardKind, hear_memory
from firmware import countries
from firmware.calls.supervision import DIAL_STAYS_S, Rules, Sign, Supervision
from firmware.countries import Country, Tone, ToneName
from firmware.media.tone_table import ToneTable, tone_table
from hil import everyday_sound as sound
from hil.benches import hangup_copper
from hil.g711 import RATE, Law, Pcm, decode, pcm
from hil.levels import dbm0
from hil.signals import step_of_tone, tone_audio

LEVELS_DB = (0.0, -14.0)
NOISE_DB = (20, 15, 12, 10, 8, 6)  # below the tone
RECORDED_S, DIGITS_S, RINGING_S = 1500.0, 300.0, 60.0
BATTERY_MS = (180, 250, 500)


def signs_in(table: ToneTable, audio: Pcm) -> list[tuple[float, Sign]]:
    """What a line with this table would take for a hang-up, and when (seconds)."""
    found: list[tuple[float, Sign]] = []
    dialled_at: float | None = None
    for at, heard in [*hear_memory(Hear.TONES, audio.tobytes(), table.steps), (len(audio) / RATE, _END)]:
        if dialled_at is not None and at - dialled_at >= DIAL_STAYS_S:
            found.append((dialled_at + DIAL_STAYS_S, Sign.DIAL_TONE))
        name = table.names[int(heard.value)] if heard.kind == HeardKind.TONE else None
        dialled_at = at if name in (ToneName.DIAL, ToneName.STUTTER) else None
        if name in (ToneName.BUSY, ToneName.CONGESTION):
            found.append((at, Sign(name.value)))
    return found


_END = Heard(HeardKind.TONE_ENDED, -1)


def false_hang_ups() -> dict[str, Any]:
    """An hour and more of everyday sound, at two levels, heard with every country's table."""
    tables = [tone_table(countries.load(code)) for code in countries.codes()]
    minutes: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for kind, audio in _everyday():
        for level in LEVELS_DB:
            changed = sound.louder(audio, level)
            minutes[kind] += len(changed) / RATE / 60  # type: ignore[assignment]
            for part in sound.parts(changed):
                for table in tables:
                    false[kind] += len(signs_in(table, part))
    own = sum(
        len(signs_in(table, sound.ringing(c, RINGING_S))) for table, c in zip(tables, countries.codes(), strict=True)
    )
    return {
        "minutes": {kind: round(count, 1) for kind, count in minutes.items()},
        "tables": len(tables),
        "false": dict(false),
        "ringing_and_call_waiting_of_the_own_country": {"minutes": round(len(tables) * RINGING_S / 60), "false": own},
    }


def _everyday() -> Iterator[tuple[str, Pcm]]:
    voices, people, music = sound.spoken(), sound.recorded(RECORDED_S), sound.music()
    yield "speech_made", voices
    yield "speech_recorded", people
    yield "music", music
    yield "music_under_speech", sound.mixed(people, music, -6)
    yield "digits", sound.digits(DIGITS_S)
    yield "ringing_under_speech", sound.mixed(people, sound.ringing("us", DIGITS_S), -6)


def tone_times() -> dict[str, Any]:
    """From the end of the second cycle to the sign, in ms, for busy and congestion of every country."""
    late = {name: [_late_ms(code, name) for code in countries.codes()] for name in (ToneName.BUSY, ToneName.CONGESTION)}
    return {
        name.value: {
            "countries": len(times),
            "median_ms": round(statistics.median(times)),
            "most_ms": round(max(times)),
        }
        for name, times in late.items()
    } | {"dial_tone_ms": _dial_tone_times()}


def _late_ms(code: str, name: ToneName, noise_db: float | None = None) -> float:
    country = countries.load(code)
    heard = signs_in(tone_table(country), _tone(country, country.tones[name], 12, noise_db))
    return 1000 * (heard[0][0] if heard else 99) - 2 * sum(step.ms for step in country.tones[name].repeated)


def _dial_tone_times() -> dict[str, int]:
    times = []
    for code in countries.codes():
        country = countries.load(code)
        times += [1000 * at for at, _ in signs_in(tone_table(country), _tone(country, country.dial, 8))[:1]]
    return {"countries": len(times), "median_ms": round(statistics.median(times)), "most_ms": round(max(times))}


def _tone(country: Country, tone: Tone, seconds: float, noise_db: float | None = None) -> Pcm:
    law: Law = country.law.value
    once = tone_audio(tone, law).repeated
    audio = decode((once * (int(seconds * RATE) // len(once) + 1))[: int(seconds * RATE)], law)
    return audio if noise_db is None else sound.mixed(audio, noise(len(audio), dbm0(_loudest(tone)) - noise_db), 0)


def _loudest(tone: Tone) -> Pcm:
    return step_of_tone(next(step for step in tone.repeated if step.frequencies), tone.level_dbm0, 200)


def noise(count: int, level_dbm0: float) -> Pcm:
    white = np.random.default_rng(7).standard_normal(count) * 3000
    audio = pcm(white.astype(int).tolist())
    return sound.louder(audio, level_dbm0 - dbm0(audio))


def innoise() -> dict[str, float]:
    """The part of all countries whose busy tone is seen within 500 ms after two cycles, with noise so far below it."""
    codes = countries.codes()
    return {
        f"{below}_db": round(sum(_late_ms(code, ToneName.BUSY, below) <= 500 for code in codes) / len(codes), 3)
        for below in NOISE_DB
    }


async def electric_times() -> dict[str, Any]:
    """Battery drops and a reversal, as the event loop of this machine sees them."""
    times: dict[str, Any] = {f"battery_{ms}_ms": await _sign_after(partial(_drop, ms)) for ms in BATTERY_MS}
    return times | {"polarity": await _sign_after(_reverse)}


async def _sign_after(act: Callable[[Supervision], object]) -> float | None:
    signs: list[float] = []
    supervision = Supervision(
        Rules(battery_ms=200), lambda: 0.0, lambda sign: signs.append(time.monotonic()), lambda: None
    )
    supervision.start(answer_expected=False)
    await asyncio.sleep(0.7)
    began = time.monotonic()
    act(supervision)
    await asyncio.sleep(0.7)
    supervision.stop()
    return round(1000 * (signs[0] - began), 1) if signs else None


def _drop(ms: int, supervision: Supervision) -> None:
    supervision.battery_lost()
    asyncio.get_running_loop().call_later(ms / 1000, supervision.battery_restored)


def _reverse(supervision: Supervision) -> None:
    supervision.polarity_reversed()


def run() -> dict[str, Any]:
    """The figures."""
    return {
        "after_the_second_cycle": tone_times(),
        "busy_in_noise": innoise(),
        "electric_ms": asyncio.run(electric_times()),
        "on_simulated_copper": asyncio.run(hangup_copper.measure()),
        "everyday": false_hang_ups(),
    }
