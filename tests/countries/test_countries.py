# SPDX-License-Identifier: GPL-2.0-or-later
"""Every country profile loads and is plausible for a telephone network."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import firmware.countries
from firmware import countries
from firmware.countries import Country, RingName, Tone, ToneName
from firmware.countries.table import page
from firmware.errors import Invalid

PAGE = Path(__file__).parents[2] / "docs/signals/countries.md"
# fmt: off
REQUIRED = {
    "ae", "ar", "at", "au", "bd", "be", "bg", "bh", "bn", "br", "by", "ca", "ch", "cl", "cn", "co", "cr", "cy",
    "cz", "de", "dk", "dz", "ec", "ee", "eg", "es", "fi", "fr", "gb", "gh", "gr", "hk", "hr", "hu", "id", "ie",
    "il", "in", "ir", "is", "it", "jm", "jo", "jp", "ke", "kr", "kw", "kz", "lb", "lk", "lt", "lu", "lv", "ma",
    "mo", "mt", "mx", "my", "ng", "nl", "no", "np", "nz", "om", "pa", "pe", "ph", "pk", "pl", "pt", "py", "qa",
    "ro", "rs", "ru", "sa", "se", "sg", "si", "sk", "th", "tn", "tr", "tt", "tw", "tz", "ua", "ug",
    "us", "uy", "ve", "vn", "za",
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


def test_a_country_whose_busy_and_congestion_are_alike_says_so(country: Country) -> None:
    text = (Path(firmware.countries.__file__).parent / f"{country.code}.toml").read_text()
    alike = country.busy.repeated == country.congestion.repeated
    assert alike == ("Busy and congestion tone are the same." in text or "Congestion has the cadence of busy" in text)


def test_mu_law_is_where_the_networks_have_it(country: Country) -> None:
    assert (country.law == "ulaw") == (country.code in {"us", "ca", "jm", "tt", "jp", "kr", "tw", "hk"})


def test_emergency_numbers_are_short_and_different(country: Country) -> None:
    assert all(2 <= len(number) <= 5 for number in country.emergency)
    assert len(set(country.emergency)) == len(country.emergency)


def test_each_ring_sounds_different_and_leaves_room_for_caller_id(country: Country) -> None:
    assert set(country.rings) == set(RingName)
    assert len(set(country.rings.values())) == len(RingName)
    assert country.rings[RingName.OUTSIDE] == country.ring_cadence_ms
    for cadence in country.rings.values():
        assert len(cadence) % 2 == 0
        assert all(200 <= ms <= 6000 for ms in cadence)
        assert sum(cadence) <= 6500
        assert max(cadence[1::2]) >= 1000, "no room for caller ID"


def test_the_page_of_countries_is_made_from_these_profiles() -> None:
    assert PAGE.read_text() == page(), "run `python -m firmware.countries.table`"


def test_the_precise_tone_plan_of_north_america() -> None:
    us = countries.load("us")
    assert (set(us.dial.frequencies), us.dial.cadence_ms, us.dial.level_dbm0) == ({350, 440}, (0,), -13)
    assert (set(us.busy.frequencies), us.busy.cadence_ms) == ({480, 620}, (500, 500))
    assert us.congestion.cadence_ms == (250, 250)
    assert us.ringback.cadence_ms == us.ring_cadence_ms == (2000, 4000)
    assert len(us.stutter.opening) == 20
