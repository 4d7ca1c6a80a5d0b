# SPDX-License-Identifier: GPL-2.0-or-later
"""Signal strength from +CSQ (3GPP TS 27.007, 8.5) and +CESQ (8.69), in dBm."""

from __future__ import annotations

from collections.abc import Sequence

_CSQ = (0, 31, -113, 2)  # first and last value that says something, dBm of 0, dB a step
_CESQ = ((5, 0, 97, -141, 1), (2, 0, 96, -121, 1), (0, 0, 63, -111, 1))  # RSRP (LTE), RSCP (UMTS), RXLEV (GSM)


def dbm(command: str, values: Sequence[str]) -> int | None:
    """None when the modem hears nothing, or does not know."""
    fields = ((0, *_CSQ),) if command == "+CSQ" else _CESQ
    for place, least, most, base, step in fields:
        if place < len(values) and values[place].isdigit() and least <= int(values[place]) <= most:
            return base + step * int(values[place])
    return None
