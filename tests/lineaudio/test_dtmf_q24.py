# SPDX-License-Identifier: GPL-2.0-or-later
"""DTMF by ITU-T Q.24, table A-1: what must be heard as a digit, and what must not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from drivers.lineaudio import Hear, hear_memory, tone_memory
from firmware import countries
from firmware.media.tone_table import sound
from hil import talk_off
from hil.benches.dtmf import receive
from hil.mitel import KEYS, LAWS, Burst, Tape
from hil.signals import step_of_tone
from hil.talk_off import companded

SOME = "16*D"
MUSIC_S = 120  # of each piece


@pytest.fixture
def tape() -> Tape:
    return Tape(receive)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_heard_1_5_percent_off_and_not_3_5_percent(tape: Tape, key: str) -> None:
    for low, high in itertools.product((-0.015, 0, 0.015), repeat=2):
        assert tape.score(key, Burst(40, 40, low_off=low, high_off=high), 4) == 1
    for group, sign in itertools.product(("low_off", "high_off"), (-1, 1)):
        assert tape.heard(tape.pressed(key * 4, Burst(**{group: sign * 0.035}))) == ""


def test_40_ms_are_a_digit_and_23_ms_are_none(tape: Tape) -> None:
    assert tape.score(KEYS, Burst(on_ms=40, off_ms=40)) == 1
    assert tape.score(KEYS, Burst(on_ms=23, off_ms=40)) == 0


@pytest.mark.parametrize("gap_ms", [5, 10])
def test_a_short_interruption_makes_no_second_digit(tape: Tape, gap_ms: int) -> None:
    assert tape.interrupted(SOME, gap_ms) == 1


@pytest.mark.parametrize(("low", "high"), [(-8, -16), (-12, -8), (-17, -25)])
def test_8_db_of_normal_and_4_db_of_reverse_twist(tape: Tape, low: float, high: float) -> None:
    assert tape.score(KEYS, Burst(low_dbm0=low, high_dbm0=high)) == 1


@pytest.mark.parametrize("dbm0", [0, -10, -25, -36])
def test_36_db_between_the_loudest_and_the_faintest(tape: Tape, dbm0: float) -> None:
    assert tape.score(KEYS, Burst(low_dbm0=dbm0, high_dbm0=dbm0), 4) == 1


def test_one_that_is_fainter_than_any_phone_is_not_heard(tape: Tape) -> None:
    assert tape.score(KEYS, Burst(low_dbm0=-50, high_dbm0=-50), 4) == 0


@pytest.mark.parametrize("burst", [Burst(), Burst(40, 40), Burst(40, 40, -10, -18, 0.015, -0.015)])
def test_noise_15_db_below(tape: Tape, burst: Burst) -> None:
    level = 10 * np.log10(10 ** (burst.low_dbm0 / 10) + 10 ** (burst.high_dbm0 / 10))
    assert tape.score(KEYS * 2, burst, noise_dbm0=level - 15) == 1


@pytest.mark.parametrize("delay_ms", [5, 10, 20])
def test_an_echo_10_db_down(tape: Tape, delay_ms: int) -> None:
    assert tape.echoed(KEYS, delay_ms, 10) == 1


@pytest.mark.parametrize("code", ["us", "gb", "de", "fr", "cn", "in", "jp", "jo", "za"])
def test_a_dial_tone_as_loud_as_the_digit(tape: Tape, code: str) -> None:
    (step,) = countries.load(code).dial.steps
    tone = np.array(step_of_tone(step, -13 - 10 * np.log10(len(step.frequencies)), 4000), float)
    assert tape.over(tone, KEYS, Burst(low_dbm0=-16, high_dbm0=-16), 2) == 1


def test_a_prompt_that_comes_back_from_the_line(tape: Tape) -> None:
    prompt = talk_off.spoken("en-us", 160, 50, 60)
    for loss_db, dbm0 in ((20, -20), (10, -9)):
        echo = companded(prompt, "ulaw", -13 - loss_db)
        assert tape.over(echo.astype(float), KEYS, Burst(80, 80, dbm0, dbm0), 0.5) == 1


def test_no_digit_and_no_fax_from_call_progress_tones() -> None:
    found = {}
    for code in countries.codes():
        country = countries.load(code)
        for name, tone in country.tones.items():
            heard = hear_memory(Hear.DTMF | Hear.FAX, tone_memory(sound(tone), 6))
            if heard:
                found[f"{code} {name}"] = heard
    assert found == {}


def test_no_digit_and_no_fax_from_speech_and_music() -> None:
    """A part of what the bench listens to."""
    music = ((name, samples[: MUSIC_S * 8000]) for name, samples in talk_off.recorded(talk_off.DEBIAN / "moh"))
    sounds = itertools.chain(talk_off.speech(60, voices=6), talk_off.recorded(talk_off.PROMPTS), music)
    found = [
        (name, law, gain, heard)
        for name, samples in sounds
        for law, gain in itertools.product(LAWS, (0, -12))
        if (heard := hear_memory(Hear.DTMF | Hear.FAX, companded(samples, law, gain).tobytes()))
    ]
    assert found == []
