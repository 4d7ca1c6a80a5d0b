# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID as DTMF digits (ETSI EN 300 659-1, annex B): start code, number, end code; countries have their own codes.

| who | how |
|---|---|
| Belgium, Finland, Iceland, India, Netherlands, Saudi Arabia, Sweden, Uruguay, Brazil | A number C, B00C, B10C |
| Denmark | A number #, D1#, D3# |
| Taiwan, Kuwait | D number C |
| Dutch and Danish exchanges of old | number # |
"""

from __future__ import annotations

import time

from drivers.lineaudio import LONGEST_NUMBER, CallerId
from firmware.countries import DtmfCodes

APART_S = 2.0  # annex B: digits are 70 ms apart
_WITHHELD = ("D1", "B10", "B1")  # Denmark; ETSI; Taiwan sends D1 as well
_UNKNOWN = ("D2", "D3", "B00", "B0", "D0000000000", "D", "A", "")


def compose(caller: CallerId, codes: DtmfCodes) -> str:
    """The digits to dial, as the exchanges of a country send them."""
    digits = "".join(c for c in caller.number if c.isdecimal() and c.isascii())
    if caller.private:
        return codes.withheld
    return f"{codes.start}{digits}{codes.end}" if digits and len(digits) <= LONGEST_NUMBER else codes.unknown


class DtmfCallerId:
    """Reads digits on an idle line. All countries' codes are understood: they do not contradict each other.

    A number without a start code is taken only if `bare`; then each pause begins anew: see `reset`.
    """

    def __init__(self, *, bare: bool = False) -> None:
        self._bare, self._digits = bare, ""

    def reset(self) -> None:
        """Nothing came for so long that the next digit begins another number."""
        self._digits = ""

    def feed(self, digit: str) -> CallerId | None:
        """Takes a digit; who calls, when it was the last one."""
        if digit in "C#":
            digits, self._digits = self._digits, ""
            return _caller(digits) if digits else None
        if digit in "A" or (digit == "D" and not self._digits.startswith("A")):
            self._digits = digit
        elif self._digits or self._bare or digit == "B":
            self._digits = (self._digits + digit)[:100]
        return None


def _caller(digits: str) -> CallerId | None:
    """None when these are not a caller's."""
    if digits in _WITHHELD:
        return CallerId(private=True)
    if digits in _UNKNOWN:
        return CallerId()
    number = digits.lstrip("AD") if digits[0] in "AD" else digits
    number, _, information = number.partition("B")
    number = number.partition("D")[0]  # behind D: who forwarded the call
    if information.rstrip("C") == "10":
        return CallerId(private=True)
    return CallerId(number if number.isdecimal() and len(number) <= LONGEST_NUMBER else "")


class DtmfOnHook:
    """The same with time: digits that come apart do not belong together."""

    def __init__(self) -> None:
        self._reader, self._last = DtmfCallerId(), 0.0

    def feed(self, digit: str) -> CallerId | None:
        """Takes a digit that was heard now."""
        now = time.monotonic()
        if now - self._last > APART_S:
            self._reader.reset()
        self._last = now
        return self._reader.feed(digit)
