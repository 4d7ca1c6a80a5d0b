# SPDX-License-Identifier: GPL-2.0-or-later
"""Short messages as PDUs (3GPP TS 23.040): SMS-SUBMIT in parts, SMS-DELIVER, SMS-STATUS-REPORT. Pure.

Own code, since what the registry has decodes no status reports and no alphanumeric or 16-bit references
(smspdudecoder), or comes with a whole threaded modem library (python-gsmmodem and its forks).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from drivers.sms import gsm
from drivers.sms.gsm import DEFAULT, NATIONAL, Alphabet

NUMBER = re.compile(r"\+?[0-9*#]{1,20}")
MAX_PARTS = 10  # 1530 characters: what is longer is no short message
SEVEN_DAYS = 0xAD  # TP-VP, relative: 166 + days
_OCTETS = 140  # of user data with its header
_DIGITS = "0123456789*#abc"
_INTERNATIONAL, _UNKNOWN, _ALPHANUMERIC = 0x91, 0x81, 0x50
_CONCAT_8, _CONCAT_16, _SINGLE, _LOCKING = 0x00, 0x08, 0x24, 0x25  # information elements, 23.040, 9.2.3.24


class BadPdu(ValueError):
    """It is cut, or no PDU of a kind that is read here; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Part:
    """Which one of how many, of the message that the sender calls `reference`."""

    reference: int
    total: int
    number: int


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message, or a part of one. `at` is the service centre's time, None when it makes no sense."""

    sender: str
    text: str
    at: datetime | None
    part: Part | None = None
    flash: bool = False  # class 0: to be shown and not kept


class Outcome(enum.StrEnum):
    DELIVERED = "delivered"
    TRYING = "trying"  # the service centre goes on trying
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the message that the modem numbered `reference`. `status` is TP-ST, 23.040, 9.2.3.15."""

    reference: int
    recipient: str
    status: int

    @property
    def outcome(self) -> Outcome:
        """Delivered, still tried, or given up."""
        if self.status < 0x20:
            return Outcome.DELIVERED
        return Outcome.TRYING if self.status < 0x40 else Outcome.FAILED


# ---- to the network ------------------------------------------------------------------------------


def coding_of(text: str) -> Alphabet | None:
    """How a text is sent: by an alphabet of septets, or as UCS-2 (None).

    A national one only where it takes fewer messages: not every telephone knows them.
    """
    if gsm.septets(text) is not None:
        return DEFAULT
    fitting = [alphabet for alphabet in NATIONAL if gsm.septets(text, alphabet) is not None]
    best = min(fitting, key=lambda alphabet: len(_pieces(text, alphabet)), default=None)
    return best if best and len(_pieces(text, best)) < len(_pieces(text, None)) else None


def parts_of(text: str) -> list[str]:
    """How a text is sent: one piece when it fits, else several; nothing is cut inside a character. ValueError."""
    pieces = _pieces(text, coding_of(text))
    if len(pieces) > MAX_PARTS:
        raise ValueError(f"The text takes {len(pieces)} short messages, {MAX_PARTS} are allowed. Shorten it.")
    return pieces


def _pieces(text: str, coding: Alphabet | None) -> list[str]:
    spelt = gsm.septets(text, coding) if coding else None
    if spelt is not None:
        sizes = [len(codes) for codes in spelt]
    else:
        sizes = [len(sign.encode("utf-16-be")) // 2 for sign in text]
    if sum(sizes) <= _room(_header(coding, None), coding):
        return [text]
    return list(_cut(text, sizes, _room(_header(coding, Part(0, 2, 1)), coding)))


def _room(header: bytes, coding: Alphabet | None) -> int:
    """Septets, or UCS-2 units, behind a header."""
    return (_OCTETS - len(header)) * 8 // 7 if coding else (_OCTETS - len(header)) // 2


def _header(coding: Alphabet | None, part: Part | None) -> bytes:
    elements = bytes((_CONCAT_8, 3, part.reference & 0xFF, part.total, part.number)) if part else b""
    if coding:
        elements += bytes((_LOCKING, 1, coding.locking)) if coding.locking else b""
        elements += bytes((_SINGLE, 1, coding.single)) if coding.single else b""
    return bytes((len(elements),)) + elements if elements else b""


def _cut(text: str, sizes: list[int], each: int) -> Iterator[str]:
    piece, used = "", 0
    for sign, size in zip(text, sizes, strict=True):
        if used + size > each:
            yield piece
            piece, used = "", 0
        piece, used = piece + sign, used + size
    yield piece


def submit(number: str, text: str, part: Part | None, coding: Alphabet | None) -> tuple[str, int]:
    """SMS-SUBMIT in hexadecimal, and its length in octets for +CMGS; a status report is asked for.

    `coding` is that of the whole text (`coding_of`), though one of its parts could do without. ValueError for what is
    no number, and for a text that the alphabet lacks a sign of.
    """
    if not NUMBER.fullmatch(number):
        raise ValueError(f'"{number}" is no number that a short message can be sent to.')
    header = _header(coding, part)
    length, data = _user_data(header, text, coding)
    first = 0x01 | 0x10 | 0x20 | (0x40 if header else 0)  # SUBMIT, relative validity, report, header
    pdu = bytes((first, 0)) + _address(number) + bytes((0, 0x00 if coding else 0x08, SEVEN_DAYS, length)) + data
    return (b"\0" + pdu).hex().upper(), len(pdu)


def _user_data(header: bytes, text: str, coding: Alphabet | None) -> tuple[int, bytes]:
    if coding is None:
        octets = header + text.encode("utf-16-be")
        return len(octets), octets
    spelt = gsm.septets(text, coding)
    if spelt is None:
        raise ValueError("The alphabet lacks a sign of the text.")
    codes = [code for pair in spelt for code in pair]
    fill = -8 * len(header) % 7
    return (8 * len(header) + fill) // 7 + len(codes), header + gsm.packed(codes, fill)


def _address(number: str) -> bytes:
    digits = number.removeprefix("+")
    nibbles = [_DIGITS.index(digit) for digit in digits] + [0xF] * (len(digits) % 2)
    octets = bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
    return bytes((len(digits), _INTERNATIONAL if number.startswith("+") else _UNKNOWN)) + octets


# ---- from the network ----------------------------------------------------------------------------


class _Octets:
    """Read from the front. BadPdu when there are too few."""

    def __init__(self, octets: bytes) -> None:
        self._left = octets

    def take(self, count: int) -> bytes:
        if count > len(self._left):
            raise BadPdu(f"it ends {count - len(self._left)} octets too early")
        taken, self._left = self._left[:count], self._left[count:]
        return taken

    def one(self) -> int:
        return self.take(1)[0]

    def address(self) -> str:
        digits = self.one()
        if digits > 20:
            raise BadPdu(f"an address of {digits} digits")
        return _number(self.one(), self.take((digits + 1) // 2), digits)

    def rest(self) -> bytes:
        return self._left


def read(hexadecimal: str, length: int | None = None) -> Deliver | Report:
    """What came. `length` is what the modem said: octets without the service centre's address. BadPdu."""
    try:
        octets = bytes.fromhex(hexadecimal)
    except ValueError:
        raise BadPdu("it is not hexadecimal") from None
    data = _Octets(octets)
    centre = data.one()
    data.take(centre)
    if length is not None and length != len(data.rest()):
        raise BadPdu(f"{len(data.rest())} octets came, {length} were announced")
    first = data.one()
    kind = first & 0x03
    if kind == 0:
        return _deliver(first, data)
    if kind == 2:
        return _report(data)
    raise BadPdu(f"messages of type {kind} are not read")


def _report(data: _Octets) -> Report:
    reference, recipient = data.one(), data.address()
    data.take(14)  # two times
    return Report(reference, recipient, data.one())


def _deliver(first: int, data: _Octets) -> Deliver:
    sender = data.address()
    data.one()  # TP-PID
    coding, at, length = data.one(), _time(data.take(7)), data.one()
    part, text = _content(coding, length, data.rest(), headed=bool(first & 0x40))
    return Deliver(sender, text, at, part, flash=coding & 0xD3 == 0x10 or coding & 0xF3 == 0xF0)


def _content(coding: int, length: int, octets: bytes, *, headed: bool) -> tuple[Part | None, str]:
    header = octets[: octets[0] + 1] if headed and octets else b""
    seven, wide = _alphabet(coding)
    needs = (7 * length + 7) // 8 if seven else length
    if len(octets) < needs:
        raise BadPdu(f"its text ends {needs - len(octets)} octets too early")
    elements = list(_elements(header))
    if seven:
        skipped = (8 * len(header) + 6) // 7
        codes = gsm.unpacked(octets[len(header) :], length - skipped, -8 * len(header) % 7)
        return _part(elements), gsm.text_of(codes, _national(elements))
    body = octets[len(header) : length]
    return _part(elements), body.decode("utf-16-be", errors="replace") if wide else body.hex(" ")


def _alphabet(coding: int) -> tuple[bool, bool]:
    """Septets? UCS-2? Neither: octets without a meaning to us (23.038, section 4)."""
    group = coding >> 4
    if group < 8:
        if coding & 0x20:
            raise BadPdu("compressed text is not read")
        return coding & 0x0C in (0, 0x0C), coding & 0x0C == 0x08
    if group == 0xF:
        return not coding & 0x04, False
    return group != 0xE, group == 0xE


def _elements(header: bytes) -> Iterator[tuple[int, bytes]]:
    octets = _Octets(header[1:])
    while octets.rest():
        kind, length = octets.one(), octets.one()
        yield kind, octets.take(length)


def _part(elements: Iterable[tuple[int, bytes]]) -> Part | None:
    for kind, value in elements:
        if kind == _CONCAT_8 and len(value) == 3:
            return _checked(Part(value[0], value[1], value[2]))
        if kind == _CONCAT_16 and len(value) == 4:
            return _checked(Part(value[0] << 8 | value[1], value[2], value[3]))
    return None


def _national(elements: Iterable[tuple[int, bytes]]) -> Alphabet:
    """A language whose tables are not known is read as the default (23.038, 6.2.1.2.3)."""
    shifts = {kind: value[0] for kind, value in elements if kind in (_LOCKING, _SINGLE) and len(value) == 1}
    return Alphabet(shifts.get(_LOCKING, 0), shifts.get(_SINGLE, 0))


def _checked(part: Part) -> Part | None:
    """A part that cannot be is a message of its own (23.040, 9.2.3.24.1)."""
    return part if 1 <= part.number <= part.total and part.total > 1 else None


def _number(kind: int, octets: bytes, digits: int) -> str:
    if kind & 0x70 == _ALPHANUMERIC:
        return gsm.text_of(gsm.unpacked(octets, digits * 4 // 7)).strip()
    nibbles = [nibble for octet in octets for nibble in (octet & 0xF, octet >> 4)][:digits]
    number = "".join(_DIGITS[nibble] for nibble in nibbles if nibble < len(_DIGITS))
    return "+" + number if kind & 0x70 == 0x10 else number


def _time(octets: bytes) -> datetime | None:
    """23.040, 9.2.3.11: semi-octets; the zone is in quarters of an hour, its sign bit 3 of the last octet."""
    year, month, day, hour, minute, second = ((octet & 0xF) * 10 + (octet >> 4) for octet in octets[:6])
    quarters = (octets[6] & 0x07) * 10 + (octets[6] >> 4)
    zone = timedelta(minutes=-15 * quarters if octets[6] & 0x08 else 15 * quarters)
    try:
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=timezone(zone)).astimezone(UTC)
    except ValueError:
        return None
