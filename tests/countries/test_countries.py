# SPDX-License-Identifier: GPL-2.0-or-later
"""Every country profile loads and is plausible for a telephone network."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import firmware.countries
from firmware import countries
from firmware.countries import Country, Tone, ToneName
from firmware.errors import Invalid

# fmt: off
REQUIRED = {
    "us", "ca", "gb", "ie", "de", "at", "ch", "fr", "nl", "be", "es", "pt", "it", "se", "no", "dk", "fi", "pl", "cz",
    "hu", "ru", "cn", "hk", "tw", "jp", "kr", "sg", "my", "in", "au", "nz", "za", "br", "mx", "il", "tr",
}
# fmt: on


@pytest.fixture(params=countries.codes())
def country(request: pytest.FixtureRequest) -> Country:
    return countries.load(request.param)


def test_the_promised_countries_are_there() -> None:
    assert not REQUIRED - set(countries.codes())


def test_no_country_stands_there_twice() -> None:
    names = [countries.load(code).name for code in countries.codes()]
    assert len(names) == len(set(names))


def test_a_profile_is_read_once() -> None:
    assert countries.load("us") is countries.load("us")


def test_an_unknown_country_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match=r'no country profile "xx".* us') as refused:
        countries.load("xx")
    assert refused.value.field == "site.country"


@pytest.mark.parametrize("code", ["../us", "US", "", "usa"])
def test_only_exact_codes_name_a_file(code: str) -> None:
    with pytest.raises(Invalid):
        countries.load(code)


def test_each_file_names_its_sources(country: Country) -> None:
    text = (Path(firmware.countries.__file__).parent / f"{country.code}.toml").read_text()
    assert re.search(r"^# .* Facts from:\n#   \S", text, re.MULTILINE)
    assert tomllib.loads(text)["code"] == country.code


def test_signalling_times_are_plausible(country: Country) -> None:
    on, off = country.ring_cadence_ms[::2], country.ring_cadence_ms[1::2]
    assert len(on) == len(off)
    assert 200 <= min(on) <= max(on) <= 2000
    assert 2900 <= sum(country.ring_cadence_ms) <= 6000
    flash = country.flash
    assert 50 <= flash.min_ms < flash.generate_ms < flash.max_ms <= 1000
    assert 80 <= country.pulse.break_ms + country.pulse.make_ms <= 120
    assert 80 <= country.disconnect_ms <= country.disconnect_generate_ms <= 1000
    assert country.emergency
    assert all(number.isdigit() for number in country.emergency)
    assert country.international_prefix.isdigit()
    assert country.trunk_prefix in ("", "0", "1", "06", "8")
    assert country.hook_timing.pulse_max_ms < country.hook_timing.flash_min_ms


@pytest.mark.parametrize("name", list(ToneName))
def test_tones_are_plausible(country: Country, name: ToneName) -> None:
    tone = country.tones[name]
    assert tone.name is name
    assert -30 <= tone.level_dbm0 <= -5
    assert tone.repeated, "a caller is never left in silence"
    assert all(300 <= frequency <= 2000 for frequency in tone.frequencies)
    assert all(len(step.frequencies) <= 3 for step in tone.steps)
    assert all(step.modulated_by == 0 or 10 <= step.modulated_by <= 50 for step in tone.steps)
    assert all(20 <= step.ms <= 15000 or (step.ms == 0 and step is tone.steps[-1]) for step in tone.steps)
    # Openings come first.
    assert [step.once for step in tone.steps] == sorted((step.once for step in tone.steps), reverse=True)


def test_tones_that_mean_different_things_sound_different(country: Country) -> None:
    def sound(tone: Tone) -> tuple[object, ...]:
        return tone.frequencies, tone.cadence_ms

    sounds = [sound(tone) for tone in (country.dial, country.busy, country.ringback)]
    assert len(set(sounds)) == len(sounds)


def test_the_precise_tone_plan_of_north_america() -> None:
    us = countries.load("us")
    assert (set(us.dial.frequencies), us.dial.cadence_ms, us.dial.level_dbm0) == ({350, 440}, (0,), -13)
    assert (set(us.busy.frequencies), us.busy.cadence_ms) == ({480, 620}, (500, 500))
    assert us.congestion.cadence_ms == (250, 250)
    assert us.ringback.cadence_ms == us.ring_cadence_ms == (2000, 4000)
    assert len(us.stutter.opening) == 20
