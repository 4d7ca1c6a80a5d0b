# SPDX-License-Identifier: GPL-2.0-or-later
"""What far ends say is what they understand: codecs, DTMF, caller ID, tones; with noise and wrong data."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware import countries
from firmware.countries import ToneName
from hil.callerid import CallerId, as_fsk, mdmf, parse, sdmf
from hil.dtmf_receiver import DtmfReceiver
from hil.fsk import BELL202, V23, Demodulator, Standard, bits_of, modulate
from hil.g711 import BLOCK, Law, Pcm, decode, encode, pcm
from hil.levels import dbm0, goertzel, peak
from hil.signals import DTMF, dtmf, quiet, sines, tone_audio
from hil.tone_receiver import ToneReceiver

LAWS: list[Law] = ["ulaw", "alaw"]


def blocks(audio: Pcm) -> list[Pcm]:
    return [audio[n : n + BLOCK] for n in range(0, len(audio) - BLOCK + 1, BLOCK)]


def with_noise(audio: Pcm, level_dbm0: float, seed: int = 1) -> Pcm:
    dice = random.Random(seed)
    sigma = peak(level_dbm0) / 2**0.5
    return pcm(max(-32768, min(32767, round(sample + dice.gauss(0, sigma)))) for sample in audio)


@pytest.mark.parametrize("law", LAWS)
def test_every_code_survives_decoding_and_encoding(law: Law) -> None:
    codes = bytes(range(256))
    again = encode(decode(codes, law), law)
    assert [code for code in codes if again[code] != code] == ([0x7F] if law == "ulaw" else [])  # minus zero


# ITU-T G.711, tables 1a to 2b: code words of the decision values' neighbourhoods, as 16-bit samples.
@pytest.mark.parametrize(
    ("law", "sample", "code", "back"),
    [
        ("ulaw", 0, 0xFF, 0),
        ("ulaw", 32124, 0x80, 32124),
        ("ulaw", -32124, 0x00, -32124),
        ("ulaw", 32767, 0x80, 32124),
        ("alaw", 8, 0xD5, 8),
        ("alaw", -8, 0x55, -8),
        ("alaw", 32256, 0xAA, 32256),
        ("alaw", -32768, 0x2A, -32256),
    ],
)
def test_code_words_are_those_of_the_recommendation(law: Law, sample: int, code: int, back: int) -> None:
    assert encode([sample], law)[0] == code
    assert decode(bytes([code]), law)[0] == back


@given(st.integers(-32768, 32767), st.sampled_from(LAWS))
def test_companding_keeps_a_sample_within_a_step(sample: int, law: Law) -> None:
    assert abs(decode(encode([sample], law), law)[0] - sample) <= max(16, abs(sample) / 24) or abs(sample) > 31600


def test_a_digital_milliwatt_has_its_level() -> None:
    assert dbm0(sines([(1000, 0)], 500)) == pytest.approx(0, abs=0.01)
    assert dbm0(decode(encode(sines([(1020, -10)], 500), "alaw"), "alaw")) == pytest.approx(-10, abs=0.1)


def test_each_key_has_the_frequencies_of_q23() -> None:
    for key, (low, high) in DTMF.items():
        audio = dtmf(key, on_ms=100, off_ms=0)
        assert goertzel(audio, low) + goertzel(audio, high) > 0.98 * sum(s * s for s in audio) / len(audio), key


@given(
    digits=st.text("0123456789*#ABCD", min_size=1, max_size=8),
    shift=st.integers(0, 159),
    low=st.floats(-20, -5),
    twist=st.floats(-5, 6),
)
@settings(max_examples=40, deadline=None)
def test_digits_of_any_level_and_moment_are_heard(digits: str, shift: int, low: float, twist: float) -> None:
    receiver = DtmfReceiver()
    line = quiet(shift / 8) + dtmf(digits, 60, 60, low, low + twist) + quiet(60)
    for block in blocks(decode(encode(line, "ulaw"), "ulaw")):
        receiver.feed(block)
    assert receiver.dialled == digits


def test_a_short_click_of_two_tones_is_no_digit() -> None:
    receiver = DtmfReceiver()
    for block in blocks(quiet(20) + dtmf("5", 22, 60) + quiet(100)):
        receiver.feed(block)
    assert receiver.dialled == ""


CALLER = CallerId("5551234567", "ANNA SMITH", "11221504")


@pytest.mark.parametrize("standard", [BELL202, V23])
@pytest.mark.parametrize("law", LAWS)
def test_caller_id_is_read_back_through_noise(standard: Standard, law: Law) -> None:
    sound = with_noise(quiet(100) + as_fsk(CALLER, standard) + quiet(50), -40)
    (message,) = Demodulator(standard).feed(decode(encode(sound, law), law))
    assert parse(message) == CALLER


@given(
    number=st.none() | st.text("0123456789", min_size=1, max_size=18),
    name=st.none() | st.text(st.characters(min_codepoint=32, max_codepoint=255), min_size=1, max_size=30),
)
@settings(max_examples=25, deadline=None)
def test_every_caller_id_comes_back(number: str | None, name: str | None) -> None:
    caller = CallerId(number, name, "01312359", "" if number else "P", "" if name else "O")
    (message,) = Demodulator(BELL202).feed(as_fsk(caller, BELL202))
    assert parse(message) == caller


def test_a_single_data_message_has_the_number_only() -> None:
    (message,) = Demodulator(BELL202).feed(as_fsk(CALLER, BELL202, single=True))
    assert parse(message) == CallerId("5551234567", None, "11221504")
    assert sdmf(CALLER)[:2] == bytes([0x04, 18])


def test_a_message_adds_up_to_zero() -> None:
    assert sum(mdmf(CALLER)) % 256 == 0


def test_a_spoilt_message_is_not_shown_but_told_of() -> None:
    message = bytearray(mdmf(CALLER))
    message[6] ^= 1
    receiver = Demodulator(BELL202)
    assert receiver.feed(modulate(bits_of(bytes(message)), BELL202)) == []
    assert "checksum" in receiver.faults[0]


def test_a_broken_off_message_is_told_of() -> None:
    receiver = Demodulator(BELL202)
    receiver.feed(modulate(bits_of(mdmf(CALLER))[:700], BELL202))
    receiver.feed(quiet(100))
    assert "fell silent" in receiver.faults[0]


@pytest.mark.parametrize("code", countries.codes())
def test_a_phone_knows_the_tones_of_its_country(code: str) -> None:
    country = countries.load(code)
    receiver = ToneReceiver(country)
    for name in (ToneName.DIAL, ToneName.BUSY, ToneName.RINGBACK, ToneName.CONGESTION):
        receiver.reset()
        audio = tone_audio(country.tones[name], country.law.value)
        line = (audio.opening + audio.repeated * (1 + 8 * 8000 // len(audio.repeated)))[73 : 8 * 8000]
        heard: set[ToneName] = set()
        for block in blocks(decode(line, country.law.value)):
            receiver.feed(block)
            heard |= receiver.names
        assert name in heard, receiver.described()
        assert all(country.tones[other].cadence_ms == country.tones[name].cadence_ms for other in heard), heard


def test_busy_is_told_from_congestion_within_a_second() -> None:
    country = countries.load("us")
    for name in (ToneName.BUSY, ToneName.CONGESTION):
        receiver = ToneReceiver(country)
        for block in blocks(decode(tone_audio(country.tones[name], "ulaw").repeated * 4, "ulaw"))[:50]:
            receiver.feed(block)
        assert receiver.name is name


def test_speech_is_no_tone() -> None:
    from hil.listen import speech_like

    receiver = ToneReceiver(countries.load("us"))
    for block in blocks(speech_like(5)):
        receiver.feed(block)
        assert receiver.name is None, receiver.described()


def test_dial_tone_soon_after_lifting_is_no_stutter() -> None:
    us = countries.load("us")
    receiver = ToneReceiver(us)
    for block in blocks(quiet(60) + decode(tone_audio(us.dial, "ulaw").repeated, "ulaw")[: BLOCK * 60]):
        receiver.feed(block)
    assert receiver.name == ToneName.DIAL
