# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID in DTMF, digit by digit (EN 300 659-1, annex B)."""

from __future__ import annotations

import pytest

from drivers.lineaudio import CallerId
from firmware.calls.caller_display import DtmfCallerId


@pytest.mark.parametrize(
    ("digits", "callers"),
    [
        ("D0812345678C", [CallerId("0812345678")]),
        ("A12345C", [CallerId("12345")]),
        ("D1C", [CallerId(private=True)]),
        ("D3C", [CallerId()]),
        ("DC", [CallerId()]),
        ("0812345678C", []),  # somebody dials on the line: no start code
        ("D081D0812345678C", [CallerId("0812345678")]),  # it began anew
        ("D" + "1" * 200 + "C", [CallerId("1" * 20)]),
    ],
)
def test_digits_between_start_and_end_are_the_number(digits: str, callers: list[CallerId]) -> None:
    reader = DtmfCallerId()
    assert [caller for digit in digits if (caller := reader.feed(digit))] == callers
