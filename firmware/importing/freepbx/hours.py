# SPDX-License-Identifier: GPL-2.0-or-later
"""FreePBX's time groups as schedules: `09:00-17:00|mon-fri|*|*`, or one day of the year as a holiday of its own."""

from __future__ import annotations

import calendar
import re
from datetime import date

from firmware.config.hours import parse_days, parse_span
from firmware.importing.plan import Json

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}


class NotOurs(ValueError):
    """A time that a schedule cannot say."""


def schedule(times: list[str]) -> Json:
    """`hours` of a schedule that is open at all of these times. NotOurs says which of them it is not."""
    hours: dict[str, list[str]] = {}
    for text in times:
        span, days, of_month, months = (part.strip() for part in (text.split("|") + ["*"] * 4)[:4])
        if of_month not in ("*", "") or months not in ("*", ""):
            raise NotOurs(f'"{text}": days of the month and months can only be holidays here; set them by hand.')
        key = "mon-sun" if days in ("*", "") else days.lower()
        try:
            parse_days(key)
            hours.setdefault(key, []).append(_span(span))
        except ValueError as error:
            raise NotOurs(f'"{text}": {error}.') from None
    if not hours:
        raise NotOurs("It has no times.")
    return {"hours": hours}


def _span(text: str) -> str:
    """Asterisk's last minute is still in it: 17:00 there is 17:00 here, 23:59 is midnight."""
    if text in ("*", ""):
        return "00:00-24:00"
    begin, dash, end = text.partition("-")
    padded = [f"{int(hour):02d}:{minute}" for hour, minute in re.findall(r"(\d{1,2}):(\d\d)", f"{begin} {end}")]
    span = "-".join(padded) if dash else text
    span = span.removesuffix("23:59") + "24:00" if span.endswith("-23:59") else span
    parse_span(span)
    return span


def holidays(times: list[str]) -> list[str] | None:
    """The days of a group of nothing but whole days of the year; None when it is not that."""
    found = []
    for text in times:
        span, days, of_month, months = ([part.strip() for part in text.split("|")] + ["*"] * 4)[:4]
        day = _days(of_month, months)
        if span not in ("*", "", "00:00-23:59") or days not in ("*", "") or day is None:
            return None
        found.append(day)
    return found or None


def _days(of_month: str, months: str) -> str | None:
    month = MONTHS.get(months.lower()[:3]) if "-" not in months else None
    first, dash, last = of_month.partition("-")
    try:
        begin = date(2024, month or 0, int(first))
        end = date(2024, month or 0, int(last)) if dash else begin
    except ValueError:
        return None
    return f"{begin:%m-%d}" if begin == end else f"{begin:%m-%d}/{end:%m-%d}"
