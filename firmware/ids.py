# SPDX-License-Identifier: GPL-2.0-or-later
"""Identifiers of calls, recordings, alarms: UUID version 7, which sort by time."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import datetime

from firmware.times import milliseconds

_lock = threading.Lock()
_last = 0


def uuid7() -> str:
    """A new UUIDv7 (RFC 9562 section 5.7) as text; later ones of this process always sort after earlier ones.

    The 12 bits after the milliseconds hold the fraction of the millisecond (section 6.2, method 3).
    """
    global _last
    with _lock:
        stamp = (time.time_ns() << 12) // 1_000_000
        _last = stamp = max(stamp, _last + 1)
    milliseconds, fraction = stamp >> 12, stamp & 0xFFF
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def first_of(at: datetime) -> str:
    """Sorts before every UUIDv7 of that moment, and after all earlier ones."""
    text = f"{milliseconds(at):012x}"
    return f"{text[:8]}-{text[8:]}"
