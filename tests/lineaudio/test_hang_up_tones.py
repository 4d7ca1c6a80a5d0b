# SPDX-License-Identifier: GPL-2.0-or-later
"""Busy and congestion tone end a call soon after their second cycle, and nothing else that is heard in calls does."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from drivers.lineaudio import Hear, HeardKind, hear_memory
from firmware import countries
from firmware.countries import Step, Tone, ToneName
from firmware.media.tone_table import HANG_UP, ToneTable, tone_table
from hil import everyday_sound as sound
from hil.benches.hangup import noise, signs_in
from hil.g711 import Pcm, decode, encode, pcm
from hil.signals import dtmf, quiet, sines

WITHIN_MS = 500  # of the end of the second cycle
LEARNT = Tone(ToneName.BUSY, (Step((487.0, 633.0), 310), Step((), 440)), 0)


def beats(parts: Iterable[tuple[float, float]], on_ms: float, off_ms: float, count: int = 12) -> Pcm:
    """Sines in a cadence, through mu-law."""
    audio = (sines(list(parts), on_ms) + quiet(off_ms)) * count
    return decode(encode(audio, "ulaw"), "ulaw")


def hung_up_ms(table: ToneTable, audio: Pcm) -> float | None:
    """When the first sign was seen."""
    signs = signs_in(table, audio)
    return 1000 * signs[0][0] if signs else None


@pytest.mark.parametrize("code", countries.codes())
def test_two_cycles_of_busy_or_congestion_tone_are_enough_and_one_is_not(code: str) -> None:
    country = countries.load(code)
    table = tone_table(country)
    for name in HANG_UP:
        steps = country.tones[name].repeated
        cycle = pcm()
        for step in steps:
            cycle += sines([(hz, -20) for hz in step.frequencies], step.ms)
        two_ms = 2 * sum(step.ms for step in steps)
        seen = hung_up_ms(table, cycle * 6)
        limit = two_ms + WITHIN_MS + 100 * (code == "sk")  # whose special dial tone begins with three cycles of it
        assert seen is not None, name
        assert two_ms / 2 < seen <= limit, name
        if len(steps) == 2:
            assert two_ms <= seen, name
        if len(steps) == 2:
            assert hung_up_ms(table, cycle + quiet(3000)) is None, name


@pytest.mark.parametrize("level_dbm0", [-6, -24, -36])
def test_busy_tone_is_seen_at_any_level_that_lines_have(level_dbm0: float) -> None:
    seen = hung_up_ms(tone_table(countries.load("us")), beats([(480, level_dbm0), (620, level_dbm0)], 500, 500))
    assert seen is not None
    assert 2000 <= seen <= 2500


def test_busy_tone_is_seen_although_one_frequency_arrives_softer() -> None:
    seen = hung_up_ms(tone_table(countries.load("us")), beats([(480, -20), (620, -26)], 500, 500))
    assert seen is not None


@pytest.mark.parametrize(
    ("why", "audio"),
    [
        ("the frequencies are those of ringing", beats([(440, -20), (480, -20)], 500, 500)),
        ("the frequencies are 8 % too high", beats([(518, -20), (670, -20)], 500, 500)),
        ("one frequency is missing", beats([(480, -20)], 500, 500)),
        ("the bursts are too long", beats([(480, -20), (620, -20)], 800, 500)),
        ("the pauses are too long", beats([(480, -20), (620, -20)], 500, 900)),
        ("it never pauses", beats([(480, -20), (620, -20)], 9000, 0, 1)),
        ("they are digits in the cadence of busy tone", beats([(770, -9), (1336, -7)], 500, 500)),
        ("each burst has another level", sum((beats([(480, -12 - 5 * n), (620, -12 - 5 * n)], 500, 500, 1)
                                              for n in range(5)), pcm())),
        ("each burst has another pitch", sum((beats([(480 + 9 * n, -20), (620, -20)], 500, 500, 1)
                                              for n in (-1, 1, -1, 1, -1, 1)), pcm())),
    ],
)  # fmt: skip
def test_what_only_resembles_busy_tone_ends_no_call(why: str, audio: Pcm) -> None:
    assert hung_up_ms(tone_table(countries.load("us")), audio) is None, why


def test_a_lines_own_busy_tone_is_seen_beside_the_countrys_with_an_error_of_one_percent() -> None:
    us = countries.load("us")
    for error in (-0.01, 0, 0.01):
        own = beats([(487 * (1 + error), -22), (633 * (1 + error), -22)], 310, 440)
        seen = hung_up_ms(tone_table(us, LEARNT), own)
        assert seen is not None
        assert 1500 <= seen <= 1500 + WITHIN_MS
        assert hung_up_ms(tone_table(us), own) is None
    assert hung_up_ms(tone_table(us, LEARNT), beats([(480, -22), (620, -22)], 500, 500)) is not None


def test_a_learnt_tone_without_pauses_must_last() -> None:
    steady = Tone(ToneName.BUSY, (Step((400.0,), 0),), 0)
    table = tone_table(countries.load("us"), steady)
    assert hung_up_ms(table, beats([(400, -20)], 300, 300)) is None
    assert hung_up_ms(table, beats([(400, -20)], 5000, 0, 1)) is not None


def test_a_click_in_a_pause_does_not_hide_busy_tone() -> None:
    burst = sines([(480, -20), (620, -20)], 500)
    click = quiet(200) + sines([(1700, -10)], 8) + quiet(292)
    seen = hung_up_ms(tone_table(countries.load("us")), (burst + click) * 4)
    assert seen is not None
    assert seen <= 2500


@pytest.mark.parametrize("below_db", [20, 10])
def test_busy_tone_is_seen_in_noise_and_under_music(below_db: float) -> None:
    busy = beats([(480, -23), (620, -23)], 500, 500, 6)  # -20 dBm0 together
    for other in (noise(len(busy), -20 - below_db), tune(len(busy), -20 - below_db)):
        seen = hung_up_ms(tone_table(countries.load("us")), sound.mixed(busy, other, 0))
        assert seen is not None
        assert seen <= 2500


def tune(count: int, level_dbm0: float) -> Pcm:
    """Chords, as music on hold comes back as echo."""
    audio = pcm()
    for n in range(count // 2400 + 1):
        audio += sines(
            [(262 * 2 ** (n * 5 % 12 / 12), level_dbm0 - 3), (330 * 2 ** (n * 7 % 12 / 12), level_dbm0 - 3)], 300
        )
    return audio[:count]


def test_what_is_heard_in_calls_ends_none_in_any_country() -> None:
    """`tipring bench hangup` does the same with three hours of it."""
    music = sound.music()[: 180 * 8000]
    speech = sound.spoken(("en-us", "cmn", "it"), (30, 80)) or sound.recorded(60)
    everyday = music + speech + sound.mixed(speech, music, -6) + sound.digits(60)
    for code in countries.codes():
        table = tone_table(countries.load(code))
        for part in sound.parts(everyday):
            assert signs_in(table, part) == [], code
        assert signs_in(table, sound.ringing(code, 20)) == [], code


def test_dial_tone_that_comes_back_ends_a_call_and_a_held_note_does_not() -> None:
    for code in ("us", "de", "fr", "cn"):
        country = countries.load(code)
        parts = [(hz, country.dial.level_dbm0) for hz in country.dial.frequencies]
        seen = hung_up_ms(tone_table(country), beats(parts, 8000, 0, 1))
        assert seen is not None
        assert seen < 5000
        assert hung_up_ms(tone_table(country), beats(parts, 1900, 400, 4)) is None


@pytest.mark.parametrize("hz", [(913.8, 1370.6, 1776.7), (985.2, 1428.5, 1776.7), (950, 1400, 1800)])
def test_special_information_tones_are_known_with_the_tolerance_of_the_standard(hz: tuple[float, ...]) -> None:
    """E.180 allows 50 Hz; the coded ones of North America (GR-1162) use it."""
    table = tone_table(countries.load("us"))
    audio = quiet(200) + sum((sines([(one, -20)], 330) for one in hz), pcm()) + quiet(500)
    names = [
        table.names[int(heard.value)]
        for _, heard in hear_memory(Hear.TONES, audio.tobytes(), table.steps)
        if heard.kind == HeardKind.TONE
    ]
    assert names == [ToneName.UNOBTAINABLE]


def test_stutter_dial_tone_is_told_from_dial_tone() -> None:
    us = countries.load("us")
    table = tone_table(us)
    parts = [(350.0, -13.0), (440.0, -13.0)]
    found = [
        table.names[int(heard.value)]
        for _, heard in hear_memory(
            Hear.TONES, (beats(parts, 100, 100, 10) + sines(parts, 2000)).tobytes(), table.steps
        )
        if heard.kind == HeardKind.TONE
    ]
    assert found == [ToneName.STUTTER]


def test_keys_pressed_in_a_steady_beat_end_no_call() -> None:
    beat = dtmf("55555", 500, 500) + dtmf("5" * 8, 250, 250) + dtmf("1" * 8, 200, 200)
    for code in countries.codes():
        assert signs_in(tone_table(countries.load(code)), beat) == []
