# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID as exchanges send it and phones show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from firmware.countries import DtmfCodes
from hil import japan
from hil.fsk import LEVEL_DBM0, V23, Standard, bits_of, checksum, modulate, parameters
from hil.g711 import Pcm
from hil.signals import dtmf

# Message and parameter types: GR-30-CORE 2.4, EN 300 659-3 5.3 and 5.4.
SDMF_CALL = 0x04
MDMF_CALL = 0x80
DATE_AND_TIME, NUMBER, NO_NUMBER, NAME, NO_NAME = 0x01, 0x02, 0x04, 0x07, 0x08

# Message waiting: GR-1401-CORE, EN 300 659-3 5.3.2 and 5.4.9.
SDMF_WAITING, MDMF_WAITING, INDICATOR = 0x06, 0x82, 0x0B

OFF_HOOK_MARK_BITS = 80  # in a call there is no seizure, and less mark (GR-30-CORE 2.5; EN 300 659-2)


@dataclass(frozen=True, slots=True)
class CallerId:
    """Who calls. A missing number or name is None; "P" (private) or "O" (out of area) then says why."""

    number: str | None = None
    name: str | None = None
    at: str = ""  # MMDDhhmm in local time
    number_absent: str = ""
    name_absent: str = ""


def now_stamp() -> str:
    """The local time in the form that caller ID sends."""
    return datetime.now().astimezone().strftime("%m%d%H%M")


def mdmf(caller: CallerId) -> bytes:
    """A multiple-data message with its checksum. ValueError when it does not fit."""
    fields = [(DATE_AND_TIME, caller.at or now_stamp())]
    fields += [(NUMBER, caller.number)] if caller.number is not None else [(NO_NUMBER, caller.number_absent or "O")]
    fields += [(NAME, caller.name)] if caller.name is not None else [(NO_NAME, caller.name_absent or "O")]
    contents = b"".join(bytes((kind, len(text))) + text.encode("latin-1", "replace") for kind, text in fields)
    return _whole(MDMF_CALL, contents)


def _whole(kind: int, contents: bytes) -> bytes:
    if len(contents) > 255:
        raise ValueError(f"This caller ID has {len(contents)} bytes, 255 fit into a message.")
    message = bytes((kind, len(contents))) + contents
    return message + bytes((checksum(message),))


def lamp(on: bool, *, single: bool = False) -> bytes:
    """The message that switches a phone's voicemail lamp, with its checksum."""
    if single:
        return _whole(SDMF_WAITING, b"BBB" if on else b"ooo")
    return _whole(MDMF_WAITING, bytes((INDICATOR, 1, 0xFF if on else 0)))


def lamp_of(message: bytes) -> bool | None:
    """Whether a message (without checksum) switches the lamp on or off; None when it is about something else."""
    if message[0] == SDMF_WAITING:
        return message[-1:] == b"B"
    if message[0] != MDMF_WAITING:
        return None
    return any(contents != b"\0" for kind, contents in parameters(message) if kind == INDICATOR)


def sdmf(caller: CallerId) -> bytes:
    """A single-data message (number only) with its checksum."""
    contents = (caller.at or now_stamp()) + (caller.number or caller.number_absent or "O")
    return _whole(SDMF_CALL, contents.encode("ascii"))


def parse(message: bytes) -> CallerId | None:
    """What a message (without checksum) says about the caller; None when it is about something else."""
    if message[0] == SDMF_CALL:
        text = message[2:].decode("ascii", "replace")
        number = text[8:]
        absent = number if number in ("P", "O") else ""
        return CallerId(None if absent else number, None, text[:8], absent)
    if message[0] == japan.CALL:
        digits, absent = japan.read(message)
        return CallerId(digits, number_absent=absent)
    if message[0] != MDMF_CALL:
        return None
    found = {kind: contents.decode("latin-1") for kind, contents in parameters(message)}
    return CallerId(
        found.get(NUMBER),
        found.get(NAME),
        found.get(DATE_AND_TIME, ""),
        found.get(NO_NUMBER, ""),
        found.get(NO_NAME, ""),
    )


def as_fsk(
    caller: CallerId, standard: Standard, *, single: bool = False, dbm0: float = LEVEL_DBM0, skew: float = 0.0
) -> Pcm:
    """The sound of a caller ID, seizure and mark included."""
    return modulate(bits_of(sdmf(caller) if single else mdmf(caller)), standard, dbm0, skew)


def as_fsk_in_call(caller: CallerId, standard: Standard, dbm0: float = LEVEL_DBM0, skew: float = 0.0) -> Pcm:
    """What follows the acknowledgement of a phone in a call: mark and data."""
    return modulate(bits_of(mdmf(caller), 0, OFF_HOOK_MARK_BITS), standard, dbm0, skew)


def as_japanese(caller: CallerId, dbm0: float = LEVEL_DBM0, skew: float = 0.0) -> Pcm:
    """What a Japanese exchange sends to a terminal that has answered for it."""
    octets = japan.call(caller.number, caller.number_absent or "O")
    return modulate(bits_of(octets, 0, japan.MARK_BITS, japan.STOP_BITS), V23, dbm0, skew)


def dtmf_digits(caller: CallerId, codes: DtmfCodes) -> str:
    """The number between the country's start and end codes, or the code for its absence (EN 300 659-1 annex B)."""
    if caller.number is not None:
        return codes.start + "".join(digit for digit in caller.number if digit.isdigit()) + codes.end
    return codes.withheld if caller.number_absent == "P" else codes.unknown


def as_dtmf(caller: CallerId, codes: DtmfCodes = DtmfCodes()) -> Pcm:  # noqa: B008
    """These digits as tones."""
    return dtmf(dtmf_digits(caller, codes))


def of_digits(digits: str, codes: DtmfCodes) -> CallerId | None:
    """What digits up to the end code say; None when they are no caller ID of the country."""
    if digits.endswith(codes.withheld):
        return CallerId(number_absent="P")
    if digits.endswith(codes.unknown):
        return CallerId(number_absent="O")
    _, start, number = digits.rpartition(codes.start) if codes.start else ("", "-", digits)
    return CallerId(number.removesuffix(codes.end)) if start else None
