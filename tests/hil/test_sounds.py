# SPDX-License-Identifier: GPL-2.0-or-later
"""Prompts and music come out with the telephone's rate and level, whatever they are made from."""

from __future__ import annotations

import importlib.util
import math
import sys
import wave
from array import array
from pathlib import Path
from types import ModuleType

import pytest

from hil.g711 import pcm
from hil.levels import goertzel
from hil.signals import load_wav


@pytest.fixture(scope="module")
def sounds() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "sounds.py"
    spec = importlib.util.spec_from_file_location("sounds", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["sounds"] = module
    spec.loader.exec_module(module)
    return module


def test_speech_of_22_khz_becomes_telephone_speech(sounds: ModuleType, tmp_path: Path) -> None:
    """1 kHz stays, 6 kHz goes instead of coming back as 2 kHz."""
    with wave.open(str(tmp_path / "raw.wav"), "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        tones = [
            round(6000 * (math.sin(n * 2 * math.pi / 22.05) + math.sin(n * 12 * math.pi / 22.05))) for n in range(22050)
        ]
        file.writeframes(array("h", tones).tobytes())
    sounds.write(tmp_path / "out.wav", sounds.levelled(sounds.read(tmp_path / "raw.wav"), -16))
    heard = load_wav(tmp_path / "out.wav")
    assert len(heard) == pytest.approx(8000, abs=2)
    assert goertzel(heard[400:7600], 1000) > 10000 * goertzel(heard[400:7600], 2000)


def test_a_prompt_has_its_level_while_somebody_speaks(sounds: ModuleType) -> None:
    prompt = sounds.levelled(sounds.sine(500, 1) + [0.0] * 16000, -16)
    assert sounds.level(prompt) == pytest.approx(-16, abs=0.3)


def test_music_is_silent_where_it_loops(sounds: ModuleType) -> None:
    music = sounds.faded(sounds.levelled(sounds.melody(), -20))
    assert pcm(round(sample) for sample in [*music[:10], *music[-10:]]) == pcm([0] * 20)


def test_every_prompt_is_there_in_every_language(sounds: ModuleType) -> None:
    names = {frozenset(texts) for texts in sounds.PROMPTS.values()}
    assert len(names) == 1
    assert {"greeting", "unobtainable", "all-busy", "goodbye"} <= set(*names)
