# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever the ACD says of an agent or a call can be read in Chinese."""

from __future__ import annotations

import re

import pytest

from firmware import acd, sentences

OWN_WORDS = {"{why}"}  # a sentence in itself


@pytest.mark.parametrize("code", acd.SENTENCES)
def test_every_reason_is_known_to_the_pages(code: str) -> None:
    template = re.sub(r"({\w+):[^}]+}", r"\1}", acd.SENTENCES[code])
    assert template in {*sentences.TEMPLATES, *OWN_WORDS}


@pytest.mark.parametrize("why", list(acd.GaveUp))
def test_every_way_out_of_a_queue_is_known_to_the_pages(why: acd.GaveUp) -> None:
    assert why.sentence in sentences.TEMPLATES
