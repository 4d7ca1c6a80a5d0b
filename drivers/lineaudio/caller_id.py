# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID messages: SDMF and MDMF (Telcordia GR-30-CORE section 2.4; ETSI EN 300 659-3 uses the same frame)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SDMF, MDMF = 0x04, 0x80
DATE_TIME, NUMBER, NUMBER_ABSENT, NAME, NAME_ABSENT = 0x01, 0x02, 0x04, 0x07, 0x08
LONGEST_NUMBER, LONGEST_NAME = 20, 50  # EN 300 659-3, sections 5.4.2 and 5.4.5


@dataclass(frozen=True, slots=True)
class CallerId:
    """Who calls. `private`: withheld by the caller; number and name "" when unknown."""

    number: str = ""
    name: str = ""
    private: bool = False


def parse_message(message: bytes) -> CallerId | None:
    """Reads a data link message without its checksum; None when it is no caller ID or its lengths do not fit."""
    if len(message) < 2 or len(message) < 2 + message[1]:
        return None
    body = message[2 : 2 + message[1]]
    if message[0] == SDMF:
        return _caller(_sdmf(body))
    if message[0] == MDMF:
        return _caller(_mdmf(body))
    return None


def _sdmf(body: bytes) -> dict[int, bytes]:
    rest = body[8:]  # after date and time, MMDDHHMM
    return {NUMBER_ABSENT: rest} if rest in (b"P", b"O") else {NUMBER: rest}


def _mdmf(body: bytes) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    while len(body) >= 2 and len(body) >= 2 + body[1]:
        fields.setdefault(body[0], body[2 : 2 + body[1]])
        body = body[2 + body[1] :]
    return fields


def _text(data: bytes) -> str:
    return "".join(c for c in data.decode("latin-1") if c.isprintable()).strip()


def _caller(fields: dict[int, bytes]) -> CallerId:
    number = "".join(c for c in _text(fields.get(NUMBER, b"")) if c in "+0123456789*#")
    name = _text(fields.get(NAME, b""))
    private = b"P" in (fields.get(NUMBER_ABSENT, b""), fields.get(NAME_ABSENT, b""))
    return CallerId(number[:LONGEST_NUMBER], name[:LONGEST_NAME], private)


def compose_mdmf(caller: CallerId, at: datetime) -> bytes:
    """An MDMF call set-up message without checksum. `at` is the local time to show."""
    fields = [(DATE_TIME, at.strftime("%m%d%H%M").encode())]
    absent = b"P" if caller.private else b"O"
    fields.append(
        (NUMBER, caller.number.encode("ascii", "ignore")[:LONGEST_NUMBER])
        if caller.number and not caller.private
        else (NUMBER_ABSENT, absent)
    )
    if caller.name and not caller.private:
        fields.append((NAME, caller.name.encode("ascii", "replace")[:15]))  # GR-30: 15 characters
    body = b"".join(bytes((kind, len(data))) + data for kind, data in fields)
    return bytes((MDMF, len(body))) + body
