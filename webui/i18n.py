# SPDX-License-Identifier: GPL-2.0-or-later
"""Languages: which one a browser gets, and its catalog (gettext; compiled by `python -m webui.locale`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from firmware import language as language_module
from firmware.language import DEFAULT, N_, NAMES

__all__ = ["DEFAULT", "NAMES", "N_", "catalog", "choose", "need_compiled", "sentence", "zone", "zone_countries"]

DOMAIN = "tipring"
LOCALES = Path(__file__).parent / "locale"


def catalog(language: str) -> NullTranslations:
    """The pages' catalog of `language`. FileNotFoundError says how to compile it."""
    return language_module.catalog(language, DOMAIN, LOCALES)


def need_compiled(language: str) -> None:
    """FileNotFoundError says how to compile the pages' catalog of `language`."""
    language_module.need_compiled(language, DOMAIN, LOCALES)


def sentence(text: str, language: str) -> str:
    """A sentence of the core in that language."""
    if language == DEFAULT or not text:
        return text
    from firmware.sentences import translated  # a third of a megabyte, and 3 MB once it was asked

    return translated(text, catalog(language).gettext)


def choose(switch: str | None, accept_language: str, site: str | None) -> str:
    """The user's own switch, else the browser's first language that the box speaks, else the site's."""
    wanted = [switch or "", *_accepted(accept_language), site or ""]
    return next((tag for tag in wanted if tag in NAMES), DEFAULT)


def _accepted(header: str) -> Iterable[str]:
    """Primary language tags of Accept-Language (RFC 9110, section 12.5.4), most wanted first."""
    ranked = []
    for position, part in enumerate(header.split(",")[:20]):
        tag, _, parameter = part.strip().partition(";")
        ranked.append((-_weight(parameter), position, tag.split("-")[0].lower()))
    return [tag for weight, _, tag in sorted(ranked) if weight < 0]


def _weight(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0


@cache
def zone(name: str) -> ZoneInfo:
    """The site's time zone; UTC when it is unknown on this machine."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def zone_countries() -> Mapping[str, str]:
    """The country (ISO 3166-1, lower case) of each time zone that belongs to one."""
    from babel.core import get_global

    return {zone: country.lower() for zone, country in get_global("zone_territories").items()}
