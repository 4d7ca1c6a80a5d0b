# SPDX-License-Identifier: GPL-2.0-or-later
"""Black and white lists, and callers who withhold their number. Who is on a white list is never refused."""

from __future__ import annotations

from firmware.config import Config
from firmware.countries import Country
from firmware.routing.outward import any_matches, spellings


def refused_in(config: Config, country: Country, number: str, private: bool) -> str:
    """Why a caller from outside is refused, "" when not. A number that is unknown is not a withheld one."""
    lists = config.numbers
    spelt = _caller_spellings(country, number)
    if number and any_matches(lists.allow_in, spelt):
        return ""
    if number and any_matches(lists.block_in, spelt):
        return f"{number} is on the list of callers who are refused"
    if private and lists.reject_anonymous:
        return "the caller withholds the number, and such calls are refused"
    return ""


def refused_out(config: Config, number: str) -> str:
    """Why nobody in the house may call a number outside, "" when they may."""
    lists = config.numbers
    spelt = spellings(config, number)
    blocked = any_matches(lists.block_out, spelt) and not any_matches(lists.allow_out, spelt)
    return f"{number} is on the list of numbers that are not called" if blocked else ""


def _caller_spellings(country: Country, number: str) -> list[str]:
    """As it came, and with + or the country's prefix for abroad in the other's place."""
    prefix = country.international_prefix
    if number.startswith("+"):
        return [number, prefix + number[1:]]
    return [number, "+" + number.removeprefix(prefix)] if prefix and number.startswith(prefix) else [number]
