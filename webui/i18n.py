# SPDX-License-Identifier: GPL-2.0-or-later
"""Languages: which one a browser gets, and its catalog (gettext; compiled by `python -m webui.locale`)."""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DOMAIN = "tipring"
LOCALES = Path(__file__).parent / "locale"
NAMES = {"en": "English", "zh": "中文"}
DEFAULT = "en"


def N_(text: str) -> str:
    """Marks a string for the catalogs; it is translated where it is shown."""
    return text


@cache
def catalog(language: str) -> gettext.NullTranslations:
    """The catalog of `language`; English texts are their own keys. FileNotFoundError says how to compile it."""
    if language == DEFAULT:
        return gettext.NullTranslations()
    need_compiled(language)
    return gettext.translation(DOMAIN, LOCALES, [language])


def need_compiled(language: str) -> None:
    """FileNotFoundError says how to compile the catalog of `language`. It is not read: not everybody asks for it."""
    if gettext.find(DOMAIN, LOCALES, [language]) is None:
        raise FileNotFoundError(
            f"The page texts for '{language}' are not compiled. Run `python -m webui.locale` (make run does)."
        )


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
