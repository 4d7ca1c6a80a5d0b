# SPDX-License-Identifier: GPL-2.0-or-later
"""The phone book as a CSV file (RFC 4180), as spreadsheets and other telephone systems write one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from firmware.errors import Invalid

LARGEST = 4 * 1024 * 1024
_NUMBER = ("number", "phone", "telephone", "phone number", "号码", "电话", "电话号码")
_NAME = ("name", "full name", "display name", "姓名", "名称")


def read(content: bytes) -> list[dict[str, str]]:
    """Numbers and names: of the columns with these headings, or of the first two. Invalid.

    UTF-8, UTF-16 with its mark, or GB 18030; separated by commas, semicolons or tabs.
    """
    if len(content) > LARGEST:
        raise Invalid(f"The file is larger than {LARGEST >> 20} MiB.", code="body_too_large", field="file")
    text = decoded(content)
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator(text)) if any(map(str.strip, row))]
    if not rows:
        raise Invalid("The file is empty.", field="file")
    heads = [cell.strip().casefold() for cell in rows[0]]
    number, name = _column(heads, _NUMBER), _column(heads, _NAME)
    headed = number is not None and name is not None
    first, second = (number, name) if number is not None and name is not None else (0, 1)
    body = rows[1:] if headed else rows
    if any(len(row) <= max(first, second) for row in body):
        raise Invalid("Each line needs a number and a name.", field="file")
    return [{"number": row[first].strip(), "name": _plain(row[second])} for row in body]


def decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or GB 18030."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def separator(text: str) -> str:
    """What stands between the cells of the first line."""
    first = re.sub('"[^"]*"', "", text.strip().split("\n", 1)[0])
    return max(",;\t", key=first.count)


def _column(heads: list[str], known: tuple[str, ...]) -> int | None:
    return next((place for place, head in enumerate(heads) if head in known), None)


def _plain(text: str) -> str:
    name = text.strip()
    return name[1:] if name.startswith("'") and _harmless(name[1:]) == name else name


def write(items: Iterable[Mapping[str, Any]]) -> str:
    """All of them, with headings."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(("number", "name"))
    writer.writerows((item["number"], _harmless(item["name"])) for item in items)
    return file.getvalue()


def _harmless(text: str) -> str:
    """A name is never a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
