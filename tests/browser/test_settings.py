# SPDX-License-Identifier: GPL-2.0-or-later
"""An installer sets the office up through the pages: day and night, a prompt spoken into a telephone, a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import FilePayload, Page, expect
from test_story import CALL_S, far_end, hears, open_bench

from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from tests.browser.conftest import PASSWORD

if TYPE_CHECKING:
    from conftest import RunningBox

pytestmark = pytest.mark.timeout(240)
SLOW_MS = 60_000  # of what another process does that gives way to everything
PJSIP = """[310]
type=endpoint
context=house
[anna]
type=endpoint
context=house
"""
EXTENSIONS = """[house]
exten => 310,1,Dial(PJSIP/310)
exten => 311,1,Dial(PJSIP/anna)
exten => 30,1,Dial(PJSIP/310&PJSIP/anna,15)
exten => 99,1,AGI(weather.php)
"""


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
    _brings_what_another_system_knows(owner, box)


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


def _brings_what_another_system_knows(owner: Page, box: RunningBox) -> None:
    """From the wizard: two files of an Asterisk are chosen, looked at, taken over by one press, and back by another."""
    before = ConfigDb(box.state).current().document
    owner.goto(f"{box.url}/wizard")
    owner.get_by_role("link", name="From another system").click()
    files = {"pjsip.conf": PJSIP, "extensions.conf": EXTENSIONS}
    owner.get_by_label("Files").set_input_files(
        [FilePayload(name=name, mimeType="text/plain", buffer=text.encode()) for name, text in files.items()]
    )
    owner.get_by_role("button", name="Read them").click()
    expect(owner.get_by_text("Extension (2): 310, 311")).to_be_visible(timeout=SLOW_MS)
    expect(owner.get_by_text("Ring group (1): 30")).to_be_visible()
    expect(owner.get_by_text('Not understood: "exten => 99,1,AGI(weather.php)"')).to_be_visible()
    owner.get_by_label("Ring groups").uncheck()
    owner.get_by_role("button", name="Look again").click()
    expect(owner.get_by_text("left out")).to_be_visible(timeout=SLOW_MS)
    owner.get_by_role("button", name="Import", exact=True).click()
    expect(owner.get_by_text("Imported.")).to_be_visible(timeout=SLOW_MS)
    document = ConfigDb(box.state).current().document
    assert [item["number"] for item in document["extension"]][-2:] == ["310", "311"]
    assert not document.get("group")
    owner.get_by_role("link", name="Go on").click()
    owner.get_by_role("link", name="done From another system").click()
    owner.once("dialog", lambda dialog: dialog.accept())
    owner.get_by_role("button", name="Undo").click()
    expect(owner.get_by_text("What was imported was taken back")).to_be_visible(timeout=SLOW_MS)
    assert ConfigDb(box.state).current().document == before


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
