# SPDX-License-Identifier: GPL-2.0-or-later
"""What the core says in English is read in the language of the page."""

from __future__ import annotations

import re

import pytest

from webui import i18n
from webui.sentences import TEMPLATES, translated

HAN = re.compile(r"[\u4e00-\u9fff]")


def chinese(sentence: str) -> str:
    return translated(sentence, i18n.catalog("zh").gettext)


def test_a_sentence_keeps_its_facts_in_chinese() -> None:
    assert chinese("is in wrap-up for 12 s more") == "事后处理中，还有 12 秒"
    assert chinese("longest idle: idle for 7 s, tier 1") == "空闲最久：已空闲 7 秒，第 1 梯队"
    assert "acme" in chinese("The trunk acme cannot register (403 Forbidden). Check its registrar and password.")


def test_a_reason_inside_a_sentence_is_translated_too() -> None:
    assert chinese("Refused: fxo1 has no route.") == "拒绝：fxo1 没有路由。"


def test_an_agents_own_words_stay_as_they_are() -> None:
    assert chinese("is paused (lunch)") == "已暂停（lunch）"
    assert chinese("gone to the dentist") == "gone to the dentist"


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_sentence_is_found_again_and_translated(template: str) -> None:
    said = re.sub(r"{\w+}", "7", template)
    assert HAN.search(chinese(said)), said
    assert translated(said, i18n.catalog("en").gettext) == said
