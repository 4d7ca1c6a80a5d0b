# SPDX-License-Identifier: GPL-2.0-or-later
"""The site's country and time zone, and its feature codes."""

from __future__ import annotations

import itertools
import zoneinfo
from collections.abc import Iterator

from firmware import countries
from firmware.config.checks.document import Document, table_at, text_at
from firmware.config.features import FEATURES, codes_in_force
from firmware.config.problems import ConfigProblem


def _is_time_zone(name: str) -> bool:
    """Asked of one file: the whole list takes a start of the box 600 of them."""
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return False
    return True


def site(document: Document) -> Iterator[ConfigProblem]:
    """Country and time zone exist."""
    table = table_at(document, "site")
    country, zone = text_at(table, "country"), text_at(table, "timezone")
    if country is not None and country not in countries.codes():
        allowed = ", ".join(sorted(countries.codes()))
        yield ConfigProblem("site.country", f'"{country}" is not a country this box knows; use one of {allowed}')
    if zone is not None and not _is_time_zone(zone):
        message = f'"{zone}" is not a time zone; use a name like UTC, Europe/Berlin or Asia/Shanghai'
        yield ConfigProblem("site.timezone", message)


def feature_codes(document: Document) -> Iterator[ConfigProblem]:
    """No code is another one, or begins like one that takes digits behind it."""
    table = table_at(document, "features")
    changed = {name: code for name, code in table.items() if isinstance(code, str)}
    codes = codes_in_force(changed)
    for name, other in itertools.permutations(codes, 2):
        clash = codes[other] == codes[name] or (FEATURES[other].argument and codes[name].startswith(codes[other]))
        if clash and name in changed:
            yield ConfigProblem(f"features.{name}", f'"{codes[name]}" is taken by {other}; use another code')
