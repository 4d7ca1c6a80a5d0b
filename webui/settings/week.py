# SPDX-License-Identifier: GPL-2.0-or-later
"""Opening hours as a form has them: each weekday with its times, each holiday with its days. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from webui.i18n import N_
from webui.settings.fields import Entered

Span = tuple[str, str]  # from and to, as HH:MM
MIDNIGHT = "24:00"
LEAP_YEAR = 2028  # in which 29 February exists
LEAST_ROWS = 2
WEEK = 7
DAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))


def span_of(text: str) -> Span:
    """ "08:00-12:00" as a form shows it; the end of the day is 00:00 there."""
    begin, _, end = text.partition("-")
    return begin, "00:00" if end == MIDNIGHT else end


def text_of(begin: str, end: str) -> str:
    """The other way round; "" when nothing was entered. Half a span stays, to be named by the check."""
    return f"{begin}-{MIDNIGHT if end == '00:00' else end}" if begin or end else ""


def by_day(hours: Mapping[str, Iterable[str]]) -> list[list[Span]]:
    """Monday first: what is open on each day."""
    days: list[list[Span]] = [[] for _ in range(WEEK)]
    for key, texts in hours.items():
        for day in _days(key):
            days[day] += [span_of(text) for text in texts]
    return [sorted(spans) for spans in days]


def key_of(hours: Mapping[str, Iterable[str]], day: int) -> str:
    """The key under which a day's times are."""
    return next((key for key in hours if day in _days(key)), "")


def _days(key: str) -> tuple[int, ...]:
    from firmware.config.hours import parse_days  # here: what firmware.config needs are 10 MB that few visitors need

    try:
        return parse_days(key)
    except ValueError:
        return ()


def spans_entered(form: Entered, name: str) -> list[str]:
    """Those of one day."""
    begins, ends = form.values.get(f"{name}.from", []), form.values.get(f"{name}.to", [])
    texts = [text_of(begin.strip(), end.strip()) for begin, end in zip_longest(begins, ends, fillvalue="")]
    return [text for text in texts if text]


def hours_entered(form: Entered) -> dict[str, list[str]]:
    """Days that follow each other with the same times are together: {"mon-fri": ["08:00-17:00"]}."""
    from firmware.config.hours import WEEKDAYS

    days = [spans_entered(form, f"day{day}") for day in range(WEEK)]
    hours: dict[str, list[str]] = {}
    first = 0
    for day, spans in enumerate(days):
        if day + 1 == len(days) or days[day + 1] != spans:
            if spans:
                hours[WEEKDAYS[day] if first == day else f"{WEEKDAYS[first]}-{WEEKDAYS[day]}"] = spans
            first = day + 1
    return hours


def holiday_of(text: str, year: int) -> dict[str, Any]:
    """ "12-24/12-26" as a form shows it: browsers want a year also where it is every year."""
    first, _, last = text.partition("/")
    yearly = len(first) == len("12-24")
    return {"first": _dated(first, year, yearly), "last": _dated(last, year, yearly) if last else "", "yearly": yearly}


def _dated(text: str, year: int, yearly: bool) -> str:
    if not yearly:
        return text
    return f"{LEAP_YEAR if text == '02-29' else year}-{text}"


def holidays_entered(form: Entered) -> list[str]:
    """The other way round."""
    found = []
    for row in range(len([name for name in form.values if name.startswith("holiday") and name.endswith(".first")])):
        first, last = form.one(f"holiday{row}.first"), form.one(f"holiday{row}.last")
        if form.one(f"holiday{row}.yearly"):
            first, last = first[5:], last[5:]
        if first or last:
            found.append(f"{first}/{last}" if last and last != first else first)
    return found
