#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the prompts and the music on hold: python3 scripts/sounds.py OUT.

Writes OUT/en/*.wav, OUT/zh/*.wav and OUT/music.wav, each 8 kHz, mono, 16 bits. Prompts are spoken by espeak-ng and have
-16 dBm0, music comes from Debian's package asterisk-moh-opsound-wav and has -20 dBm0. Without these packages the
prompts are beeps and the music is a quiet melody of our own; the script says so.
"""

from __future__ import annotations

import argparse
import itertools
import math
import shutil
import sys
import tomllib
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from firmware.errors import TipringError  # noqa: E402
from firmware.prompts import speech  # noqa: E402
from firmware.prompts.wav import PROMPT_DBM0, RATE, decoded, encoded, level, levelled, resampled  # noqa: E402

__all__ = ["level"]
MUSIC_DBM0 = -20.0
MUSIC_S = 120  # it is held in memory
FADE_S = 1.5
MUSIC_FILES = Path("/usr/share/asterisk/moh")

PROMPTS = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "firmware" / "prompts" / "system").glob("*.toml"))
}

Samples = Sequence[float]


def read(path: Path) -> Samples:
    """A 16-bit WAV file of any rate and number of channels, as 8 kHz mono."""
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:
            raise ValueError(f"{path} has {8 * file.getsampwidth()} bits a sample, only 16 are read.")
        channels, rate = file.getnchannels(), file.getframerate()
        samples = array("h")
        samples.frombytes(file.readframes(min(file.getnframes(), rate * MUSIC_S)))
    mono = [sum(frame) / channels for frame in zip(*[iter(samples)] * channels, strict=False)]
    return mono if rate == RATE else resampled(mono, rate)


def faded(samples: Samples) -> Samples:
    """Fades in and out, so that the loop's joint is silent."""
    samples = list(samples)
    length = int(FADE_S * RATE)
    for n in range(min(length, len(samples) // 2)):
        share = 0.5 - 0.5 * math.cos(math.pi * n / length)
        samples[n] *= share
        samples[-1 - n] *= share
    return samples


def write(path: Path, samples: Samples) -> None:
    """A WAV file; written under another name first, so that a broken run leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(encoded(samples))
    part.replace(path)


def spoken(text: str, language: str) -> Samples:
    """Speech. TipringError says what went wrong."""
    return resampled(*decoded(speech.speak(text, language)))


def sine(hz: float, seconds: float) -> list[float]:
    """A note that dies away."""
    count = int(seconds * RATE)
    return [math.sin(2 * math.pi * hz * n / RATE) * math.exp(-3 * n / count) * 8000 for n in range(count)]


def beeps(name: str) -> Samples:
    """What stands for a prompt when nothing can speak: two notes, different for each."""
    pitch = 440 + 35 * (sorted(PROMPTS["en"]).index(name) % 40)
    return sine(pitch, 0.4) + [0.0] * 800 + sine(pitch * 1.25, 0.5)


def melody() -> list[float]:
    """Broken chords, for boxes without the music package."""
    chords = [(262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294)]
    notes = itertools.chain.from_iterable((a, b, c, b * 2, c, b) for a, b, c in chords * 4)
    return [sample for note in notes for sample in sine(note, 0.35)]


def music() -> Samples:
    """Music on hold, from the package when it is there."""
    files = sorted(MUSIC_FILES.glob("*.wav"))
    if not files:
        print(
            f"No music in {MUSIC_FILES}: apt-get install asterisk-moh-opsound-wav. A melody is used.", file=sys.stderr
        )
        return melody()
    favourite = MUSIC_FILES / "macroform-the_simplicity.wav"
    return read(favourite if favourite in files else files[0])


def make(out: Path) -> None:
    """Makes every sound that is missing or older than this script."""
    speaks = shutil.which("espeak-ng") is not None
    if not speaks:
        print("espeak-ng is not installed: apt-get install espeak-ng. The prompts are beeps.", file=sys.stderr)
    for language, texts in PROMPTS.items():
        for name, text in texts.items():
            path = out / language / f"{name}.wav"
            if not _fresh(path, ROOT / "firmware" / "prompts" / "system" / f"{language}.toml"):
                print(f"sounds: {language}/{name}", file=sys.stderr)
                samples = spoken(text, language) if speaks else beeps(name)
                write(path, levelled(samples, PROMPT_DBM0))
    if not _fresh(out / "music.wav"):
        print("sounds: music", file=sys.stderr)
        write(out / "music.wav", faded(levelled(music(), MUSIC_DBM0)))


def _fresh(path: Path, *made_of: Path) -> bool:
    return path.exists() and path.stat().st_mtime > max(file.stat().st_mtime for file in (Path(__file__), *made_of))


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Makes prompts and music on hold.")
    parser.add_argument("out", type=Path, help="folder for the sounds, made when missing")
    try:
        make(parser.parse_args().out)
    except TipringError as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
