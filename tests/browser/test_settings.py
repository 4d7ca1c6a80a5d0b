# SPDX-License-Identifier: GPL-2.0-or-later
"""An installer sets the office up through the pages: day and night, a prompt spoken into a telephone, a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from test_story import CALL_S, far_end, hears, open_bench

from firmware.store.access import Access
from tests.browser.conftest import PASSWORD

if TYPE_CHECKING:
    from conftest import RunningBox

pytestmark = pytest.mark.timeout(180)


def test_day_and_night_are_set_up_and_followed_before_anybody_calls(owner: Page, box: RunningBox) -> None:
    owner.goto(f"{box.url}/wizard/answer")
    owner.get_by_label("Words, spoken by the box").fill("Thank you for calling. For support press one.")
    owner.get_by_label("Key 1").select_option("queue:support")
    owner.get_by_role("button", name="Save").click()
    owner.wait_for_url(f"{box.url}/wizard")
    expect(owner.get_by_text("2 of 2 lines and trunks have a menu by day")).to_be_visible()

    owner.get_by_role("link", name="Try it").click()
    for day, time, target in (("2026-11-22", "20:00", "Voicemail 201 Alice"), ("2026-11-23", "09:30", "Menu main")):
        owner.get_by_label("Day", exact=True).fill(day)
        owner.get_by_label("Time", exact=True).fill(time)
        owner.get_by_role("button", name="Follow it").click()
        expect(owner.locator(".verdict")).to_have_text(target)
        expect(owner.locator(".way .box.taken").last).to_contain_text(target)

    owner.goto(f"{box.url}/settings/menus/main")
    owner.get_by_label("Key 3").select_option("external:")
    owner.locator('input[name="key2.number"]').fill("95551234")
    owner.get_by_label("Key 2").select_option("ivr:+")
    owner.get_by_role("button", name="Save").click()
    expect(owner.locator(".branches .menu-node")).to_contain_text("main-2")
    expect(owner.locator(".tree")).to_contain_text("Number outside 95551234")
    _is_logged_out_in_mid_form(owner, box)


def _is_logged_out_in_mid_form(owner: Page, box: RunningBox) -> None:
    """Whoever logs in again finds the form as it was typed, and saves it with one press."""
    owner.goto(f"{box.url}/settings/conferences/new")
    owner.get_by_label("Name").fill("board")
    owner.get_by_label("Number").fill("700")
    Access(box.state).end_sessions("owner")
    owner.get_by_role("button", name="Save").click()
    owner.get_by_label("Name").fill("owner")
    owner.get_by_label("Password", exact=True).fill(PASSWORD)
    owner.get_by_role("button", name="Log in", exact=True).click()
    expect(owner.get_by_text("You had been logged out")).to_be_visible()
    expect(owner.get_by_label("Number")).to_have_value("700")
    owner.get_by_role("button", name="Save").click()
    expect(owner.locator("#rooms")).to_contain_text("board")
    owner.get_by_role("button", name="Undo").click()
    expect(owner.locator("#rooms")).not_to_contain_text("board")


def test_a_prompt_is_spoken_into_a_telephone_that_the_page_rings(owner: Page, box: RunningBox) -> None:
    open_bench(owner)
    page = owner.context.new_page()
    page.goto(f"{box.url}/settings/prompts")
    form = page.locator("#record")
    form.get_by_label("Name").fill("closed")
    form.get_by_role("button", name="Ring it").click()
    expect(page.get_by_text("201 rings now")).to_be_visible()
    owner.bring_to_front()
    phone = far_end(owner, "fxs1")
    expect(phone).to_have_attribute("data-ringing", "true", timeout=CALL_S)
    phone.get_by_role("button", name="Pick up").click()
    hears(owner, "fxs1")
    phone.get_by_label("What you say").select_option("test")
    owner.wait_for_timeout(6000)  # until after the tone, and some words
    phone.get_by_label("What you say").select_option("silence")
    phone.locator('[data-digit="#"]').click()
    hears(owner, "fxs1")  # what was said
    phone.locator('[data-digit="1"]').click()
    expect(page.locator("#prompt-any-closed")).to_be_visible(timeout=CALL_S)
