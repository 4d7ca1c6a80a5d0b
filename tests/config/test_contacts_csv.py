# SPDX-License-Identifier: GPL-2.0-or-later
"""Phone books come out of spreadsheets and other telephone systems in many shapes."""

from __future__ import annotations

import pytest

from firmware.contacts_csv import LARGEST, read, write
from firmware.errors import Invalid

ANNA = {"number": "+49301234", "name": "Anna, the first"}


@pytest.mark.parametrize(
    "content",
    [
        b'number,name\r\n+49301234,"Anna, the first"\r\n',
        b'\xef\xbb\xbfName;Phone\r\n"Anna, the first";+49301234\r\n',
        "Full Name\tTelephone\tCity\nAnna, the first\t+49301234\tBerlin\n".encode("utf-16"),
        b'+49301234;"Anna, the first"\n\n',
        '姓名;电话\n"Anna, the first";+49301234\n'.encode("gb18030"),
    ],
)
def test_many_shapes_are_read(content: bytes) -> None:
    assert read(content) == [ANNA]


def test_what_was_written_is_read_again_and_no_name_is_a_formula() -> None:
    items = [ANNA, {"number": "201", "name": "=cmd()"}, {"number": "202", "name": "'quoted'"}]
    text = write(items)
    assert ",'=cmd()" in text
    assert read(text.encode()) == items


@pytest.mark.parametrize("content", [b"", b"\n\n", b"number,name\n1\n", b"x" * (LARGEST + 1)])
def test_what_is_no_phone_book_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        read(content)
