# SPDX-License-Identifier: GPL-2.0-or-later
"""One number in its different spellings: +49 30 123, 0049 30 123, 49 30 123 and 030 123 are the same in Germany.

ITU-T E.164; prefixes are those of the country's profile.
"""

from __future__ import annotations

from collections.abc import Iterator

from firmware.countries import Country
from firmware.countries.calling_codes import CALLING_CODES

NATIONAL_LEAST = 7  # digits behind the calling code: a shorter number is dialled inside an area, or is no number
NORTH_AMERICA, NORTH_AMERICAN = "1", 10  # digits of a number of the North American Numbering Plan, without 1


def same_number(one: str, other: str, country: Country) -> bool:
    """Whether two numbers reach the same subscriber from this country."""
    if one == other:
        return True
    return not set(spellings(one, country)).isdisjoint(spellings(other, country))


def spellings(number: str, country: Country) -> Iterator[str]:
    """What the number may be as +CC…; nothing when it cannot be an international one (an extension, a short code)."""
    code = CALLING_CODES.get(country.code, "")
    if number.startswith("+"):
        yield number
        return
    if not number.isdigit() or not code:
        return
    prefix, trunk = country.international_prefix, country.trunk_prefix
    if prefix and number.startswith(prefix):
        yield "+" + number[len(prefix) :]
    elif trunk and trunk != code and number.startswith(trunk):
        yield from _national(number[len(trunk) :], code)
        yield from _national(number, code)  # Italy dials its 0 from abroad too
    else:
        if number.startswith(code) and len(number) - len(code) >= NATIONAL_LEAST:
            yield "+" + number
        yield from _national(number, code)


def _national(number: str, code: str) -> Iterator[str]:
    least = NORTH_AMERICAN if code == NORTH_AMERICA else NATIONAL_LEAST
    if len(number) >= least:
        yield "+" + code + number
