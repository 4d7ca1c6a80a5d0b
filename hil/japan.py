# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID of Japan (NTT, Technical Reference for telephone service, "Number Display"): frame and contents.

    DLE SOH 07 DLE STX  40 length  02 length number | 04 01 reason …  DLE ETX  CRC CRC

Seven bits with even parity, but for the CRC; a DLE among the contents is sent twice. The CRC goes over everything
behind SOH, the lowest bit first, as ITU-T V.41 has it.
"""

from __future__ import annotations

from hil.fsk import parameters

DLE, SOH, STX, ETX, HEADER = 0x10, 0x01, 0x02, 0x03, 0x07
CALL, NUMBER, NO_NUMBER = 0x40, 0x02, 0x04
CAR_MS = (500, 500)  # rings that ask the terminal to answer for data
CAR_LONGEST_S = 6.0
MARK_BITS, STOP_BITS = 72, 4
POLYNOMIAL = 0x1021  # x^16 + x^12 + x^5 + 1


def _reversed(value: int, bits: int) -> int:
    return int(f"{value:0{bits}b}"[::-1], 2)


def crc(octets: bytes) -> bytes:
    """Long division, bit by bit."""
    remainder = 0
    for octet in octets:
        remainder ^= _reversed(octet, 8) << 8
        for _ in range(8):
            remainder = (remainder << 1 ^ (POLYNOMIAL if remainder & 0x8000 else 0)) & 0xFFFF
    return _reversed(remainder, 16).to_bytes(2, "little")


def _with_parity(octet: int) -> int:
    return octet | 0x80 if f"{octet:b}".count("1") % 2 else octet


def call(number: str | None, reason: str = "O") -> bytes:
    """The octets of an incoming call."""
    fields = bytes((NUMBER, len(number))) + number.encode("ascii") if number else bytes((NO_NUMBER, 1, ord(reason)))
    contents = bytes((CALL, len(fields))) + fields
    frame = [DLE, SOH, HEADER, DLE, STX]
    for octet in contents:
        frame += [DLE, DLE] if octet == DLE else [octet]
    octets = bytes(_with_parity(octet) for octet in [*frame, DLE, ETX])
    return octets + crc(octets[2:])


def complete(octets: bytes) -> bytes | None:
    """Type, length and contents, without parity and DLE; None while it is not complete. ValueError when it is wrong."""
    plain, position = bytearray(), 0
    while position < len(octets):
        octet = octets[position] & 0x7F
        if octet != DLE:
            plain.append(octet)
        elif position + 1 == len(octets):
            return None
        else:
            position += 1
            octet = octets[position] & 0x7F
            if octet == ETX:
                return _checked(octets, position + 1, bytes(plain))
            plain += bytes((DLE,)) if octet == DLE else b""
        position += 1
    return None


def _checked(octets: bytes, end: int, plain: bytes) -> bytes | None:
    if len(octets) < end + 2:
        return None
    if crc(octets[2:end]) != octets[end : end + 2]:
        raise ValueError(f"has CRC {octets[end:].hex()} instead of {crc(octets[2:end]).hex()}")
    if any(_with_parity(octet & 0x7F) != octet for octet in octets[:end]):
        raise ValueError("has wrong parity")
    return plain[1:]  # behind the header


def read(message: bytes) -> tuple[str | None, str]:
    """The number, and the reason for its absence."""
    found = {kind: contents.decode("ascii") for kind, contents in parameters(message)}
    return found.get(NUMBER), found.get(NO_NUMBER, "")
