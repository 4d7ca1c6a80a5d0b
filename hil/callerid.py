# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID as exchanges send it and phones show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hil.fsk import Standard, bits_of, checksum, modulate, parameters
from hil.g711 import Pcm
from hil.signals import dtmf, quiet, sines

# Message and parameter types: GR-30-CORE 2.4, EN 300 659-3 5.3 and 5.4.
SDMF_CALL = 0x04
MDMF_CALL = 0x80
DATE_AND_TIME, NUMBER, NO_NUMBER, NAME, NO_NAME = 0x01, 0x02, 0x04, 0x07, 0x08

# DT-AS, the tone that wakes a phone up before V.23 (EN 300 659-1 6.1.2).
ALERTING_HZ = (2130, 2750)
ALERTING_MS = 100
ALERTING_GAP_MS = 100  # 45 to 500 ms until the data


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
    if len(contents) > 255:
        raise ValueError(f"This caller ID has {len(contents)} bytes, 255 fit into a message.")
    message = bytes((MDMF_CALL, len(contents))) + contents
    return message + bytes((checksum(message),))


def sdmf(caller: CallerId) -> bytes:
    """A single-data message (number only) with its checksum."""
    contents = (caller.at or now_stamp()) + (caller.number or caller.number_absent or "O")
    message = bytes((SDMF_CALL, len(contents))) + contents.encode("ascii")
    return message + bytes((checksum(message),))


def parse(message: bytes) -> CallerId | None:
    """What a message (without checksum) says about the caller; None when it is about something else."""
    if message[0] == SDMF_CALL:
        text = message[2:].decode("ascii", "replace")
        number = text[8:]
        absent = number if number in ("P", "O") else ""
        return CallerId(None if absent else number, None, text[:8], absent)
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


def as_fsk(caller: CallerId, standard: Standard, *, single: bool = False, dbm0: float = -13.5) -> Pcm:
    """The sound of a caller ID, seizure and mark included."""
    return modulate(bits_of(sdmf(caller) if single else mdmf(caller)), standard, dbm0)


def alerting_signal(dbm0: float = -16) -> Pcm:
    """DT-AS and the silence after it."""
    return sines([(hz, dbm0) for hz in ALERTING_HZ], ALERTING_MS) + quiet(ALERTING_GAP_MS)


def as_dtmf(caller: CallerId) -> Pcm:
    """The number between start code D and end code C (EN 300 659-3 annex B); a missing one is D1C or D3C."""
    if caller.number is not None:
        digits = "".join(digit for digit in caller.number if digit.isdigit())
    else:
        digits = "1" if caller.number_absent == "P" else "3"
    return dtmf(f"D{digits}C")
