# SPDX-License-Identifier: GPL-2.0-or-later
"""Telephone numbers as people write them, as they are dialled, and as they are shown.

Patterns and formats are those of Google's libphonenumber (the package phonenumbers; metadata of one country are read
when the first number of it is). What it does not know to be a whole number of a country, such as an extension, a
local number without its area, or a service code, stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phonenumbers import PhoneNumber

_WRITTEN_BETWEEN = re.compile(r"[\s().\-/\u2010-\u2015\u00b7]")
_BETWEEN_IN_PATTERN = re.compile(rf"(\[[^\]]*\]|\.$)|{_WRITTEN_BETWEEN.pattern}")
_NOT_DIALLED_FROM_ABROAD = re.compile(r"(?<=\d)\s*\(0\)")  # +49 (0)30 …
_DIALLED = re.compile(r"\+?[0-9*#]{1,32}")
_WHOLE = re.compile(r"\+?[0-9]{6,17}")  # shorter ones are extensions, though somewhere they are whole numbers


def dialled(text: str) -> str:
    """What is to be dialled for a number as people write it: `+49 (0)30 12-34` is +493012 34 without the space.

    Full-width digits are digits, `tel:` is left out. What is no number comes back as it was given, without the blanks
    around it: whoever checks it can then quote it.
    """
    digits = _WRITTEN_BETWEEN.sub("", _plain(text))
    return digits if _DIALLED.fullmatch(digits) else text.strip()


def as_pattern(text: str) -> str:
    """The same for a dial pattern: its ranges and the dot at its end stay."""
    return _BETWEEN_IN_PATTERN.sub(lambda found: found[1] or "", _plain(text))


def _plain(text: str) -> str:
    written = unicodedata.normalize("NFKC", text).strip().removeprefix("tel:")
    return _NOT_DIALLED_FROM_ABROAD.sub("", written) if written.startswith("+") else written


@lru_cache(maxsize=4096)
def key(number: str, country: str) -> str:
    """One name for a number, however it came: with the country's code or without. `country` is by ISO 3166-1."""
    known = _whole(number, country)
    return _formatted(known, "E164") if known else number


@lru_cache(maxsize=4096)
def shown(number: str, country: str) -> str:
    """As people of the country write it: numbers of the country in its own format, others in the international one."""
    known = _whole(number, country)
    if not known:
        return number
    return _formatted(known, "NATIONAL" if _country_of(known) == country.upper() else "INTERNATIONAL")


@lru_cache(maxsize=4096)
def forms(number: str, country: str) -> tuple[str, ...]:
    """How calls of the same number may have come: as given, with +, without it, as dialled in the country."""
    known = _whole(number, country)
    if not known:
        return (number,)
    whole = _formatted(known, "E164")
    return tuple(dict.fromkeys((number, whole, whole.removeprefix("+"), *_dialled_in(country.upper(), known))))


def every_form(number: str, country: str) -> tuple[str, ...]:
    """`forms`, and the country's own number as if it were abroad (0049 30 … in Germany), which some people write."""
    known = _whole(number, country)
    prefix = _prefix_for_abroad(country.upper()) if known else ""
    more = (prefix + _formatted(known, "E164").removeprefix("+"),) if known and prefix else ()
    return tuple(dict.fromkeys((*forms(number, country), *more)))


def sought(text: str | None, country: str) -> tuple[str, ...] | None:
    """The forms of what somebody writes to find a number; None for nothing."""
    return forms(dialled(text), country) if text and text.strip() else None


@lru_cache(maxsize=4096)
def is_of(number: str, country: str) -> bool:
    """Whether it is a whole number of that country, however it was written."""
    known = _whole(number, country)
    return bool(known and _country_of(known) == country.upper())


def _whole(number: str, country: str) -> PhoneNumber | None:
    """The number that this is from anywhere; None when it is not known to be one."""
    if not _WHOLE.fullmatch(number):
        return None
    import phonenumbers  # 1.5 MB, of which a service that has met no number needs nothing

    try:
        known = phonenumbers.parse(number, country.upper())
    except phonenumbers.NumberParseException:
        return None
    return known if phonenumbers.is_valid_number(known) else None


def _dialled_in(country: str, known: PhoneNumber) -> Iterator[str]:
    """With what is dialled before numbers of abroad (00, 011), or as those with the country's own code are."""
    from phonenumbers import country_code_for_region, format_out_of_country_calling_number

    yield re.sub(r"\D", "", format_out_of_country_calling_number(known, country))
    if known.country_code == country_code_for_region(country):
        yield re.sub(r"\D", "", _formatted(known, "NATIONAL"))


def _prefix_for_abroad(country: str) -> str:
    """Empty where there are several."""
    from phonenumbers import PhoneMetadata

    there = PhoneMetadata.metadata_for_region(country, None)
    prefix = str(there.preferred_international_prefix or there.international_prefix or "") if there else ""
    return prefix if prefix.isdigit() else ""


def _formatted(known: PhoneNumber, form: str) -> str:
    from phonenumbers import PhoneNumberFormat, format_number

    return format_number(known, getattr(PhoneNumberFormat, form))


def _country_of(known: PhoneNumber) -> str | None:
    from phonenumbers import region_code_for_number

    return region_code_for_number(known)
