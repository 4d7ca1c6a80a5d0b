# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to a call to this number on Sunday at 20:00? The answer is drawn, and each box leads to its settings."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from fake_core import FakeCore
from test_web_before_saving import PLAIN, configs, core  # noqa: F401
from web_client import Browser

from firmware import countries
from firmware.config import check
from firmware.routing.simulate import Question, drawn, simulate

CONFIG = check(PLAIN | {"route": [{"line": "fxo1", "schedule": "day", "to": "ivr:main"},
                                  {"line": "fxo1", "to": "extension:201"}]})  # fmt: skip


@pytest.fixture(autouse=True)
def simulating(core: FakeCore) -> None:  # noqa: F811
    def answer(params: dict[str, Any]) -> Any:
        asked = Question(datetime.fromisoformat(params["at"]), params.get("line", ""), params["number"], params["from"])
        found = simulate(CONFIG, countries.load("us"), asked)
        return found.as_json() | {"picture": drawn(CONFIG, found).as_json()}

    core.answers["simulate"] = answer


def shown(browser: Browser, **asked: str) -> str:
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return browser.get(f"/settings/plan/simulate?{query}", HX_Request="true").text


def test_on_sunday_at_eight_the_way_is_drawn_with_what_was_not_taken(live_url: str, owner: Browser) -> None:
    page = shown(owner, way="line:fxo1", day="2026-11-22", clock="20:00")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert re.search(r"Line Main line \(fxo1\).*while day is open not taken Menu main", text)
    assert re.search(r"all other times taken Extension 201 Reception", text)
    assert 'href="/settings/hours/day"' in page
    assert 'class="box taken" href="/settings/extensions/201"' in page


def test_by_day_each_key_of_the_menu_leads_on(live_url: str, owner: Browser) -> None:
    page = shown(owner, way="line:fxo1", day="2026-11-23", clock="10:00")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert re.search(r"taken Menu main key 1 Queue support key 3 Menu opening key \* Say it again", text)
    assert 'href="/settings/menus/opening"' in page


def test_who_may_change_nothing_finds_no_links(live_url: str, token: Callable[[str], str]) -> None:
    page = shown(Browser(live_url, token("readonly")), way="line:fxo1", day="2026-11-23", clock="10:00")
    assert "Queue support" in page
    assert "<a " not in page
