# SPDX-License-Identifier: GPL-2.0-or-later
"""Country profiles as data: what lines and phones of a country sound like and how they signal.

One TOML file for each country, named by its ISO 3166-1 code in small letters, with its sources inside.
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

from firmware.countries.profile import (
    CallerIdKind,
    Country,
    DtmfCodes,
    Flash,
    Howler,
    Law,
    Pulse,
    RingName,
    Step,
    Tone,
    ToneName,
)
from firmware.countries.read import read
from firmware.errors import Invalid

__all__ = [
    "CallerIdKind",
    "Country",
    "DtmfCodes",
    "Flash",
    "Howler",
    "Law",
    "Pulse",
    "RingName",
    "Step",
    "Tone",
    "ToneName",
    "codes",
    "load",
]

_DIRECTORY = Path(__file__).parent


@functools.cache
def _codes() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _DIRECTORY.glob("??.toml")))


def codes() -> list[str]:
    """The codes of all countries that there are profiles for, sorted."""
    return list(_codes())


@functools.cache
def load(code: str) -> Country:
    """The profile of a country, read once. Invalid when there is none."""
    if code not in _codes():
        raise Invalid(
            f'There is no country profile "{code}". Use one of: {", ".join(_codes())}.',
            code="no_such_country",
            field="site.country",
        )
    with (_DIRECTORY / f"{code}.toml").open("rb") as file:
        return read(code, tomllib.load(file))
