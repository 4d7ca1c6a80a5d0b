# SPDX-License-Identifier: GPL-2.0-or-later
"""CSV files (RFC 4180): extensions, numbers (DIDs), and calls; which of them one is, its first line says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from firmware.contacts_csv import decoded, separator
from firmware.importing import calls
from firmware.importing.freepbx import people
from firmware.importing.freepbx.callers import where_to
from firmware.importing.freepbx.destinations import Known
from firmware.importing.plan import Plan
from firmware.importing.uploads import Source

MOST_CELL = 16 * 1024
SAME = {
    "number": "extension", "password": "secret", "email": "voicemail_email", "pin": "voicemail_vmpwd",
    "voicemail": "voicemail_enable",
}  # fmt: skip
"""Columns of a simple list of extensions, in the words of the Bulk Handler."""
_YES = ("yes", "y", "true", "1", "x", "on")

Row = dict[str, str]


def read(source: Source, plan: Plan, known: Known) -> None:
    """Fills the plan with what is in one file."""
    text = decoded(source.content)
    csv.field_size_limit(MOST_CELL)
    lines = csv.reader(io.StringIO(text), delimiter=separator(text))
    try:
        first = next(lines, [])
        head = [cell.strip().casefold() for cell in first]
        if calls.is_row(first) or _names_calls(head):
            _calls(source.name, plan, first, lines)
        elif "destination" in head and {"extension", "cidnum"} <= set(head):
            _numbers(source, plan, known, _rows(head, lines))
        elif {"extension", "number"} & set(head):
            _extensions(source, plan, known, head, lines)
        else:
            plan.note(f"{source.name}:1", "Its first line names no columns that are known; see docs/importing.md.")
    except csv.Error as error:
        plan.note(f"{source.name}:{lines.line_num}", f"This is not CSV: {error}.")


def _rows(head: list[str], lines: Iterator[list[str]]) -> Iterator[tuple[int, Row]]:
    for number, cells in enumerate(lines, 2):
        if any(cell.strip() for cell in cells):
            yield number, dict(zip(head, (cell.strip() for cell in cells), strict=False))


def _extensions(source: Source, plan: Plan, known: Known, head: list[str], lines: Iterator[list[str]]) -> None:
    """A file of the Bulk Handler, or a list with the columns number, name, password, voicemail, pin, email."""
    simple = "number" in head
    for line, row in _rows([SAME.get(name, name) for name in head] if simple else head, lines):
        where = f"{source.name}:{line}"
        if simple:
            row |= {"tech": "sip"} if "tech" not in row else {}
            row["voicemail_enable"] = "yes" if row.get("voicemail_enable", "").lower() in _YES else "no"
        if not re.fullmatch(r"[0-9]{1,15}", row.get("extension", "")):
            plan.note(where, f'"{row.get("extension", "")[:40]}" is no extension: use 1 to 15 digits.')
            continue
        people.extension(plan, where, row, known)


def _numbers(source: Source, plan: Plan, known: Known, rows: Iterator[tuple[int, Row]]) -> None:
    for line, row in rows:
        where, did = f"{source.name}:{line}", row.get("extension", "")
        if row.get("cidnum") or not re.fullmatch(r"\+?[0-9]{1,32}", did):
            plan.note(where, "A route here is for one number, whoever calls it; this one is not taken over.")
        elif target := where_to(plan, known, where, row.get("destination", "")):
            plan.add("route", where, {"did": did, "to": target})


def _names_calls(head: list[str]) -> bool:
    return "uniqueid" in head and bool({"calldate", "start"} & set(head))


def has_calls(stream: io.BufferedReader) -> bool:
    """Whether its first line is one of calls, in UTF-8; nothing of it is read."""
    text = stream.peek(MOST_CELL)[:MOST_CELL].decode("utf-8-sig", errors="replace")
    try:
        first = next(csv.reader([text.partition("\n")[0].rstrip("\r")], delimiter=separator(text)), [])
    except csv.Error:
        return False
    return calls.is_row(first) or _names_calls([cell.strip().casefold() for cell in first])


def read_calls(name: str, stream: io.BufferedReader, plan: Plan) -> None:
    """A list of any length."""
    csv.field_size_limit(MOST_CELL)
    text = stream.peek(MOST_CELL)[:MOST_CELL].decode("utf-8-sig", errors="replace")
    decoded_lines = (line.decode("utf-8", errors="replace") for line in iter(lambda: stream.readline(MOST_CELL), b""))
    lines = csv.reader(decoded_lines, delimiter=separator(text))
    try:
        first = next(lines, [])
        _calls(name, plan, [first[0].removeprefix("\ufeff"), *first[1:]], lines)
    except csv.Error as error:
        plan.note(f"{name}:{lines.line_num}", f"This is not CSV: {error}.")


def _calls(name: str, plan: Plan, first: list[str], lines: Iterator[list[str]]) -> None:
    head = [cell.strip().casefold() for cell in first]
    if calls.is_row(first):
        head = calls.MASTER
        calls.take(plan, f"{name}:1", dict(zip(head, first, strict=False)))
    for line, cells in enumerate(lines, 2):
        if cells and not calls.take(plan, f"{name}:{line}", dict(zip(head, cells, strict=False))):
            break
