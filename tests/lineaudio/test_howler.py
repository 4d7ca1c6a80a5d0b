# SPDX-License-Identifier: GPL-2.0-or-later
"""The howler is loud, clear of every call-progress tone, and no digit."""

from __future__ import annotations

import math

import pytest

from drivers.lineaudio import SoundStep
from firmware import countries
from firmware.countries import Country
from firmware.media import howler

FULL_SCALE_DBM0 = 3.14  # a sine of this level just fills G.711


@pytest.fixture(params=sorted({countries.load(code).howler.name for code in countries.codes()}))
def country(request: pytest.FixtureRequest) -> Country:
    return next(c for c in map(countries.load, countries.codes()) if c.howler.name == request.param)


def peak_dbm0(step: SoundStep) -> float:
    """The level of a sine as high as the highest peak that this step can have."""
    return 20 * math.log10(sum(10 ** (level / 20) for _, level in step.sines)) if step.sines else -90


def seconds(steps: list[SoundStep]) -> float:
    return sum(step.ms for step in steps) / 1000


def test_it_begins_softly_and_gets_as_loud_as_sound_at_8_khz_can_be(country: Country) -> None:
    rising, loudest = howler.rising(country.howler), howler.loudest(country.howler)
    levels = [peak_dbm0(step) for step in (*rising, *loudest) if step.sines]
    assert levels == sorted(levels)
    assert levels[0] < -11, "who still holds the handset is not deafened"
    assert max(levels) <= FULL_SCALE_DBM0, "it would be clipped"
    assert max(levels) > -7
    assert 10 <= seconds(rising) <= 25


def test_it_has_nothing_in_common_with_the_countrys_tones(country: Country) -> None:
    ours = {hz for step in country.howler.steps for hz in step.frequencies}
    for tone in (country.dial, country.busy, country.congestion, country.ringback):
        assert all(abs(hz - other) > 100 for hz in ours for other in tone.frequencies)


def test_the_american_one_is_the_receiver_off_hook_tone_of_gr_506() -> None:
    roh = countries.load("us").howler
    assert [(step.frequencies, step.ms) for step in roh.steps] == [((1400, 2060, 2450, 2600), 100), ((), 100)]
