# SPDX-License-Identifier: GPL-2.0-or-later
"""What is heard on lines in calls: speech, music, digits, ringing. Detectors are shown it to find nothing.

Speech comes from espeak-ng (Debian: espeak-ng) and from the prompts of asterisk-core-sounds-*-wav, music from
asterisk-moh-opsound-wav and the box's own; what is not installed is left out.
"""

from __future__ import annotations

import io
import itertools
import random
import shutil
import subprocess
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firmware import countries
from firmware.countries import ToneName
from hil.g711 import RATE, Pcm, decode, pcm
from hil.levels import peak
from hil.signals import DTMF_KEYS, dtmf, load_wav, tone_audio

PROMPTS, MUSIC = Path("/usr/share/asterisk/sounds"), Path("/usr/share/asterisk/moh")
OWN = Path(__file__).parents[1] / "build/sounds"
Signal = NDArray[np.float64]
VOICES = ("en-us", "en-gb+f3", "de", "fr-fr", "es", "it", "cmn", "hi", "pt-br", "ru", "sv", "tr", "pl", "en-us+croak")
PITCHES = (20, 50, 80)  # of espeak-ng, 0 to 99
TEXT = """Good morning, thank you for calling. One moment please. Hmmm. Aaah. Oooh. Hello? Are you there?
Zero one two three four five six seven eight nine. Yes. No. No. No. Loo loo loo. Moo. Who? You too? Ooh, do you?
I would like to speak to somebody about my invoice. The quick brown fox jumps over the lazy dog."""


def spoken(voices: tuple[str, ...] = VOICES, pitches: tuple[int, ...] = PITCHES) -> Pcm:
    """About 20 s of each voice at each pitch; empty without espeak-ng."""
    audio = pcm()
    if shutil.which("espeak-ng"):
        for voice, pitch in itertools.product(voices, pitches):
            audio += _speak(voice, pitch)
    return audio


def _speak(voice: str, pitch: int) -> Pcm:
    command = ["espeak-ng", "-v", voice, "-p", str(pitch), "--stdout", TEXT]
    said = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    with wave.open(io.BytesIO(said)) as file:
        samples = np.frombuffer(file.readframes(1 << 30), dtype="<i2")
        return at_line_rate(samples.astype(np.float64), file.getframerate())


def at_line_rate(samples: Signal, rate: int) -> Pcm:
    """At 8 kHz, its peak at 0 dBm0. Long sounds in parts of 10 s, which are cut at their edges."""
    audio = pcm()
    for part in np.array_split(samples, max(1, len(samples) // (10 * rate))):
        spectrum = np.fft.rfft(part)[: len(part) * RATE // rate // 2 + 1]
        shrunk = np.fft.irfft(spectrum, len(part) * RATE // rate)
        audio += _pcm(shrunk * peak(0) / max(1.0, np.abs(shrunk).max()))
    return audio


def recorded(seconds: float) -> Pcm:
    """Prompts spoken by people in several languages, at most so much; empty when none are installed."""
    audio = pcm()
    files = sorted(file for file in PROMPTS.rglob("*.wav") if "silence" not in file.parts)
    random.Random(3).shuffle(files)
    for file in files:
        if len(audio) >= seconds * RATE:
            break
        audio += load_wav(file)
    return audio


def music() -> Pcm:
    """Of the box, and what Debian offers for it."""
    audio = pcm()
    for file in (OWN / "music.wav", *sorted(MUSIC.glob("*.wav"))):
        if file.is_file():
            audio += load_wav(file)
    return audio


def digits(seconds: float, seed: int = 5) -> Pcm:
    """Keys as people, dialers and alarm panels press them: 40 to 500 ms on and off, some of them in a steady beat."""
    chance, audio = random.Random(seed), pcm()
    while len(audio) < seconds * RATE:
        on, off = chance.randint(40, 500), chance.randint(40, 500)
        key = chance.choice("".join(DTMF_KEYS))
        audio += dtmf(key * 4 + "".join(chance.choices("0123456789*#", k=4)), on, off)
    return audio


def ringing(code: str, seconds: float) -> Pcm:
    """Ringback of a country, and its call waiting."""
    country = countries.load(code)
    audio = b""
    for name in (ToneName.RINGBACK, ToneName.CALL_WAITING):
        once = tone_audio(country.tones[name], country.law.value).repeated
        audio += (once * (int(seconds * RATE / 2) // len(once) + 1))[: int(seconds * RATE / 2)]
    return decode(audio, country.law.value)


def mixed(a: Pcm, b: Pcm, b_db: float) -> Pcm:
    """Both at once, as long as the shorter one; `b` louder by so much."""
    count = min(len(a), len(b))
    return _pcm(_signal(a[:count]) + _signal(b[:count]) * 10 ** (b_db / 20))


def louder(audio: Pcm, db: float) -> Pcm:
    """Another level; what does not fit is clipped."""
    return _pcm(_signal(audio) * 10 ** (db / 20))


def _signal(audio: Pcm) -> Signal:
    return np.frombuffer(audio, dtype=np.int16).astype(np.float64)


def _pcm(signal: Signal) -> Pcm:
    return array("h", np.clip(signal, -32768, 32767).astype(np.int16).tobytes())


def parts(audio: Pcm, seconds: float = 120) -> Iterator[Pcm]:
    """Pieces that a detector hears afresh."""
    step = int(seconds * RATE)
    for at in range(0, len(audio), step):
        yield audio[at : at + step]
