# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers that go out: their kind, who may call them, the order of the ways out; and who is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import GERMANY, plan

from firmware import countries
from firmware.config import Config
from firmware.routing.lists import refused_in, refused_out
from firmware.routing.outward import ORDER, Attempt, Outward, TollKind, emergency_numbers, may, outward

PLAN = plan()
numbers = st.text("0123456789*#+", min_size=1, max_size=12)


def call(number: str, config: Config = PLAN) -> Outward:
    return outward(config, GERMANY, number)


@pytest.mark.parametrize(
    ("number", "kind", "premium"),
    [
        ("03055512", "national", False),
        ("0123", "local", False),
        ("0004420", "international", False),
        ("0+4420", "international", False),
        ("00900123", "national", True),
        ("112", "emergency", False),
        ("0112", "emergency", False),
        ("0110", "emergency", False),
    ],
)
def test_the_kind_of_a_call_is_known_by_its_number(number: str, kind: str, premium: bool) -> None:
    assert (call(number).kind, call(number).premium) == (kind, premium)


def test_a_pattern_that_spells_more_than_the_prefix_for_abroad_says_its_class_itself() -> None:
    ways = {"trunks": ["cheap"], "class": "national"}
    config = plan(outbound=[{"pattern": "+49.", **ways}, {"pattern": "+.", **ways}])
    assert call("+4930555", config).kind == "national"
    assert call("+4420555", config).kind == "international"


def test_cheaper_ways_are_tried_first_each_with_its_own_digits() -> None:
    assert call("0305").attempts == (Attempt("+49305", "dear"), Attempt("+49305", "cheap"), Attempt("305", "lines"))


@given(numbers, st.sampled_from(ORDER))
def test_a_wider_class_may_whatever_a_narrower_one_may(number: str, service: str) -> None:
    wider = ORDER[ORDER.index(service) :]
    assert not may(service, call(number)) or all(may(other, call(number)) for other in wider)


@given(st.sampled_from(countries.codes()), st.sampled_from(ORDER), st.data())
def test_help_can_be_called_from_every_extension_in_every_country(code: str, service: str, data: st.DataObject) -> None:
    country = countries.load(code)
    config = plan(site={"country": "us"}, numbers={"block_out": ["."]}, emergency={"numbers": ["7777"]})
    number = data.draw(st.sampled_from(emergency_numbers(config, country)))
    found = outward(config, country, number)
    assert found.kind == "emergency"
    assert may(service, found)
    assert found.toll is None
    assert {attempt.trunk for attempt in found.attempts} == {"lines", "cheap", "dear"}
    assert {attempt.digits for attempt in found.attempts} == {number}


def test_the_preferred_trunks_are_first_in_an_emergency() -> None:
    assert [attempt.trunk for attempt in call("112").attempts] == ["lines", "cheap", "dear"]
    assert [attempt.trunk for attempt in call("0112", plan(emergency={})).attempts] == ["lines", "cheap", "dear"]


def test_premium_and_international_calls_count_for_different_limits() -> None:
    tolls = [call(number).toll for number in ("0004420", "00900123", "03055512")]
    assert tolls == [TollKind.INTERNATIONAL, TollKind.PREMIUM, None]


@pytest.mark.parametrize("number", ["+493012", "00493012"])
def test_a_caller_on_the_black_list_is_refused_however_the_number_is_spelt(number: str) -> None:
    assert refused_in(PLAN, GERMANY, number, private=False)


def test_the_white_list_is_stronger() -> None:
    assert refused_in(PLAN, GERMANY, "+49305551", private=False) == ""
    assert refused_in(PLAN, GERMANY, "+49305551", private=True) == ""


def test_who_withholds_the_number_is_refused_but_not_who_is_unknown() -> None:
    assert refused_in(PLAN, GERMANY, "", private=True)
    assert refused_in(PLAN, GERMANY, "", private=False) == ""


def test_a_number_that_is_not_called_is_known_behind_the_prefix_for_the_outside() -> None:
    assert refused_out(PLAN, "0013755")
    only_these = plan(numbers={"block_out": ["."], "allow_out": ["0800."]})
    assert refused_out(only_these, "00800123") == ""
    assert refused_out(only_these, "03055")


@given(numbers)
def test_any_number_has_an_answer(number: str) -> None:
    found = call(number)
    assert found.kind in ("emergency", *ORDER)
    assert all(attempt.trunk in ("lines", "cheap", "dear") for attempt in found.attempts)
