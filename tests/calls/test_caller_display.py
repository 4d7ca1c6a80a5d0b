# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID in DTMF, digit by digit (EN 300 659-1, annex B), and names in the letters of a phone."""

from __future__ import annotations

import pytest

from drivers.lineaudio import CallerId
from firmware import countries
from firmware.calls.dtmf_caller_id import DtmfCallerId, compose
from firmware.calls.phone_text import Charset, for_display


@pytest.mark.parametrize(
    ("digits", "callers"),
    [
        ("A0812345678C", [CallerId("0812345678")]),  # Sweden, Finland, Brazil, India, Saudi Arabia, Uruguay
        ("D0812345678C", [CallerId("0812345678")]),  # Taiwan, Kuwait, Netherlands
        ("A12345#", [CallerId("12345")]),  # Denmark
        ("B10C", [CallerId(private=True)]),
        ("B00C", [CallerId()]),
        ("D1#", [CallerId(private=True)]),
        ("D2#", [CallerId()]),
        ("D3#", [CallerId()]),
        ("D1C", [CallerId(private=True)]),
        ("D0000000000C", [CallerId()]),
        ("DC", [CallerId()]),
        ("A0812345678D0899999C", [CallerId("0812345678")]),  # forwarded by somebody
        ("A0812345678B10C", [CallerId(private=True)]),
        ("0812345678C", []),  # somebody dials on the line: no start code
        ("D081D0812345678C", [CallerId("0812345678")]),  # it began anew
        ("A" + "1" * 200 + "C", [CallerId()]),  # a part of a number would be a wrong one
        ("A0812*45C", [CallerId()]),
    ],
)
def test_digits_between_start_and_end_are_the_number(digits: str, callers: list[CallerId]) -> None:
    reader = DtmfCallerId()
    assert [caller for digit in digits if (caller := reader.feed(digit))] == callers


@pytest.mark.parametrize("country", countries.codes())
def test_what_is_composed_for_a_country_is_read_back(country: str) -> None:
    codes = countries.load(country).caller_id_dtmf
    for caller in (CallerId("0812345678"), CallerId(private=True), CallerId()):
        reader = DtmfCallerId()
        assert [read for digit in compose(caller, codes) if (read := reader.feed(digit))] == [caller]


@pytest.mark.parametrize(
    ("name", "charset", "shown"),
    [
        ("Zoë Müller", "ascii", "Zoe Muller"),
        ("Zoë Müller", "latin1", "Zoë Müller"),
        ("王小明", "ascii", "Wang Xiaoming"),
        ("王小明", "latin1", "Wang Xiaoming"),
        ("李娜 (上海)", "ascii", "Li Na (Shang Hai)"),
        ("Иван", "latin1", "Ivan"),
        ("a\x1bb\n", "ascii", "ab"),
    ],
)
def test_a_name_is_shown_in_the_letters_that_the_phone_has(name: str, charset: Charset, shown: str) -> None:
    assert for_display(name, charset) == shown
