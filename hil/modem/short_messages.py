# SPDX-License-Identifier: GPL-2.0-or-later
"""The network's side of short messages, from 3GPP TS 23.040 and 23.038: composes SMS-DELIVER and SMS-STATUS-REPORT,
reads SMS-SUBMIT. Bits are strings here, as in the standard's pictures; nothing is shared with the driver."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

TABLE = """
@ £ $ ¥ è é ù ì ò Ç LF Ø ø CR Å å
Δ _ Φ Γ Λ Ω Π Ψ Σ Θ Ξ ESC Æ æ ß É
SP ! " # ¤ % & ' ( ) * + , - . /
0 1 2 3 4 5 6 7 8 9 : ; < = > ?
¡ A B C D E F G H I J K L M N O
P Q R S T U V W X Y Z Ä Ö Ñ Ü §
¿ a b c d e f g h i j k l m n o
p q r s t u v w x y z ä ö ñ ü à
"""  # 23.038, 6.2.1, by rows of 16
NAMES = {"LF": "\n", "CR": "\r", "SP": " ", "ESC": "\x1b"}
SIGNS = [NAMES.get(sign, sign) for sign in TABLE.split()]
EXTENDED = dict(zip("\f^{}\\[~]|€", (10, 20, 40, 41, 47, 60, 61, 62, 64, 101), strict=True))  # 6.2.1.1
LOOK_LIKE_DIGITS = "0123456789*#abc"


def bits7(text: str) -> str:
    """Septets of a text, each with its lowest bit first."""
    codes: list[int] = []
    for sign in text:
        codes += [27, EXTENDED[sign]] if sign in EXTENDED else [SIGNS.index(sign)]
    return "".join(format(code, "07b")[::-1] for code in codes)


def octets_of(bits: str) -> str:
    """In hexadecimal; what is missing of the last octet is zero."""
    whole = bits + "0" * (-len(bits) % 8)
    return "".join(f"{int(whole[at : at + 8][::-1], 2):02X}" for at in range(0, len(whole), 8))


def bits_of(octets: str) -> str:
    """Back."""
    return "".join(format(int(octets[at : at + 2], 16), "08b")[::-1] for at in range(0, len(octets), 2))


def text7(bits: str) -> str:
    """Of septets."""
    codes = [int(bits[at : at + 7][::-1], 2) for at in range(0, len(bits) - 6, 7)]
    back = {code: sign for sign, code in EXTENDED.items()}
    text, escaped = "", False
    for code in codes:
        if code == 27:
            escaped = True
        else:
            text, escaped = text + (back[code] if escaped else SIGNS[code]), False
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
    long_reference: bool = False, at: datetime.datetime = NOON, flash: bool = False,
) -> str:  # fmt: skip
    """SMS-DELIVER with the centre's address; `part` is reference, total, number."""
    header = ""
    if part and long_reference:
        header = f"060804{part[0]:04X}{part[1]:02X}{part[2]:02X}"
    elif part:
        header = f"050003{part[0] & 255:02X}{part[1]:02X}{part[2]:02X}"
    first = 0x04 | (0x40 if header else 0)
    coding = (0x08 if wide else 0x00) | (0x10 if flash else 0)
    if wide:
        data = header + text.encode("utf-16-be").hex().upper()
        length = len(data) // 2
    else:
        bits = bits_of(header)
        bits += "0" * (-len(bits) % 7) + bits7(text)
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
    part = None
    if header[2:6] == "0003":
        part = (int(header[6:8], 16), int(header[8:10], 16), int(header[10:12], 16))
    if coding == 8:
        if len(data) != 2 * size or size > 140:
            raise ValueError("the length is wrong")
        text = bytes.fromhex(data[len(header) :]).decode("utf-16-be")
    else:
        if len(data) != 2 * (-(-size * 7 // 8)) or size > 160:
            raise ValueError("the length is wrong")
        skipped = -(-len(header) * 4 // 7) * 7
        text = text7(bits_of(data)[skipped : size * 7])
    return Submitted(("+" if kind == "91" else "") + number, text, part, bool(first & 0x20), coding == 8)
