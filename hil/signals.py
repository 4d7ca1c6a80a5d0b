# SPDX-License-Identifier: GPL-2.0-or-later
"""What far ends say: tones with cadence, DTMF, silence, recorded speech."""

from __future__ import annotations

import functools
import math
import random
import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from firmware.countries import Country, Step, Tone, ToneName
from hil.g711 import RATE, Law, Pcm, decode, encode, pcm
from hil.levels import PEAK_0_DBM0, peak
from hil.numbers import np

MODULATION_DEPTH = 0.9

# ITU-T Q.23.
DTMF_LOW = (697, 770, 852, 941)
DTMF_HIGH = (1209, 1336, 1477, 1633)
DTMF_KEYS = ("123A", "456B", "789C", "*0#D")
DTMF = {
    key: (DTMF_LOW[row], DTMF_HIGH[column]) for row, keys in enumerate(DTMF_KEYS) for column, key in enumerate(keys)
}


def samples_in(ms: float) -> int:
    """How many samples at 8 kHz."""
    return round(ms * RATE / 1000)


def quiet(ms: float) -> Pcm:
    """Silence."""
    return pcm([0]) * samples_in(ms)


def sines(parts: Iterable[tuple[float, float]], ms: float) -> Pcm:
    """The sum of sines, each (Hz, dBm0), all beginning at phase 0."""
    waves = [(2 * math.pi * hz / RATE, peak(dbm0)) for hz, dbm0 in parts]
    if np is not None:
        n = np.arange(samples_in(ms))
        summed = sum((a * np.sin(w * n) for w, a in waves), np.zeros(len(n)))
        return array("h", np.clip(np.rint(summed), -32768, 32767).astype(np.int16).tobytes())
    return pcm(_clip(sum(a * math.sin(w * n) for w, a in waves)) for n in range(samples_in(ms)))


def _clip(sample: float) -> int:
    return max(-32768, min(32767, round(sample)))


def step_of_tone(step: Step, level_dbm0: float, ms: float | None = None) -> Pcm:
    """One step of a country's tone; each frequency has the level."""
    length = step.ms if ms is None else ms
    if not step.frequencies:
        return quiet(length)
    carrier = sines([(hz, level_dbm0) for hz in step.frequencies], length)
    if not step.modulated_by:
        return carrier
    w = 2 * math.pi * step.modulated_by / RATE
    # Normalised so that the peaks stay where an unmodulated tone of the level has them.
    depth = MODULATION_DEPTH / (1 + MODULATION_DEPTH)
    return pcm(round(sample * (1 - depth + depth * math.sin(w * n))) for n, sample in enumerate(carrier))


@dataclass(frozen=True, slots=True)
class ToneAudio:
    """A tone as G.711: what is played once, and what is repeated after it (empty when the tone ends by itself)."""

    opening: bytes
    repeated: bytes


@functools.lru_cache(maxsize=64)
def tone_audio(tone: Tone, law: Law) -> ToneAudio:
    """A country's tone, ready to play."""

    def audio(steps: Iterable[Step]) -> bytes:
        # All frequencies are whole, so one second of a continuous tone repeats without a click.
        return b"".join(encode(step_of_tone(step, tone.level_dbm0, step.ms or 1000), law) for step in steps)

    return ToneAudio(audio(tone.opening), audio(tone.repeated))


def played(country: Country, name: ToneName, seconds: float) -> Pcm:
    """A tone of the country as its exchanges play it, through G.711."""
    law: Law = country.law.value
    audio = tone_audio(country.tones[name], law)
    sound = audio.opening
    while audio.repeated and len(sound) < seconds * RATE:
        sound += audio.repeated
    return decode(sound[: int(seconds * RATE)], law)


def on_the_line(audio: Pcm, noise_dbm0: float = -65, gain_db: float = 0, seed: int = 1) -> bytes:
    """Samples after a line: with its loss, and its noise."""
    rng = random.Random(seed)
    sigma = PEAK_0_DBM0 * 10 ** (noise_dbm0 / 20) / 2**0.5
    gain = 10 ** (gain_db / 20)
    return array("h", (max(-32768, min(32767, round(gain * x + rng.gauss(0, sigma)))) for x in audio)).tobytes()


def dtmf(digits: str, on_ms: float = 70, off_ms: float = 70, low_dbm0: float = -9, high_dbm0: float = -7) -> Pcm:
    """Digits as tones. Levels and the 2 dB of twist are a usual phone's (ETSI ES 201 235-2 allows -9 and -11 dBV).

    Raises ValueError at a key that does not exist; a comma is a pause of one second.
    """
    audio = pcm()
    for digit in digits.upper():
        if digit == ",":
            audio += quiet(1000)
        elif digit in DTMF:
            low, high = DTMF[digit]
            audio += sines([(low, low_dbm0), (high, high_dbm0)], on_ms) + quiet(off_ms)
        else:
            raise ValueError(f'"{digit}" in "{digits}" is not a DTMF key: use 0-9, A-D, *, # and comma for a pause.')
    return audio


def load_wav(path: Path) -> Pcm:
    """A WAV file of 8 kHz, mono, 16 bits. ValueError tells how to convert another one."""
    with wave.open(str(path), "rb") as file:
        shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
        if shape != (RATE, 1, 2):
            raise ValueError(
                f"{path} has {shape[0]} Hz, {shape[1]} channels and {8 * shape[2]} bits; a line has 8000 Hz, 1 and 16. "
                f"Convert it: sox {path.name} -r 8000 -c 1 -b 16 out.wav"
            )
        audio = pcm()
        audio.frombytes(file.readframes(file.getnframes()))
        return audio
