# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers, digits and times as lists of system prompts that are played one after the other."""

from __future__ import annotations

from datetime import datetime

Words = list[str]


def digits(text: str) -> Words:
    """A number as it is dialled; what is no digit is left out."""
    return [f"digit-{digit}" for digit in text if digit in "0123456789"]


def number(n: int, language: str) -> Words:
    """A cardinal number of 0 to 9999; a larger one digit by digit."""
    if not 0 <= n <= 9999:
        return digits(str(n))
    return _chinese(n) if language == "zh" else _english(n)


def _english(n: int) -> Words:
    if n >= 1000:
        return [*_english(n // 1000), "thousand", *(_english(n % 1000) if n % 1000 else [])]
    if n >= 100:
        return [*_english(n // 100), "hundred", *(_english(n % 100) if n % 100 else [])]
    return _below_hundred(n)


def _below_hundred(n: int) -> Words:
    if n < 10:
        return [f"digit-{n}"]
    if n < 20 or n % 10 == 0:
        return [f"number-{n}"]
    return [f"number-{n - n % 10}", f"digit-{n % 10}"]


def _chinese(n: int, inside: bool = False) -> Words:
    """A gap in the places is one zero: 一千零五; after hundreds or thousands ten is one ten: 一百一十."""
    for worth, word in ((1000, "thousand"), (100, "hundred")):
        if n >= worth:
            rest = n % worth
            gap = ["digit-0"] if 0 < rest < worth // 10 else []
            return [f"digit-{n // worth}", word, *gap, *(_chinese(rest, True) if rest else [])]
    if inside and 10 <= n < 20:
        return ["digit-1", *_below_hundred(n)]
    return _below_hundred(n)


def count(n: int, what: str, language: str) -> Words:
    """So many of something that there are prompts for, `what` and `whats`: two new messages, 两条新留言."""
    how_many = ["two-of"] if n == 2 and language == "zh" else number(n, language)
    return [*how_many, what if n == 1 else f"{what}s"]


def duration(seconds: float, language: str) -> Words:
    """A time that has passed: seconds below a minute and a half, then minutes."""
    if seconds < 90:
        return count(max(1, round(seconds)), "wait-second", language)
    return count(round(seconds / 60), "wait-minute", language)


def key(pressed: str) -> str:
    """A key of the telephone."""
    return {"*": "key-star", "#": "key-hash"}.get(pressed, f"digit-{pressed}")


def time(at: datetime, language: str) -> Words:
    """The time of day, by twelve hours."""
    half, hour = "am" if at.hour < 12 else "pm", f"hour-{at.hour % 12 or 12}"
    if language == "zh":
        minutes = (["oh"] if at.minute < 10 else []) + [*number(at.minute, language), "minutes"]
        return [half, hour, *(minutes if at.minute else [])]
    if not at.minute:
        return [hour, half]
    return [hour, *(["oh"] if at.minute < 10 else []), *number(at.minute, language), half]


def date(at: datetime, now: datetime, language: str) -> Words:
    """A day, mostly one that has passed: tomorrow, today, yesterday, a day of the last week, or month and day."""
    days = (now.date() - at.date()).days
    if days in (-1, 0, 1):
        return [("tomorrow", "today", "yesterday")[days + 1]]
    if 1 < days < 7:
        return [f"weekday-{at.weekday()}"]
    return [f"month-{at.month}", f"day-{at.day}"]


def moment(at: datetime, now: datetime, language: str) -> Words:
    """Day and time."""
    return [*date(at, now, language), *time(at, language)]
