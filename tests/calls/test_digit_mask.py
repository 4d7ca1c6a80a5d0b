# SPDX-License-Identifier: GPL-2.0-or-later
"""Which keys of a call are told to the trail and heard in the recording."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.calls.digit_mask import AFTER_S, GAP_S, UNKNOWN, DigitMask, Mode, Press

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def press(digit: str, seconds: float) -> Press:
    return Press("fxo1", digit, NOON + timedelta(seconds=seconds))


def told(mask: DigitMask, keys: str, begin: float = 0.0, every: float = 0.3) -> tuple[str, list[float]]:
    """What the trail has after these keys and a long pause, and from when on it was silent."""
    digits, silent = "", []
    for n, digit in enumerate(keys):
        decision = mask.pressed(press(digit, begin + n * every))
        digits += "".join(known.digit for known in decision.told)
        if decision.silent_since:
            silent.append((decision.silent_since - NOON).total_seconds())
    return digits + "".join(known.digit for known in mask.quiet()), silent


def test_a_card_number_is_hidden_from_its_first_digit_on() -> None:
    digits, silent = told(DigitMask("runs", 4), "4111111111111111")
    assert digits == UNKNOWN * 16
    assert silent[0] == 0


def test_a_choice_of_a_menu_is_told() -> None:
    mask = DigitMask("runs", 4)
    assert told(mask, "1") == ("1", [])
    assert told(mask, "23", 10) == ("23", [])


def test_the_code_after_the_card_is_hidden_too_and_what_comes_later_is_not() -> None:
    mask = DigitMask("runs", 4)
    told(mask, "4111")
    assert told(mask, "123", 10)[0] == UNKNOWN * 3
    assert told(mask, "7", 11 + AFTER_S * 2) == ("7", [])


def test_keys_with_long_pauses_are_no_number() -> None:
    assert told(DigitMask("runs", 4), "12345", every=GAP_S + 1) == ("12345", [])


@pytest.mark.parametrize(
    ("mode", "entering", "expected"),
    [("never", False, "12345"), ("always", False, UNKNOWN * 5), ("card_entry", False, "12345"),
     ("card_entry", True, UNKNOWN * 5), ("never", True, UNKNOWN * 5), ("runs", True, UNKNOWN * 5)],
)  # fmt: skip
def test_each_rule_hides_what_it_says_and_card_entry_hides_everything(
    mode: Mode, entering: bool, expected: str
) -> None:
    assert told(DigitMask(mode, 4, card_entry=entering), "12345")[0] == expected


@given(
    keys=st.lists(st.tuples(st.sampled_from("0123456789*#"), st.floats(0.05, 8)), max_size=40), run=st.integers(3, 6)
)
def test_no_key_is_lost_told_twice_or_out_of_order_and_no_run_is_told(keys: list[tuple[str, float]], run: int) -> None:
    mask, at, all_told, times = DigitMask("runs", run), 0.0, [], []
    for digit, gap in keys:
        at += gap
        times.append(at)
        all_told += mask.pressed(press(digit, at)).told
    all_told += mask.quiet()
    assert [(known.at - NOON).total_seconds() for known in all_told] == pytest.approx(times, abs=1e-5)
    assert all(known.digit in (UNKNOWN, key) for known, (key, _) in zip(all_told, keys, strict=True))
    length = 0
    for n, known in enumerate(all_told):
        in_a_row = n and times[n] - times[n - 1] <= GAP_S - 0.001
        length = 0 if known.digit == UNKNOWN else length + 1 if in_a_row else 1
        assert length < run
