# SPDX-License-Identifier: GPL-2.0-or-later
"""How dates, times and amounts are written in each language and country, out of Babel's CLDR into `formats.json`.

`python -m webui.locale update` writes it. Babel itself would cost the web service 8 MB for its whole life.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from webui.formats import TABLE

COUNTRIES = Path(__file__).parents[2] / "firmware" / "countries"
NEUTRAL = {"en": "en_150", "zh": "zh"}
"""Where CLDR knows no habits of a country in a language. en_150 is English in Europe: 24 hours, day first."""


def table() -> dict[str, Any]:
    """What `formats.json` holds: distinct styles, which one is whose, and the names of countries."""
    countries = sorted(path.stem for path in COUNTRIES.glob("??.toml"))
    styles: list[dict[str, Any]] = []
    whose: dict[str, dict[str, int]] = {language: {} for language in NEUTRAL}
    for language, of in whose.items():
        for country in ("", *countries):
            style = _style(_locale(language, country))
            if style not in styles:
                styles.append(style)
            of[country] = styles.index(style)
    names = {language: _names(language, countries) for language in NEUTRAL}
    return {"cldr": get_global("cldr")["version"], "styles": styles, "whose": whose, "countries": names}


def _locale(language: str, country: str) -> Locale:
    for name in (f"{language}_{country.upper()}", NEUTRAL[language]):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    raise UnknownLocaleError(language)


def _style(locale: Locale) -> dict[str, Any]:
    symbols, periods = locale.number_symbols["latn"], locale.day_periods["format"]["abbreviated"]
    return {
        "day": locale.date_formats["medium"].pattern,
        "clock": locale.time_formats["medium"].pattern,
        "minute": locale.time_formats["short"].pattern,
        "months": [locale.months["format"]["abbreviated"][month] for month in range(1, 13)],
        "halves": [periods["am"], periods["pm"]],
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "percent": locale.percent_formats[None].pattern.replace("#,##,##0", "#,##0").replace("#,##0", "{}"),
    }


def _names(language: str, countries: list[str]) -> dict[str, str]:
    known = Locale(language).territories
    return {country: str(known.get(country.upper(), country)) for country in countries}


def write() -> None:
    """Writes the table."""
    text = json.dumps(table(), ensure_ascii=False, indent=1, sort_keys=True)
    TABLE.write_text(text + "\n", encoding="utf-8")
