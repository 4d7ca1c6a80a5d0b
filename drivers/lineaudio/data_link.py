# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID messages as octets on the data link: checksum, Japan's frame, and what is sent before them.

A *message* is type, length and contents, as `caller_id` composes and reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

DATA_DBM0 = -13.5  # GR-30-CORE, 2.3.2: -13.5 dBm; EN 300 659-1, 6.2: -13.5 dBV
DATA_MAX = 600  # octets: 255 of contents, twice if each were a DLE
JAPANESE_CALL = 0x40  # message type in Japan: who calls

SOH, STX, ETX, HEADER, DLE = 0x01, 0x02, 0x03, 0x07, 0x10


@dataclass(frozen=True, slots=True)
class Framing:
    """Bits of channel seizure and of mark before the octets, and stop bits behind each."""

    seizure: int
    mark: int
    stop_bits: int = 1


ON_HOOK = Framing(seizure=300, mark=180)  # GR-30-CORE, 2.3.1; EN 300 659-1, 6.2.2
OFF_HOOK = Framing(seizure=0, mark=80)  # in a call, after the phone's acknowledgement: the same sections
JAPAN = Framing(seizure=0, mark=72, stop_bits=4)  # NTT: 60 ms of mark; spandsp's JCLIP sends so many stop bits


def framed(message: bytes) -> bytes:
    """As it goes to the line: in Japan's frame, or with the checksum of GR-30-CORE 2.4.1 and EN 300 659-1, 8.3."""
    return _japanese(message) if message[0] == JAPANESE_CALL else message + bytes((-sum(message) & 0xFF,))


def _japanese(message: bytes) -> bytes:
    stuffed = message.replace(bytes((DLE,)), bytes((DLE, DLE)))
    plain = bytes((DLE, SOH, HEADER, DLE, STX)) + stuffed + bytes((DLE, ETX))
    octets = bytes(_even(octet) for octet in plain)
    return octets + _crc(octets[2:]).to_bytes(2, "little")


def _even(octet: int) -> int:
    return octet & 0x7F | (octet & 0x7F).bit_count() % 2 << 7


def _crc(octets: bytes) -> int:
    """CRC-16 of ITU-T V.41, lowest bit first, over the octets behind SOH as they are sent."""
    crc = 0
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ 0x8408 if crc & 1 else crc >> 1
    return crc
