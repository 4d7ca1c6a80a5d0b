# SPDX-License-Identifier: GPL-2.0-or-later
"""Languages: which one a browser gets, and its catalog (gettext; compiled by `python -m webui.locale`)."""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping
from datetime import datetime
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
    """The catalog of `language`. FileNotFoundError says how to compile it."""
    try:
        return gettext.translation(DOMAIN, LOCALES, [language])
    except FileNotFoundError:
        raise _not_compiled(language) from None


def need_catalogs() -> None:
    """FileNotFoundError when one is not there; they are read when somebody speaks the language."""
    for language in NAMES:
        if gettext.find(DOMAIN, LOCALES, [language]) is None:
            raise _not_compiled(language)


def _not_compiled(language: str) -> FileNotFoundError:
    return FileNotFoundError(
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


def country_name(code: str, language: str) -> str:
    """A country by its ISO 3166-1 code as CLDR calls it: `Germany`, `德国`; the code when CLDR has none."""
    from babel import Locale  # larger than all else here, and seldom asked for

    return str(Locale(language).territories.get(code.upper(), code))


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def day(at: datetime, language: str) -> str:
    """`22 Nov 2026`, `2026年11月22日` (CLDR's medium and long date)."""
    if language == "zh":
        return f"{at.year}年{at.month}月{at.day}日"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def moment(at: datetime, now: datetime, language: str) -> str:
    """A time to come: `17:30` when it is today, else with its day."""
    text = f"{at:%H:%M}"
    return text if at.date() == now.date() else f"{day(at, language)} {text}"


def clock(at: datetime) -> str:
    """`14:05:09`."""
    return f"{at:%H:%M:%S}"


def duration(seconds: float | None) -> str:
    """`0:07`, `12:30`, `1:02:03`; an en dash when there is none."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(count: int | None, language: str) -> str:
    """`834 kB`, `1.2 MB` (SI prefixes)."""
    if count is None:
        return "–"
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} kB"
    return f"{count / 1_000_000:.1f} MB"
