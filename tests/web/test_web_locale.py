# SPDX-License-Identifier: GPL-2.0-or-later
"""Both languages are whole, and no template has a bare string."""

from __future__ import annotations

import re

import pytest

from webui import words
from webui.locale.__main__ import LANGUAGES, WEBUI, load, missing

PLACEHOLDER = re.compile(r"%\(\w+\)s")
TAG_OR_CODE = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>|&\w+;", re.S)
MAY_STAND = re.compile(r"[\s\d·–→.,:;()Tipring]*")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_lacks_a_translation(language: str) -> None:
    assert missing(language) == []


def test_translations_keep_the_placeholders() -> None:
    for message in load("zh"):
        if message.id:
            assert sorted(PLACEHOLDER.findall(message.id)) == sorted(PLACEHOLDER.findall(message.string)), message.id


def test_every_word_for_a_state_is_in_the_catalogs() -> None:
    known = {message.id for message in load("zh")}
    assert {text for kind in words.WORDS.values() for text in kind.values()} <= known


def test_templates_have_no_bare_strings() -> None:
    for path in sorted((WEBUI / "templates").glob("*.html")):
        left = TAG_OR_CODE.sub("", path.read_text())
        assert MAY_STAND.fullmatch(left), (path.name, left.strip())


def test_scripts_say_nothing_of_their_own() -> None:
    """What they show comes from the page, in its language."""
    for path in sorted((WEBUI / "static").glob("*.js")):
        code = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.M)
        assert re.findall(r"""["'`][A-Z][a-z]+ [a-z]""", code) == [], path.name
