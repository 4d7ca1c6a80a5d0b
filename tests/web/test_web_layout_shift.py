# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing jumps under the reader's eyes, or under the hand, while calls come and go: measured in Chromium."""

from __future__ import annotations

from typing import Any

import office
import pytest
from fake_core import FakeCore
from playwright.sync_api import Page, expect
from web_client import Browser
from web_service import wait_until

from webui.auth import SESSION_COOKIE

PAGES = ("/", "/agents", "/wallboard")
SIZES = ((1280, 900), (360, 740))
MOST = 0.005  # of the viewport's area times distance; one row of a list that jumps is 0.01 and more
_OBSERVE = """window.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shifts += entry.value; }))
  .observe({ type: "layout-shift", buffered: false });"""
STATES = ("on_call", "wrap_up", "paused", "unavailable", "offered", "available")


@pytest.fixture
def pages(live_url: str, core: FakeCore, owner: Browser, chromium: Any) -> dict[str, Page]:
    """Each live page, wide and narrow."""
    core.answers["agents.today"] = office.today()
    opened = {}
    for width, height in SIZES:
        context = chromium.new_context(locale="en-US", viewport={"width": width, "height": height})
        context.add_cookies([{"name": SESSION_COOKIE, "value": owner.cookies[SESSION_COOKIE], "url": live_url}])
        for path in PAGES:
            page = opened[f"{path} at {width}"] = context.new_page()
            page.goto(f"{live_url}{path}")
    return opened


def test_nothing_shifts_while_calls_come_and_go(pages: dict[str, Page], core: FakeCore, box: Any) -> None:
    wait_until(lambda: box.streams.count == len(pages))
    for page in pages.values():
        page.evaluate(_OBSERVE)
    _rush_hour(core, next(iter(pages.values())))
    for name, page in pages.items():
        if name.startswith("/ "):
            expect(page.get_by_text("No calls at the moment")).to_be_visible(timeout=20_000)
    shifts = {name: page.evaluate("window.shifts") for name, page in pages.items()}
    assert max(shifts.values()) < MOST, shifts


def test_every_alarm_can_be_read_from_the_one_line_that_they_have(pages: dict[str, Page], core: FakeCore) -> None:
    page = pages["/ at 360"]
    expect(page.locator("#n-well")).to_be_visible()
    for id, severity, text in (("a1", "error", "fxo1 has no battery."), ("a2", "warning", "The disk is nearly full.")):
        core.emit("alarm", {"id": id, "kind": id, "severity": severity, "text": text, "raised_at": office.ago(0),
                            "cleared_at": None})  # fmt: skip
    expect(page.locator("#n-first")).to_contain_text("fxo1 has no battery.", timeout=20_000)
    expect(page.locator("#n-a2")).to_be_hidden()
    page.get_by_role("button", name="All 2").press("Enter")
    expect(page.locator("#n-a2")).to_be_visible()
    core.emit("alarm", {"id": "a3", "kind": "a3", "severity": "error", "text": "fxo2 too.", "raised_at": office.ago(0),
                        "cleared_at": None})  # fmt: skip
    expect(page.locator("#n-a3")).to_be_visible(timeout=20_000)  # it stays open
    page.keyboard.press("Escape")
    expect(page.locator("#n-a2")).to_be_hidden()


def _rush_hour(core: FakeCore, page: Page) -> None:
    """Calls wait, are taken, and end, the first of them first; agents go through all states; a line fails."""
    for n, state in enumerate(STATES):
        core.emit("call", office.active_call(f"c{n}"))
        core.emit(
            "call", office.active_call(f"c{n - 1}", "talking", agent="alice", connected_at=office.ago(0), wait_s=2.0)
        )
        waiting = [{"call": f"c{k}", "number": "5551234", "name": "ANNA", "since": office.ago(20 * k), "priority": 0,
                    "callback": k == 2} for k in range(n)]  # fmt: skip
        core.emit("queue", office.queue(waiting=n, callers=waiting))
        core.emit("agent", office.agent("alice", "Alice", state, reason="lunch" if state == "paused" else ""))
        core.emit("port", office.port("fxo1", "ringing" if n % 2 else "no_battery", "Main line"))
        page.wait_for_timeout(120)  # beyond what is drawn at once
    for id, text in (("a1", "fxo1 has no battery."), ("a2", "The disk is nearly full: " + "make room. " * 20)):
        core.emit("alarm", {"id": id, "kind": id, "severity": "error", "text": text, "raised_at": office.ago(0),
                            "cleared_at": None})  # fmt: skip
        page.wait_for_timeout(120)
    for n in range(-1, len(STATES)):
        core.emit("call_ended", office.active_call(f"c{n}"))
        page.wait_for_timeout(120)
