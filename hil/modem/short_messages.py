# SPDX-License-Identifier: GPL-2.0-or-later
"""The network's side of short messages, from 3GPP TS 23.040 and 23.038: composes SMS-DELIVER and SMS-STATUS-REPORT,
reads SMS-SUBMIT. Bits are strings here, as in the standard's pictures; nothing is shared with the driver."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from hil.modem.national_tables import LOCKING, SINGLE

LOOK_LIKE_DIGITS = "0123456789*#abc"


def bits7(text: str, locking: int = 0, single: int = 0) -> str:
    """Septets of a text, each with its lowest bit first."""
    codes: list[int] = []
    table, shifted = LOCKING.get(locking, LOCKING[0]), SINGLE.get(single, SINGLE[0])
    for sign in text:
        codes += [table.index(sign)] if sign in table else [27, shifted[sign]]
    return "".join(format(code, "07b")[::-1] for code in codes)


def octets_of(bits: str) -> str:
    """In hexadecimal; what is missing of the last octet is zero."""
    whole = bits + "0" * (-len(bits) % 8)
    return "".join(f"{int(whole[at : at + 8][::-1], 2):02X}" for at in range(0, len(whole), 8))


def bits_of(octets: str) -> str:
    """Back."""
    return "".join(format(int(octets[at : at + 2], 16), "08b")[::-1] for at in range(0, len(octets), 2))


def text7(bits: str, locking: int = 0, single: int = 0) -> str:
    """Of septets."""
    codes = [int(bits[at : at + 7][::-1], 2) for at in range(0, len(bits) - 6, 7)]
    back = {code: sign for sign, code in SINGLE[single].items()}
    text, escaped = "", False
    for code in codes:
        if code == 27:
            escaped = True
        else:
            text, escaped = text + (back[code] if escaped else LOCKING[locking][code]), False
    return text


def semi(digits: str) -> str:
    """Semi-octets, filled with F."""
    padded = digits + "F" * (len(digits) % 2)
    return "".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2))


def address(who: str) -> str:
    """A number, or a name of letters (9.1.2.5)."""
    if who.strip("+0123456789*#"):
        name = octets_of(bits7(who))
        return f"{-(-7 * len(who) // 4):02X}D0{name}"
    digits = who.lstrip("+")
    return f"{len(digits):02X}{'91' if who.startswith('+') else '81'}{semi(digits)}"


def stamp(at: datetime.datetime) -> str:
    """9.2.3.11, with the zone of the time."""
    offset = at.utcoffset() or datetime.timedelta()
    quarters = round(abs(offset.total_seconds()) / 900)
    zone = f"{quarters % 10}{quarters // 10 | (8 if offset.total_seconds() < 0 else 0):X}"
    return semi(at.strftime("%y%m%d%H%M%S")) + zone


NOON = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)
CENTRE = "07" + "91" + semi("16505550000")


def deliver(
    sender: str, text: str, *, part: tuple[int, int, int] | None = None, wide: bool = False,
    long_reference: bool = False, at: datetime.datetime = NOON, flash: bool = False, locking: int = 0, single: int = 0,
) -> str:  # fmt: skip
    """SMS-DELIVER with the centre's address; `part` is reference, total, number, the others national languages."""
    elements = f"2501{locking:02X}" if locking else ""
    elements += f"2401{single:02X}" if single else ""
    if part and long_reference:
        elements += f"0804{part[0]:04X}{part[1]:02X}{part[2]:02X}"
    elif part:
        elements += f"0003{part[0] & 255:02X}{part[1]:02X}{part[2]:02X}"
    header = f"{len(elements) // 2:02X}{elements}" if elements else ""
    first = 0x04 | (0x40 if header else 0)
    coding = (0x08 if wide else 0x00) | (0x10 if flash else 0)
    if wide:
        data = header + text.encode("utf-16-be").hex().upper()
        length = len(data) // 2
    else:
        bits = bits_of(header)
        bits += "0" * (-len(bits) % 7) + bits7(text, locking, single)
        data, length = octets_of(bits), len(bits) // 7
    return f"{CENTRE}{first:02X}{address(sender)}00{coding:02X}{stamp(at)}{length:02X}{data}"


def report(reference: int, recipient: str, status: int = 0) -> str:
    """SMS-STATUS-REPORT."""
    return f"{CENTRE}06{reference:02X}{address(recipient)}{stamp(NOON)}{stamp(NOON)}{status:02X}"


def length(pdu: str) -> int:
    """Octets behind the centre's address, as +CMGL and +CMGS count them."""
    return len(pdu) // 2 - 1 - int(pdu[:2], 16)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What the box sent."""

    number: str
    text: str
    part: tuple[int, int, int] | None
    wants_report: bool
    wide: bool
    locking: int = 0
    single: int = 0


def submitted(pdu: str) -> Submitted:
    """Reads SMS-SUBMIT (9.2.2.2). ValueError, IndexError for what is none."""
    at = 2 + 2 * int(pdu[:2], 16)
    first = int(pdu[at : at + 2], 16)
    if first & 3 != 1 or first & 0x18 not in (0, 0x10):
        raise ValueError(f"not SMS-SUBMIT with a relative validity, or none: {pdu}")
    digits, kind = int(pdu[at + 4 : at + 6], 16), pdu[at + 6 : at + 8]
    at += 8
    swapped = pdu[at : at + digits + digits % 2]
    number = "".join(swapped[n + 1] + swapped[n] for n in range(0, len(swapped), 2))[:digits]
    number = "".join(LOOK_LIKE_DIGITS[int(digit, 16)] for digit in number)
    at += digits + digits % 2
    coding = int(pdu[at + 2 : at + 4], 16)
    at += 4 + (2 if first & 0x10 else 0)
    size, data = int(pdu[at : at + 2], 16), pdu[at + 2 :]
    header = data[: 2 * (int(data[:2], 16) + 1)] if first & 0x40 else ""
    elements = _elements(header[2:])
    whole = elements.get("00")
    part = (int(whole[:2], 16), int(whole[2:4], 16), int(whole[4:], 16)) if whole else None
    locking, single = (int(elements.get(kind, "0"), 16) for kind in ("25", "24"))
    if coding == 8:
        if len(data) != 2 * size or size > 140:
            raise ValueError("the length is wrong")
        text = bytes.fromhex(data[len(header) :]).decode("utf-16-be")
    else:
        if len(data) != 2 * (-(-size * 7 // 8)) or size > 160:
            raise ValueError("the length is wrong")
        skipped = -(-len(header) * 4 // 7) * 7
        text = text7(bits_of(data)[skipped : size * 7], locking, single)
    own = "+" if kind == "91" else ""
    return Submitted(own + number, text, part, bool(first & 0x20), coding == 8, locking, single)


def _elements(header: str) -> dict[str, str]:
    """Of a user data header without its length (9.2.3.24): what stands in each, by its identifier."""
    found, at = {}, 0
    while at < len(header):
        size = 2 * int(header[at + 2 : at + 4], 16)
        found[header[at : at + 2]] = header[at + 4 : at + 4 + size]
        at += 4 + size
    return found
