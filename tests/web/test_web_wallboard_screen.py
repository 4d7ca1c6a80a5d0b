# SPDX-License-Identifier: GPL-2.0-or-later
"""The wallboard on a screen, in Chromium: it turns colours, sounds, says what is broken, and comes back by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import office
from fake_core import FakeCore
from playwright.sync_api import Page, expect
from web_service import wait_until

from webui import wallboards
from webui.box import Box

SOON_MS = 20_000


def opened(chromium: Any, live_url: str, box: Box) -> Page:
    """On a screen without a log-in, once its stream is there."""
    _, secret = box.wallboards.create("Hall", ["support"], "owner")
    page: Page = chromium.new_context(locale="en-US", viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(f"{live_url}/tv?key={secret}")
    wait_until(lambda: box.streams.count == 1)
    return page


def test_a_figure_turns_red_and_sounds_once(chromium: Any, live_url: str, box: Box, core: FakeCore) -> None:
    page = opened(chromium, live_url, box)
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("button", name="Sound")).to_have_attribute("aria-pressed", "true")
    waiting = [{"call": f"c{n}", "number": "", "name": "", "since": office.ago(5), "priority": 0, "callback": False}
               for n in range(6)]  # fmt: skip
    for _ in range(2):
        core.emit("queue", office.queue(waiting=6, callers=waiting, expected_wait_s=1))
        expect(page.locator('[data-figure="waiting"][data-tone="alarm"] dd')).to_have_text("6", timeout=SOON_MS)
    assert page.locator("#wall").get_attribute("data-rang") == "1"


def test_what_is_broken_is_told_and_mended_by_itself(chromium: Any, url: str, box: Box, state: Path) -> None:
    page = opened(chromium, url, box)
    told = page.get_by_role("status")
    expect(told).to_have_text("Call control is not running.", timeout=SOON_MS)
    with FakeCore(state, office.status()):
        expect(told).to_have_text("Live", timeout=SOON_MS)
        page.context.set_offline(True)
        page.evaluate("connect()")
        expect(told).to_have_text("No connection to the box.", timeout=SOON_MS)
        page.context.set_offline(False)
        expect(told).to_have_text("Live", timeout=SOON_MS)
    expect(told).to_have_text("Call control is not running.", timeout=SOON_MS)
    wallboards.Links(box, "owner", "").revoke(box.wallboards.all()[0].id)
    expect(page.get_by_role("heading", name="This link is void")).to_be_visible(timeout=SOON_MS)
