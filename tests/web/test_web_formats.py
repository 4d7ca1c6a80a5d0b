# SPDX-License-Identifier: GPL-2.0-or-later
"""Dates, times and amounts look as readers of a language in a country are used to; nothing on a page is left raw."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import dates, numbers

from webui.formats import TABLE, Formats, country_names
from webui.locale import cldr
from webui.locale.__main__ import WEBUI

AFTERNOON = datetime(2026, 9, 3, 14, 5, 9, tzinfo=UTC)
LOCALES = {("en", "us"): "en_US", ("en", "gb"): "en_GB", ("en", "de"): "en_DE", ("en", "cn"): "en_150",
           ("en", "au"): "en_AU", ("en", "fi"): "en_FI", ("zh", "cn"): "zh_Hans_CN", ("zh", "us"): "zh"}  # fmt: skip
TIMES = (AFTERNOON, AFTERNOON.replace(hour=0), AFTERNOON.replace(hour=12), AFTERNOON.replace(month=12, day=31))


@pytest.mark.parametrize(("whose", "locale"), LOCALES.items())
def test_dates_and_times_are_those_of_the_cldr(whose: tuple[str, str], locale: str) -> None:
    form = Formats(*whose, UTC)
    for at in TIMES:
        spoken = [dates.format_date(at, "medium", locale), *(dates.format_time(at, size, locale=locale)
                                                              for size in ("medium", "short"))]  # fmt: skip
        assert [form.day(at), form.clock(at), form.minute(at)] == [text.replace("\u202f", "\u00a0") for text in spoken]


@pytest.mark.parametrize(("whose", "locale"), LOCALES.items())
def test_amounts_are_those_of_the_cldr(whose: tuple[str, str], locale: str) -> None:
    form = Formats(*whose, UTC)
    for value in (0, 7, 1234.5, 1234567.891):
        assert form.amount(value, 2) == numbers.format_decimal(value, "#,##0.00", locale)
    assert form.percent(0.35) == numbers.format_percent(0.35, locale=locale)


def test_times_are_those_of_the_site_and_what_is_missing_is_a_dash() -> None:
    form = Formats("en", "us", ZoneInfo("Asia/Shanghai"))
    assert form.when("2026-11-22T20:00:00.000Z") == "Nov 23, 2026 4:00:00\u00a0AM"
    assert form.moment("2020-01-01T08:00") == "Jan 1, 2020 8:00\u00a0AM"
    assert [form.amount(None), form.percent(None), form.size(None)] == ["–", "–", "–"]
    assert [form.size(834_000), form.size(1_234_000), form.size(31_900_000_000)] == ["834 kB", "1.2 MB", "31.9 GB"]
    assert form.telephone("2015550123") == "(201) 555-0123"


def test_a_country_is_called_as_in_the_readers_language() -> None:
    assert (country_names("en")["de"], country_names("zh")["de"]) == ("Germany", "德国")


def test_the_table_is_what_babel_says() -> None:
    assert json.loads(TABLE.read_text()) == cldr.table(), "run python -m webui.locale update"


IN_TAGS = re.compile(r"{#.*?#}|<(?:[^<>{]|{{.*?}}|{%.*?%})*>", re.S)
SHOWN = re.compile(r"{{\s*(.+?)\s*}}", re.S)
RAW = re.compile(r"""[\w.\[\]'"]*(_at|_s|_ms|\bsince|\buntil|\bbytes|(from|to|caller)_number)['"\]]*( or .*)?""")


def test_no_template_shows_a_bare_time_duration_size_or_number() -> None:
    raw = {
        path.name: [shown for shown in SHOWN.findall(IN_TAGS.sub("", path.read_text())) if RAW.fullmatch(shown)]
        for path in sorted((WEBUI / "templates").glob("*.html"))
    }
    assert {name: found for name, found in raw.items() if found} == {}
    assert RAW.fullmatch("cdr.to_number or '–'")
    assert RAW.fullmatch("row['call'].started_at")
