# SPDX-License-Identifier: GPL-2.0-or-later
"""What a modem says, cut into lines (ITU-T V.250, 5.7), DLE codes (ITU-T V.253) and the prompt of +CMGS. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

DLE = "\x10"
LONGEST = 4096  # bytes without an end of line; more is noise
_END = re.compile(rb"[\r\n]+")
_CODE = re.compile(rb"\x10(.)", re.DOTALL)

TWO_LINES = ("+CMT:", "+CDS:")  # the second one is a PDU
UNSOLICITED = (
    *TWO_LINES, "RING", "+CRING:", "+CLIP:", "+CMTI:", "+CDSI:", "+CUSD:", "+CREG:", "+CEREG:", "+CGREG:", "+CGEV:",
    "+CCWA:", "+CSSU:", "+CIEV:", "NO CARRIER", "DATE", "TIME", "NMBR", "NAME", "MESG", "DDN_NMBR", "DRON=", "DROF=",
    "^", "$Q", "*",
)  # fmt: skip
"""How lines begin that come by themselves: 27.005, 27.007, caller ID of V.253, and makers' own."""

ERRORS = ("ERROR", "COMMAND NOT SUPPORT", "+CME ERROR", "+CMS ERROR")


class Splitter:
    """`feed` it what came; what is no whole line yet is kept."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[str]:
        """Lines without their ends, none of them empty; DLE and its code as one of its own."""
        *whole, self._rest = _END.split(self._rest + data)
        for line in whole:
            yield from self._parts(line)
        if b"\x10" in self._rest:
            *codes, self._rest = self._codes(self._rest)
            yield from (code.decode("latin-1") for code in codes)
        if len(self._rest) > LONGEST:
            self._rest = b""

    def prompt(self) -> bool:
        """Whether the modem asks for a message (27.005, 3.5.1); it is taken."""
        asked = self._rest.strip() == b">"
        if asked:
            self._rest = b""
        return asked

    def forget(self) -> None:
        """The half line belongs to nothing."""
        self._rest = b""

    def _parts(self, line: bytes) -> Iterator[str]:
        *codes, text = self._codes(line)
        yield from (code.decode("latin-1") for code in codes)
        if plain := text.replace(b"\0", b"").decode("ascii", errors="replace").strip():
            yield plain

    def _codes(self, line: bytes) -> list[bytes]:
        return [b"\x10" + code for code in _CODE.findall(line)] + [_CODE.sub(b"", line)]


def comes_by_itself(line: str) -> bool:
    """Whether a line like this needs no command."""
    return line.startswith((DLE, *UNSOLICITED))


def values(line: str) -> list[str]:
    """What is behind the colon, at its commas; quotes keep commas together and are taken away."""
    return next(csv.reader([line.partition(":")[2].strip()], skipinitialspace=True), [])
