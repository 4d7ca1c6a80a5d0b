# SPDX-License-Identifier: GPL-2.0-or-later
"""The main job through the pages: from the printed link to a recorded call, as a newcomer does it."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

if TYPE_CHECKING:
    from conftest import RunningBox

pytestmark = pytest.mark.timeout(180)
CALL_S = 30_000  # ms: greeting, offer and ring included


def far_end(page: Page, port: str) -> Locator:
    """A phone or a line of the bench."""
    return page.locator(f'.far[data-port="{port}"]')


def open_bench(page: Page) -> None:
    page.get_by_role("link", name="Bench").click()
    for port in ("fxo1", "fxo2", "fxs1", "fxs2", "fxs3", "fxs4"):
        expect(far_end(page, port)).to_have_attribute("data-open", "true")


def call_in(page: Page, number: str, name: str, port: str = "fxo1") -> None:
    """A line rings the box."""
    line = far_end(page, port)
    line.get_by_label("From number").fill(number)
    line.get_by_label("Name").fill(name)
    line.get_by_role("button", name="Call in").click()


def ringing_phone(page: Page) -> Locator:
    phone = page.locator('.far[data-kind="phone"][data-ringing="true"]').first
    expect(phone).to_be_visible(timeout=CALL_S)
    port = phone.get_attribute("data-port")
    assert port
    return far_end(page, port)


def hears(page: Page, port: str) -> None:
    """Until sound comes out of a far end's receiver."""
    page.wait_for_function(
        "port => Number(document.querySelector(`.far[data-port=${port}]`).dataset.level) > 0.02", arg=port
    )


def test_a_new_owner_sets_a_password_and_sees_the_ports(owner: Page) -> None:
    expect(owner.locator("#ports .port")).to_have_count(6)
    expect(owner.get_by_text("No calls at the moment")).to_be_visible()


def test_a_call_is_answered_queued_connected_recorded_and_listed(owner: Page, box: RunningBox) -> None:
    open_bench(owner)
    call_in(owner, "5551234", "ANNA")
    expect(far_end(owner, "fxo1")).to_have_attribute("data-hook", "off", timeout=CALL_S)
    hears(owner, "fxo1")  # the greeting
    phone = ringing_phone(owner)
    expect(phone.locator(".top-line")).to_contain_text("5551234", timeout=CALL_S)
    phone.get_by_role("button", name="Pick up").click()
    expect(phone).to_have_attribute("data-ringing", "false")
    far_end(owner, "fxo1").get_by_label("What you say").select_option("test")
    hears(owner, phone.get_attribute("data-port") or "")
    owner.wait_for_timeout(2000)  # they talk
    phone.get_by_role("button", name="Hang up").click()
    expect(far_end(owner, "fxo1")).to_have_attribute("data-hook", "on", timeout=CALL_S)

    owner.get_by_role("link", name="Calls").click()
    row = owner.locator("tbody tr[id^=row-]").first
    expect(row).to_contain_text("5551234")
    expect(row).to_contain_text("Answered")
    row.get_by_role("link").click()
    expect(owner.locator("ol.trail li").first).to_be_visible()
    owner.wait_for_function("() => document.querySelector('audio')?.duration > 1")
    with owner.expect_download() as download:
        owner.get_by_role("link", name="Download").click()
    assert download.value.path().stat().st_size > 8000
    a_recording_is_seen_and_heard(owner)


def a_recording_is_seen_and_heard(owner: Page) -> None:
    """Its outline is drawn, and a click in the middle of it plays from there."""
    owner.get_by_role("link", name="Recordings").click()
    owner.locator("tbody tr[id^=recording-] a").first.click()
    outline = owner.locator("#waveform")
    expect(outline).to_have_attribute("data-points", re.compile("[1-9]"), timeout=CALL_S)
    outline.click()
    owner.evaluate("document.getElementById('recording-audio').play()")
    owner.wait_for_function(
        "() => { const a = document.getElementById('recording-audio'); return a.currentTime > a.duration / 2 + 0.2; }"
    )


def test_the_live_page_follows_a_call_without_being_loaded_again(
    owner: Page, new_context: Callable[..., BrowserContext]
) -> None:
    context = owner.context
    live = context.new_page()
    live.goto(owner.url)
    live.evaluate("window.sameLoad = true")
    open_bench(owner)
    call_in(owner, "5559876", "BEN")
    expect(live.locator("#calls .call")).to_have_count(1, timeout=CALL_S)
    expect(live.locator('#port-fxo1[data-state="in_use"]')).to_be_visible(timeout=CALL_S)
    expect(live.locator("#calls")).to_contain_text("BEN")
    expect(far_end(owner, "fxo1")).to_have_attribute("data-hook", "off", timeout=CALL_S)
    far_end(owner, "fxo1").get_by_role("button", name="Hang up").click()
    expect(live.get_by_text("No calls at the moment")).to_be_visible(timeout=CALL_S)
    assert live.evaluate("window.sameLoad")


def test_a_phone_dials_another_phone_and_they_hear_each_other(owner: Page) -> None:
    open_bench(owner)
    caller, callee = far_end(owner, "fxs1"), far_end(owner, "fxs3")
    caller.get_by_role("button", name="Pick up").click()
    expect(caller).to_have_attribute("data-hearing", "dial_tone", timeout=CALL_S)
    number = callee.locator(".top-line").get_attribute("data-idle") or ""
    for digit in number:
        caller.locator(f'[data-digit="{digit}"]').click()
    expect(callee).to_have_attribute("data-ringing", "true", timeout=CALL_S)
    expect(caller).to_have_attribute("data-hearing", "ringback", timeout=CALL_S)
    callee.get_by_role("button", name="Pick up").click()
    caller.get_by_label("What you say").select_option("test")
    hears(owner, "fxs3")
    caller.get_by_role("button", name="Hang up").click()
    expect(callee).to_have_attribute("data-hearing", re.compile("silence|busy|congestion"), timeout=CALL_S)
    callee.get_by_role("button", name="Hang up").click()


def test_the_pages_say_that_the_core_died_and_come_back(owner: Page, box: RunningBox) -> None:
    pid = _pid_of(box, "firmware.core")
    os.kill(pid, signal.SIGKILL)
    expect(owner.get_by_text("Call control is not running.").first).to_be_visible()
    expect(owner.get_by_text("Call control is not running.")).to_have_count(0, timeout=CALL_S)
    expect(owner.locator("#ports .port")).to_have_count(6)


def _pid_of(box: RunningBox, module: str) -> int:
    """The process of this box that runs `module`."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().decode().split("\0")
        except OSError:
            continue  # it ended meanwhile
        if module in words and str(box.state) in words:
            return int(entry.parent.name)
    raise AssertionError(f"{module} does not run")
