# SPDX-License-Identifier: GPL-2.0-or-later
"""Data link messages: who calls, and whether messages wait.

Telcordia GR-30-CORE section 2.4 (SDMF, MDMF) and GR-1401-CORE (message waiting), ETSI EN 300 659-3 (the same frame,
more parameters), and Japan's (NTT, Technical Reference for telephone service; parameters as Asterisk reads them). A
message here is type, length and contents: `data_link` frames it, the native part has verified it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from drivers.lineaudio.data_link import JAPANESE_CALL

SDMF, SDMF_WAITING, MDMF, MDMF_WAITING = 0x04, 0x06, 0x80, 0x82
DATE_TIME, NUMBER, NUMBER_ABSENT, NAME, NAME_ABSENT = 0x01, 0x02, 0x04, 0x07, 0x08
INDICATOR, CALL_TYPE, MESSAGES = 0x0B, 0x11, 0x13  # EN 300 659-3, 5.4
VOICE_CALL, MESSAGE_WAITING_CALL = b"\x01", b"\x81"
ON, OFF = b"\xff", b"\x00"
SDMF_ON, SDMF_OFF = b"BBB", b"ooo"  # GR-1401-CORE, as Asterisk sends it
NUMBER_KIND = bytes((0x21, 2, 0x02, 0x01))  # Japan: the number is a domestic one, of E.164
LONGEST_NUMBER, LONGEST_NAME = 20, 50  # EN 300 659-3, 5.4.2 and 5.4.5
CLASS_NAME, ETSI_NAME = 15, 20  # GR-30-CORE; most European displays (BT SIN 227)


@dataclass(frozen=True, slots=True)
class CallerId:
    """Who calls. `private`: withheld by the caller; number and name are "" when unknown. `at`: MMDDhhmm, or ""."""

    number: str = ""
    name: str = ""
    private: bool = False
    at: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class MessageWaiting:
    """Voicemail lamp on or off; `count` is None when it was not said."""

    on: bool
    count: int | None = None


def parse_message(message: bytes) -> CallerId | MessageWaiting | None:
    """Reads a data link message; None when it is about something else or its lengths do not fit.

    A field that is longer than the standards allow is left out: a part of a number is a wrong one.
    """
    if len(message) < 2:
        return None
    type, body = message[0], message[2:]
    if type != JAPANESE_CALL and len(body) != message[1]:
        return None
    if type in (SDMF, SDMF_WAITING):
        return _caller(_single(body)) if type == SDMF else _lamp_of(body)
    fields = _fields(body)
    if fields is None:
        return None
    if type in (MDMF, JAPANESE_CALL):
        return _caller(fields)
    return _waiting(fields) if type == MDMF_WAITING else None


def _single(body: bytes) -> dict[int, bytes]:
    rest = body[8:]
    return {DATE_TIME: body[:8], NUMBER_ABSENT if rest in (b"P", b"O") else NUMBER: rest}


def _fields(body: bytes) -> dict[int, bytes] | None:
    fields: dict[int, bytes] = {}
    while len(body) >= 2 and len(body) >= 2 + body[1]:
        fields.setdefault(body[0], body[2 : 2 + body[1]])
        body = body[2 + body[1] :]
    return None if body.strip(b"\0") else fields


def _text(data: bytes) -> str:
    return "".join(c for c in data.decode("latin-1") if c.isprintable()).strip()


def _number(data: bytes) -> str:
    """ "" for what nobody could dial, or what does not fit."""
    number = "".join(c for c in _text(data) if c not in " -()./")
    return number if len(number) <= LONGEST_NUMBER and not number.strip("+0123456789*#") else ""


def _caller(fields: dict[int, bytes]) -> CallerId:
    name, at = _text(fields.get(NAME, b"")), _text(fields.get(DATE_TIME, b""))
    private = b"P" in (fields.get(NUMBER_ABSENT, b""), fields.get(NAME_ABSENT, b""))
    at = at if len(at) == 8 and at.isdigit() else ""
    return CallerId(_number(fields.get(NUMBER, b"")), name if len(name) <= LONGEST_NAME else "", private, at)


def _waiting(fields: dict[int, bytes]) -> MessageWaiting | None:
    lamp, count = fields.get(INDICATOR), fields.get(MESSAGES)
    if not lamp and not count:
        return None
    return MessageWaiting(lamp != OFF if lamp else bool(count and count[0]), count[0] if count else None)


def _lamp_of(body: bytes) -> MessageWaiting | None:
    lamps = {SDMF_ON: True, SDMF_OFF: False}
    return MessageWaiting(lamps[body[-3:]]) if body[-3:] in lamps else None


# ---- to phones ------------------------------------------------------------------------------


def compose_mdmf(caller: CallerId, at: datetime, *, etsi: bool = False) -> bytes:
    """Who calls, for GR-30 phones or those of ETSI. `at` is the local time to show.

    The name must have been made fit for the phone: what ISO 8859-1 does not have becomes a question mark.
    """
    number, absent = _shown(caller)
    fields = [(CALL_TYPE, VOICE_CALL)] if etsi else []
    fields += [(DATE_TIME, at.strftime("%m%d%H%M").encode())]
    fields += [(NUMBER, number) if number else (NUMBER_ABSENT, absent)]
    if caller.name and not caller.private:
        fields += [(NAME, caller.name.encode("latin-1", "replace")[: ETSI_NAME if etsi else CLASS_NAME])]
    elif caller.private:
        fields += [(NAME_ABSENT, b"P")]
    return _message(MDMF, fields)


def compose_sdmf(caller: CallerId, at: datetime) -> bytes:
    """Who calls, without a name: for the oldest displays (GR-30-CORE, 2.4.2)."""
    number, absent = _shown(caller)
    body = at.strftime("%m%d%H%M").encode() + (number or absent)
    return bytes((SDMF, len(body))) + body


def compose_japanese(caller: CallerId) -> bytes:
    """Who calls, for phones of Japan: a number, or why there is none."""
    number, absent = _shown(caller)
    body = NUMBER_KIND + bytes((NUMBER, len(number))) + number if number else bytes((NUMBER_ABSENT, 1)) + absent
    return bytes((JAPANESE_CALL, len(body))) + body


def compose_waiting(waiting: MessageWaiting, *, etsi: bool = False) -> bytes:
    """The voicemail lamp (GR-1401-CORE, MDMF; EN 300 659-3, message type 0x82)."""
    fields = [(CALL_TYPE, MESSAGE_WAITING_CALL)] if etsi else []
    fields += [(INDICATOR, ON if waiting.on else OFF)]
    if waiting.count is not None and etsi:
        fields += [(MESSAGES, bytes((min(waiting.count, 255),)))]
    return _message(MDMF_WAITING, fields)


def _shown(caller: CallerId) -> tuple[bytes, bytes]:
    """The number as it is sent, b"" for none, and the reason for its absence."""
    number = caller.number.encode("ascii", "ignore")
    fits = number and len(number) <= LONGEST_NUMBER and not caller.private
    return (number if fits else b"", b"P" if caller.private else b"O")


def _message(type: int, fields: list[tuple[int, bytes]]) -> bytes:
    body = b"".join(bytes((kind, len(data))) + data for kind, data in fields)
    return bytes((type, len(body))) + body
