# SPDX-License-Identifier: GPL-2.0-or-later
"""Dial patterns against a second opinion: regular expressions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.config.dialplan import lookup, match, parse_pattern, takes_more, to_dial

DIGITS = "0123456789*#"
PLACES = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", "[1-5]": "[1-5]", "[13-58]": "[13458]"}
PLACES |= {digit: re.escape(digit) for digit in DIGITS}

places = st.lists(st.sampled_from(sorted(PLACES)), min_size=1, max_size=8)
digits = st.text(DIGITS, max_size=10)


def as_regex(chosen: list[str], open_ended: bool) -> re.Pattern[str]:
    return re.compile("".join(PLACES[place] for place in chosen) + (".+" if open_ended else ""))


@given(places, st.booleans(), digits)
def test_full_matches_are_those_of_the_regular_expression(chosen, open_ended, dialled):
    pattern = "".join(chosen) + ("." if open_ended else "")
    assert (match(pattern, dialled) == "full") == bool(as_regex(chosen, open_ended).fullmatch(dialled))


@given(places, st.booleans(), st.data())
def test_every_beginning_of_a_match_is_partial(chosen, open_ended, data):
    pattern = "".join(chosen) + ("." if open_ended else "")
    dialled = data.draw(st.from_regex(as_regex(chosen, open_ended), fullmatch=True, alphabet=DIGITS))
    for length in range(len(chosen) + open_ended):
        assert match(pattern, dialled[:length]) == "partial"
        assert takes_more(pattern, dialled[:length])
    assert match(pattern, dialled) == "full"
    assert takes_more(pattern, dialled) == open_ended


@given(st.text(max_size=12))
def test_any_text_parses_or_says_why_not(text):
    try:
        parse_pattern(text)
    except ValueError as error:
        why = str(error)
    else:
        why = text
    assert text in why or "empty" in why


@pytest.mark.parametrize(
    ("dialled", "chosen"),
    [("911", "911"), ("9115", "9."), ("95550100", "9NXXXXXX"), ("91550100", "9."), ("201", "201"), ("2", None)],
)
def test_the_most_specific_pattern_wins(dialled, chosen):
    assert lookup(["9.", "9NXXXXXX", "911", "201", "2XX"], dialled).pattern == chosen


def test_dialling_waits_only_while_more_digits_can_help():
    plan = ["201", "600", "9."]
    assert [lookup(plan, "201"[:n]).more for n in range(4)] == [True, True, True, False]
    assert lookup(plan, "95").more
    nothing = lookup(plan, "3")
    assert nothing.pattern is None
    assert not nothing.more


def test_a_literal_beats_a_class_and_a_narrow_class_a_wide_one():
    assert lookup(["XXX", "NXX", "[2-3]XX", "2XX"], "212").pattern == "2XX"
    assert lookup(["XXX", "NXX", "[2-3]XX"], "212").pattern == "[2-3]XX"
    assert lookup(["XXX", "NXX"], "212").pattern == "NXX"


def test_what_goes_out_is_stripped_and_then_prefixed():
    assert to_dial("95550100", 1, "1212") == "12125550100"
