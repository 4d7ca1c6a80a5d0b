# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers as people write them are dialled, and numbers as they come are shown as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.config import check, default_document
from firmware.config.written import as_dialled
from firmware.telephone_numbers import as_pattern, dialled, key, shown, sought


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("+49 (0)30 12-34567", "+49301234567"),
        ("(201) 555-0123", "2015550123"),
        ("０３０ １２３", "030123"),
        ("tel:+1-201-555-0123", "+12015550123"),
        ("030\u2011123", "030123"),
        (" *72 ", "*72"),
        ("(0)30 1", "0301"),
        ("call me", "call me"),
        ("12x", "12x"),
        ("", ""),
    ],
)
def test_what_is_written_is_dialled(written: str, digits: str) -> None:
    assert dialled(written) == digits


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("0900.", "0900."),
        ("+49 (0)30 [1-5]X.", "+4930[1-5]X."),
        (" 1 (900) NXX-XXXX ", "1900NXXXXXX"),
        ("030.123", "030123"),
        ("[13-5]", "[13-5]"),
        ("me", "me"),
    ],
)
def test_a_pattern_is_written_as_its_numbers_are(written: str, pattern: str) -> None:
    assert as_pattern(written) == pattern


def test_every_number_of_a_configuration_may_be_written_as_people_do() -> None:
    document = default_document(["fxo1", "fxs1"])
    document["line"][0]["number"] = "+49 (0)30 12-34"
    document["extension"][0] |= {"outside_number": "030 / 1234", "forward_busy": "9 (030) 99"}
    document["extension"][0]["also"] = ["external:0 30"]
    document["route"] = [{"did": "030-1234", "to": "external:+49 30 99"}]
    document["numbers"] = {"block_in": ["0900 1X."], "reject_anonymous": True}
    document["site"]["name"] = "Hall 3 - (0)"
    config = check(as_dialled(document))
    assert config.lines[0].number == "+49301234"
    extension = config.extensions[0]
    assert (extension.outside_number, extension.forward_busy) == ("0301234", "903099")
    assert str(extension.also[0].to) == "external:030"
    assert (config.routes[0].did, str(config.routes[0].to)) == ("0301234", "external:+493099")
    assert config.numbers.block_in == ("09001X.",)
    assert config.site.name == "Hall 3 - (0)"


@pytest.mark.parametrize(
    ("number", "country", "text"),
    [
        ("2015550123", "us", "(201) 555-0123"),
        ("+12015550123", "us", "(201) 555-0123"),
        ("+12015550123", "cn", "+1 201-555-0123"),
        ("13800138000", "cn", "138 0013 8000"),
        ("+4930123456", "de", "030 123456"),
        ("5551234", "us", "5551234"),
        ("201", "us", "201"),
        ("911", "us", "911"),
        ("*98", "us", "*98"),
        ("", "us", ""),
        ("123456789", "xx", "123456789"),
    ],
)
def test_what_comes_is_shown_as_people_write_it(number: str, country: str, text: str) -> None:
    assert shown(number, country) == text


def test_one_number_has_one_name() -> None:
    assert len({key(number, "de") for number in ("0301234567", "+49301234567", "0049301234567")}) == 1


@pytest.mark.parametrize(
    ("written", "country", "came"),
    [
        ("(201) 555-0123", "us", {"2015550123", "12015550123", "+12015550123"}),
        ("+1 416 555 0123", "us", {"4165550123", "14165550123", "+14165550123"}),
        ("030 123456", "de", {"030123456", "4930123456", "+4930123456"}),
        ("0049 30 123456", "us", {"004930123456"}),
        ("+49 (0)30 123456", "us", {"+4930123456", "4930123456", "0114930123456"}),
        ("201", "us", {"201"}),
        (" Anna ", "us", {"Anna"}),
    ],
)
def test_a_number_is_sought_in_every_form_in_which_it_may_have_come(written: str, country: str, came: set[str]) -> None:
    assert set(sought(written, country) or ()) == came


def test_nothing_written_seeks_every_number() -> None:
    assert sought("  ", "us") is None
    assert sought(None, "us") is None


@given(st.text(alphabet="+0123456789", max_size=20), st.sampled_from(["us", "de", "cn", "it", "ar"]))
def test_what_is_shown_means_the_same_number(number: str, country: str) -> None:
    assert key(dialled(shown(number, country)), country) == key(number, country)
