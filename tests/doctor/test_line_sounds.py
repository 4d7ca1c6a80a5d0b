# SPDX-License-Identifier: GPL-2.0-or-later
"""The Line Doctor measures what exchanges play: frequencies within 1 %, times within 5 %, soft and with noise."""

from __future__ import annotations

import pytest

from drivers.port import PortEvent
from firmware import countries
from firmware.countries import CallerIdKind, Tone, ToneName
from firmware.doctor import caller_id
from firmware.doctor.bursts import bursts
from firmware.doctor.hang_up import clear
from firmware.doctor.levels import noise, speech_dbm0
from firmware.doctor.signs import Sign, asks_for_an_answer, ring_cadence_ms
from firmware.doctor.tones import HeardTone, matches, tones
from hil.alerting import signal as alerting_signal
from hil.callerid import CallerId, as_dtmf, as_fsk, as_japanese
from hil.fsk import BELL202, V23
from hil.g711 import pcm
from hil.listen import speech_like
from hil.signals import dtmf, on_the_line, played, quiet, sines


def sounds_of(*names: ToneName) -> list[tuple[str, ToneName]]:
    """Each different sound once, by the first country that has it."""
    known = {}
    for code in countries.codes():
        for name in names:
            known.setdefault((countries.load(code).tones[name].steps), (code, name))
    return list(known.values())


def within(tone: HeardTone, known: Tone) -> bool:
    return matches(tone, known, tolerance=0.01, cadence=0.05)


@pytest.mark.parametrize(("code", "name"), sounds_of(ToneName.BUSY, ToneName.CONGESTION))
def test_a_hang_up_tone_after_speech_is_measured_whatever_the_country(code: str, name: ToneName) -> None:
    country = countries.load(code)
    tone = country.tones[name]
    audio = speech_like(1.0, seed=3) + quiet(300) + played(country, name, max(4.0, 3.2 * sum(tone.cadence_ms) / 1000))
    heard = tones(on_the_line(audio, tone.level_dbm0 - 10 - 15, -10))
    assert [t for t in heard if within(t, tone)], [str(t) for t in heard]


@pytest.mark.parametrize(("code", "name"), sounds_of(ToneName.DIAL))
def test_dial_tone_is_measured(code: str, name: ToneName) -> None:
    tone = countries.load(code).dial
    heard = tones(on_the_line(quiet(200) + played(countries.load(code), name, 5), -50, -6))
    assert [t for t in heard if within(t, tone)], [str(t) for t in heard]
    if not heard[0].modulated_by:
        assert heard[0].dbm0 == pytest.approx(tone.level_dbm0 - 6, abs=1.0)


def test_a_tone_that_no_country_has_is_measured_as_finely() -> None:
    audio = quiet(500) + (sines([(473, -20), (634, -22)], 321) + quiet(413)) * 6
    (tone,) = tones(on_the_line(audio, -45))
    assert tone.frequencies == pytest.approx((473, 634), rel=0.003)
    assert tone.cadence_ms == pytest.approx((321, 413), rel=0.02)
    assert clear(tone)


def test_speech_music_and_digits_are_no_hang_up_tones() -> None:
    for seed in range(6):
        music = pcm()
        for step in range(24):
            note = (330, 392, 440, 523, 587)[(seed + 3 * step) % 5]
            music += sines([(note, -14), (1.25 * note, -17)], 200) + quiet(60 + 20 * (step % 3))
        audio = speech_like(10, seed=seed) + music + dtmf("0123456789" * 2)
        assert not [str(t) for t in tones(on_the_line(audio)) if not t.lasts and clear(t)]


def test_edges_of_a_burst_are_exact() -> None:
    (burst,) = bursts(on_the_line(quiet(333) + sines([(425, -10)], 277) + quiet(500)))
    assert (burst.begin_ms, burst.end_ms) == (pytest.approx(333, abs=3), pytest.approx(610, abs=3))


def test_noise_hum_and_speech_levels_are_measured() -> None:
    still = noise(on_the_line(quiet(1000), -58))
    assert still
    assert (still.dbm0, still.hum_hz) == (pytest.approx(-58, abs=1.5), 0)
    humming = noise(on_the_line(sines([(50, -40), (150, -45)], 1000), -70))
    assert humming
    assert (humming.hum_hz, humming.hum_dbm0) == (50, pytest.approx(-40, abs=1))
    assert speech_dbm0(on_the_line(sines([(300, -20)], 400) + quiet(600))) == pytest.approx(-20, abs=1)
    assert speech_dbm0(on_the_line(quiet(2000))) is None


ANNA = CallerId("5551234", "ANNA")
RUNG, SILENT, REVERSED = PortEvent.RING_BEGAN, PortEvent.RING_ENDED, PortEvent.POLARITY_REVERSED
PULSE, RING = [(RUNG, 0), (SILENT, 250)], [(RUNG, 4000), (SILENT, 5000)]
KINDS = {
    CallerIdKind.BELL202: (quiet(2500) + as_fsk(ANNA, BELL202), [(RUNG, 0)]),
    CallerIdKind.V23: (quiet(1500) + as_fsk(ANNA, V23), [(RUNG, 0)]),
    CallerIdKind.V23_POLARITY: (quiet(250) + alerting_signal() + as_fsk(ANNA, V23), [(REVERSED, 100), *RING]),
    CallerIdKind.V23_RING_PULSE: (quiet(850) + as_fsk(ANNA, V23), [*PULSE, *RING]),
    CallerIdKind.V23_ALERTING: (quiet(250) + alerting_signal() + as_fsk(ANNA, V23), RING),
    CallerIdKind.DTMF: (quiet(250) + as_dtmf(ANNA), RING),
    CallerIdKind.DTMF_POLARITY: (quiet(250) + as_dtmf(ANNA), [(REVERSED, 100), *RING]),
    CallerIdKind.DTMF_RING_PULSE: (quiet(850) + as_dtmf(ANNA), [*PULSE, *RING]),
    CallerIdKind.DTMF_ALERTING: (quiet(250) + alerting_signal() + as_dtmf(ANNA), RING),
    CallerIdKind.DTMF_AFTER_RING: (quiet(1500) + as_dtmf(ANNA), [(RUNG, 0)]),
    CallerIdKind.NTT: (quiet(2000) + as_japanese(ANNA), [(REVERSED, 0), (RUNG, 100), (SILENT, 600), (RUNG, 1100)]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_caller_id_is_known_by_its_sound_and_its_moment(kind: CallerIdKind) -> None:
    audio, signs = KINDS[kind]
    found = caller_id.find(on_the_line(audio + quiet(300), -50, -6), [Sign(event, at) for event, at in signs])
    assert found
    assert (found.kind, found.caller.number) == (kind, "5551234")
    assert found.confidence > 0.9


def ringing(*edges_ms: float) -> list[Sign]:
    return [Sign((RUNG, SILENT)[number % 2], at) for number, at in enumerate(edges_ms)]


@pytest.mark.parametrize(
    ("signs", "cadence"),
    [
        (ringing(0, 2000, 6000, 8000), (2000, 4000)),
        (ringing(0, 400, 600, 1000, 3000, 3400, 3600, 4000), (400, 200, 400, 2000)),
        (ringing(0, 250, 4000, 5000, 9000, 10000), (1000, 4000)),  # a pulse announced caller ID
        (ringing(0, 2000), ()),
        (ringing(0, 400, 600, 1000, 3000, 3400), ()),  # the second ring has only begun
    ],
)
def test_ringing_is_measured_from_one_ring_to_the_next(signs: list[Sign], cadence: tuple[int, ...]) -> None:
    assert ring_cadence_ms(signs) == cadence


def test_only_short_rings_after_a_reversal_ask_for_an_answer_as_in_japan() -> None:
    short = ringing(500, 1000, 1500, 2000)
    assert asks_for_an_answer([Sign(REVERSED, 300), *short])
    assert not asks_for_an_answer(short)
    assert not asks_for_an_answer([Sign(REVERSED, 300), *ringing(500, 900, 1100, 1500)])


def test_a_line_without_caller_id_has_none() -> None:
    assert caller_id.find(on_the_line(quiet(4000)), [Sign(RUNG, 100)]) is None
