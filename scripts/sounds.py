#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the prompts and the music on hold: python3 scripts/sounds.py OUT.

Writes OUT/en/*.wav, OUT/zh/*.wav and OUT/music.wav, each 8 kHz, mono, 16 bits. Prompts are spoken by espeak-ng and have
-16 dBm0, music comes from Debian's package asterisk-moh-opsound-wav and has -20 dBm0. Without these packages the
prompts are beeps and the music is a quiet melody of our own; the script says so. Needs the standard library only.
"""

from __future__ import annotations

import argparse
import itertools
import math
import shutil
import subprocess
import sys
import tempfile
import wave
from array import array
from pathlib import Path

RATE = 8000
PEAK_0_DBM0 = 32768 / 10 ** (3.14 / 20)  # ITU-T G.711: the overload point is +3.14 dBm0
PROMPT_DBM0 = -16.0
MUSIC_DBM0 = -20.0
MUSIC_S = 120  # it is held in memory
FADE_S = 1.5
MUSIC_FILES = Path("/usr/share/asterisk/moh")

VOICES = {"en": ["-v", "en-us", "-s", "150", "-g", "2"], "zh": ["-v", "cmn", "-s", "185", "-g", "2"]}
PROMPTS = {
    "en": {
        "greeting": "Thank you for calling. Please hold, somebody will be with you in a moment.",
        "still-waiting": "Please stay on the line. Your call will be answered as soon as possible.",
        "all-busy": "All our lines are busy at the moment. Please call again later.",
        "closed": "Thank you for calling. Our office is closed now. Please call again during business hours.",
        "unobtainable": "The number you have dialled cannot be reached. Please check the number and try again.",
        "not-available": "The person you are calling is not available.",
        "leave-message": "Please leave a message after the tone. Then hang up, or press the hash key.",
        "message-saved": "Your message has been saved.",
        "invalid-choice": "Sorry, this is not a valid choice.",
        "recorded": "This call may be recorded.",
        "goodbye": "Thank you for calling. Goodbye.",
        "enter-pin": "Please enter your PIN.",
        "wrong-pin": "That is not the right PIN.",
        "enter-number": "Please dial the number, then press the hash key.",
        "night-auto": "Opening hours are in force.",
        "night-day": "The office is open.",
        "night-night": "The office is closed.",
        **{
            f"digit-{n}": word
            for n, word in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
        },
    },
    "zh": {
        "greeting": "感谢您的来电。请稍候，马上为您接通。",
        "still-waiting": "请不要挂机，我们会尽快接听您的电话。",
        "all-busy": "所有线路正忙，请稍后再拨。",
        "closed": "感谢您的来电。现在是非工作时间，请在工作时间再拨。",
        "unobtainable": "您拨打的号码无法接通，请核对号码后再拨。",
        "not-available": "您呼叫的用户暂时无法接听。",
        "leave-message": "请在提示音后留言，留言结束后请挂机或按井号键。",
        "message-saved": "您的留言已保存。",
        "invalid-choice": "对不起，您的选择无效。",
        "recorded": "本次通话可能会被录音。",
        "goodbye": "感谢您的来电，再见。",
        "enter-pin": "请输入密码。",
        "wrong-pin": "密码错误。",
        "enter-number": "请拨号码，并按井号键结束。",
        "night-auto": "按营业时间接听。",
        "night-day": "现在是营业状态。",
        "night-night": "现在是非营业状态。",
        **{f"digit-{n}": word for n, word in enumerate("零一二三四五六七八九")},
    },
}

Samples = list[float]


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


def resampled(samples: Samples, rate: int, taps: int = 24) -> Samples:
    """To 8 kHz by a windowed sinc that ends at 3.4 kHz, the telephone's band."""
    cutoff = 2 * min(3400, rate / 2) / rate
    padded = [0.0] * taps + samples + [0.0] * (taps + 1)
    result = []
    for n in range(int(len(samples) * RATE / rate)):
        centre = n * rate / RATE
        first = math.floor(centre) - taps + 1
        total = 0.0
        for k in range(first, first + 2 * taps):
            x = k - centre
            phase = math.pi * cutoff * x
            sinc = cutoff if abs(phase) < 1e-9 else cutoff * math.sin(phase) / phase
            total += padded[k + taps] * sinc * (0.5 + 0.5 * math.cos(math.pi * x / taps))
        result.append(total)
    return result


def level(samples: Samples) -> float:
    """The level in dBm0 while there is sound: 20 ms blocks more than 20 dB below the loudest do not count."""
    blocks = [samples[n : n + 160] for n in range(0, len(samples), 160)]
    powers = [sum(s * s for s in block) / len(block) for block in blocks]
    active = [power for power in powers if power > max(powers) / 100]
    return 10 * math.log10(2 * sum(active) / len(active) / PEAK_0_DBM0**2)


def levelled(samples: Samples, dbm0: float) -> Samples:
    """At this level; peaks are rounded off softly instead of being clipped."""
    gain = 10 ** ((dbm0 - level(samples)) / 20)
    knee, top = 20000.0, 32000.0
    result = []
    for sample in samples:
        x = sample * gain
        if abs(x) > knee:
            x = math.copysign(knee + (top - knee) * math.tanh((abs(x) - knee) / (top - knee)), x)
        result.append(x)
    return result


def faded(samples: Samples) -> Samples:
    """Fades in and out, so that the loop's joint is silent."""
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
    with wave.open(str(part), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array("h", [max(-32768, min(32767, round(sample))) for sample in samples]).tobytes())
    part.replace(path)


def spoken(text: str, voice: list[str]) -> Samples:
    """Speech from espeak-ng. CalledProcessError carries what it complained about."""
    with tempfile.TemporaryDirectory() as directory:
        raw = Path(directory) / "speech.wav"
        subprocess.run(["espeak-ng", *voice, "-w", str(raw), text], check=True, capture_output=True)
        return read(raw)


def sine(hz: float, seconds: float) -> Samples:
    """A note that dies away."""
    count = int(seconds * RATE)
    return [math.sin(2 * math.pi * hz * n / RATE) * math.exp(-3 * n / count) * 8000 for n in range(count)]


def beeps(name: str) -> Samples:
    """What stands for a prompt when nothing can speak: two notes, different for each."""
    pitch = 440 + 35 * sorted(PROMPTS["en"]).index(name)
    return sine(pitch, 0.4) + [0.0] * 800 + sine(pitch * 1.25, 0.5)


def melody() -> Samples:
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
            if not _fresh(path):
                print(f"sounds: {language}/{name}", file=sys.stderr)
                samples = spoken(text, VOICES[language]) if speaks else beeps(name)
                write(path, levelled(samples, PROMPT_DBM0))
    if not _fresh(out / "music.wav"):
        print("sounds: music", file=sys.stderr)
        write(out / "music.wav", faded(levelled(music(), MUSIC_DBM0)))


def _fresh(path: Path) -> bool:
    return path.exists() and path.stat().st_mtime > Path(__file__).stat().st_mtime


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Makes prompts and music on hold.")
    parser.add_argument("out", type=Path, help="folder for the sounds, made when missing")
    try:
        make(parser.parse_args().out)
    except subprocess.CalledProcessError as error:
        print(f"espeak-ng failed: {error.stderr.decode(errors='replace').strip()}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
