# SPDX-License-Identifier: GPL-2.0-or-later
"""Speech and music that detectors must not fall for, as it comes over a line. Needs numpy.

From Debian packages: espeak-ng speaks in many voices, languages and speeds; asterisk-moh-opsound-wav is music; whatever
of asterisk-core-sounds-*-wav and asterisk-prompt-*-wav is installed is real people. And the box's own prompts.
"""

from __future__ import annotations

import functools
import io
import re
import shutil
import subprocess
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hil.g711 import RATE, Law, decode, encode, pcm

Samples = NDArray[np.int16]

ROOT = Path(__file__).resolve().parents[1]
PROMPTS = ROOT / "build" / "sounds"
DEBIAN = Path("/usr/share/asterisk")
# voice, words a minute, pitch; those with + are variants: women, men, hoarse, whispering
VOICES = [
    ("en-us", 120, 20), ("en-gb", 157, 49), ("de", 194, 78), ("fr", 231, 32), ("es", 128, 61), ("it", 165, 90),
    ("ru", 202, 44), ("cmn", 239, 73), ("ja", 136, 27), ("tr", 173, 56), ("nl", 210, 85), ("sv", 247, 39),
    ("pt-br", 144, 68), ("pl", 181, 22), ("en-us+f1", 218, 51), ("en-us+f2", 255, 80), ("en-us+f3", 152, 34),
    ("en-gb+f4", 189, 63), ("de+f2", 226, 92), ("fr+f4", 123, 46), ("es+m3", 160, 75), ("en-us+m7", 197, 29),
    ("en-us+croak", 234, 58), ("en-us+whisper", 131, 87),
]  # fmt: skip


def _text(place: int, words: int) -> str:
    """Words of this project's own pages, from another place for each voice."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    everything = re.findall(r"[A-Za-z][a-z']+[,.]?", " ".join(page.read_text() for page in pages))
    begin = place * 997 % len(everything)
    return " ".join((everything * 2)[begin : begin + words])


def _resampled(samples: Samples, rate: int) -> Samples:
    """To 8 kHz, everything above 3900 Hz taken away."""
    count = len(samples) * RATE // rate
    spectrum = np.fft.rfft(samples.astype(np.float64))[: count // 2 + 1]
    spectrum[int(len(spectrum) * 3900 / 4000) :] = 0
    return np.clip(np.fft.irfft(spectrum, count) * count / len(samples), -32768, 32767).astype(np.int16)


def _wav(file: io.BytesIO | Path) -> tuple[Samples, int] | None:
    """Samples and rate; None when it is not mono of 16 bits."""
    try:
        with wave.open(str(file) if isinstance(file, Path) else file, "rb") as wav:
            if (wav.getnchannels(), wav.getsampwidth()) != (1, 2):
                return None
            return np.frombuffer(wav.readframes(2**31), np.int16), wav.getframerate()
    except (wave.Error, EOFError):
        return None


def spoken(voice: str, speed: int, pitch: int, words: int, place: int = 0) -> Samples:
    """espeak-ng, as loud as fits. OSError when it is not installed."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", _text(place, words)]
    made = subprocess.run(command, check=True, capture_output=True, timeout=300).stdout
    # written to a pipe, its header says nothing of the length
    samples, rate = np.frombuffer(made[44 : len(made) // 2 * 2], np.int16), int.from_bytes(made[24:28], "little")
    return _loud(_resampled(samples, rate))


def _loud(samples: Samples) -> Samples:
    return (samples * (32000 / max(1, int(np.abs(samples.astype(np.int32)).max())))).astype(np.int16)


def speech(words: int, voices: int = len(VOICES)) -> Iterator[tuple[str, Samples]]:
    """Each voice speaks so many words: 400 are between two and four minutes. Nothing without espeak-ng."""
    if not shutil.which("espeak-ng"):
        return
    for place, (voice, speed, pitch) in enumerate(VOICES[:voices]):
        yield f"espeak-ng {voice}", spoken(voice, speed, pitch, words, place)


def recorded(*folders: Path) -> Iterator[tuple[str, Samples]]:
    """Every recording of 8 kHz there."""
    for path in sorted(path for folder in folders for path in folder.rglob("*.wav")):
        if (found := _wav(path)) and found[1] == RATE:
            yield str(path), found[0]


@functools.cache
def _through(law: Law) -> Samples:
    """What becomes of each sample; a negative one counts from the end."""
    every = [*range(32768), *range(-32768, 0)]
    return np.array(decode(encode(pcm(every), law), law), np.int16)


def companded(samples: NDArray[np.floating] | Samples, law: Law, gain_db: float = 0) -> Samples:
    """Over a line, louder or softer; what does not fit is clipped."""
    louder = np.clip(np.round(samples * 10 ** (gain_db / 20)), -32768, 32767).astype(np.int16)
    return _through(law)[louder]
