# SPDX-License-Identifier: GPL-2.0-or-later
"""Every page in both languages: fits a phone, works by keyboard, says nothing on the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page, expect

if TYPE_CHECKING:
    from conftest import RunningBox

pytestmark = pytest.mark.timeout(120)
PAGES = (
    "/",
    "/agents",
    "/agents/alice",
    "/desk",
    "/calls",
    "/recordings",
    "/call-backs",
    "/phones",
    "/messages",
    "/outside",
    "/bench",
)
SETTINGS = (
    "/settings", "/settings/hours", "/settings/hours/new", "/settings/menus", "/settings/menus/new", "/wizard/answer",
    "/settings/prompts", "/settings/plan", "/settings/groups", "/settings/limits", "/settings/classes",
    "/settings/codes", "/settings/waiting", "/settings/surveys/new",
)  # fmt: skip


def test_every_page_fits_a_phone_in_both_languages(owner: Page, box: RunningBox) -> None:
    owner.set_viewport_size({"width": 360, "height": 740})
    for language in ("中文", "English"):
        owner.goto(f"{box.url}/")
        owner.locator("details.menu > summary").click()
        owner.get_by_role("button", name=language).click()
        for path in (*PAGES, *SETTINGS):
            owner.goto(box.url + path)
            assert owner.evaluate("document.documentElement.scrollWidth") <= 360, (language, path)
            assert owner.evaluate("document.documentElement.lang")[:2] == ("zh" if language == "中文" else "en")


def test_the_keyboard_alone_logs_in_and_finds_the_calls(
    owner: Page, box: RunningBox, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context().new_page()
    page.goto(f"{box.url}/calls")
    page.keyboard.type("owner")
    page.keyboard.press("Tab")
    page.keyboard.type("harbour lamp seagull")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{box.url}/calls")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()


def test_live_changes_shift_nothing(owner: Page) -> None:
    shift = owner.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.value }))
                .observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done(sum), 2500);
        })"""
    )
    assert shift < 0.01


def test_a_page_is_light_and_asks_nobody_else(box: RunningBox, owner: Page) -> None:
    asked: list[str] = []
    sizes: list[int] = []
    owner.on("request", lambda request: asked.append(request.url))
    owner.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", "0"))))
    owner.goto(f"{box.url}/calls")
    assert all(url.startswith(box.url) for url in asked)
    assert sum(sizes) < 100_000
