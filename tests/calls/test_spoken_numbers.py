# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers and times are said as people of each language say them, by prompts that exist."""

from __future__ import annotations

import itertools
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from firmware.prompts import spoken

SYSTEM = Path(__file__).parents[2] / "firmware" / "prompts" / "system"
TEXTS = {path.stem: tomllib.loads(path.read_text()) for path in SYSTEM.glob("*.toml")}
NOW = datetime(2026, 11, 22, 15, 5)


def said(words: list[str], language: str) -> str:
    texts = [TEXTS[language][word].rstrip(".。") for word in words]
    return ("" if language == "zh" else " ").join(texts)


@pytest.mark.parametrize(
    ("number", "english", "chinese"),
    [
        (0, "zero", "零"),
        (12, "twelve", "十二"),
        (40, "forty", "四十"),
        (57, "fifty seven", "五十七"),
        (110, "one hundred ten", "一百一十"),
        (305, "three hundred five", "三百零五"),
        (1012, "one thousand twelve", "一千零一十二"),
        (2600, "two thousand six hundred", "二千六百"),
    ],
)
def test_numbers(number: int, english: str, chinese: str) -> None:
    assert said(spoken.number(number, "en"), "en") == english
    assert said(spoken.number(number, "zh"), "zh") == chinese


def test_messages_are_counted() -> None:
    assert said(spoken.count(1, "vm-new-message", "en"), "en") == "one new message"
    assert said(spoken.count(2, "vm-new-message", "en"), "en") == "two new messages"
    assert said(spoken.count(2, "vm-new-message", "zh"), "zh") == "两条新留言"
    assert said(spoken.count(12, "vm-saved-message", "zh"), "zh") == "十二条已保存的留言"


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [(0.2, "one second", "一秒"), (89, "eighty nine seconds", "八十九秒"), (125, "two minutes", "两分钟")],
)
def test_times_that_passed(seconds: float, english: str, chinese: str) -> None:
    assert said(spoken.duration(seconds, "en"), "en") == english
    assert said(spoken.duration(seconds, "zh"), "zh") == chinese


@pytest.mark.parametrize(
    ("at", "english", "chinese"),
    [
        (NOW, "today three oh five P M", "今天下午三点零五分"),
        (NOW + timedelta(days=1), "tomorrow three oh five P M", "明天下午三点零五分"),
        (NOW - timedelta(days=1, hours=6), "yesterday nine oh five A M", "昨天上午九点零五分"),
        (datetime(2026, 11, 18, 14, 30), "Wednesday two thirty P M", "星期三下午两点三十分"),
        (datetime(2026, 3, 21, 0, 0), "March twenty-first twelve A M", "三月二十一号上午十二点"),
    ],
)
def test_moments(at: datetime, english: str, chinese: str) -> None:
    assert said(spoken.moment(at, NOW, "en"), "en") == english
    assert said(spoken.moment(at, NOW, "zh"), "zh") == chinese


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_word_is_there(language: str) -> None:
    numbers = (spoken.number(n, language) for n in range(10_000))
    moments = (spoken.moment(NOW - timedelta(minutes=601 * n), NOW, language) for n in range(900))
    words = {word for words in itertools.chain(numbers, moments) for word in words}
    assert words <= set(TEXTS[language])
