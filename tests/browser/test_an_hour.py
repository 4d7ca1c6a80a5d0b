# SPDX-License-Identifier: GPL-2.0-or-later
"""An agent's and a supervisor's hour: who calls, a note, somebody listens in, a caller who waits is moved, the
wallboard, a hand-over by name, a call-back, a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from test_story import CALL_S, call_in, far_end, hears, open_bench

from firmware.api import Control
from firmware.store.access import Access
from tests.browser.conftest import PASSWORD

if TYPE_CHECKING:
    from conftest import RunningBox

pytestmark = pytest.mark.timeout(180)
CALLER, SHOWN = "2015550123", "(201) 555-0123"
WAITS = "2015550199"


def core(box: RunningBox, method: str, **params: Any) -> Any:
    with Control(box.state / "control.sock", 60.0) as control:
        return control.request(method, **params)


@pytest.fixture
def office(box: RunningBox) -> RunningBox:
    """Alice alone serves both queues, and says what came of each call; the caller is in the phone book."""
    document = core(box, "config.show")["document"]
    document["agent"] = [agent for agent in document["agent"] if agent["id"] == "alice"]
    document["agent"][0]["queues"] = {"support": 1, "sales": 1}
    document["queue"] = [
        {"name": name, "number": number, "wrap_up_s": 300, "dispositions": ["sale"]}
        for name, number in (("support", "600"), ("sales", "601"))
    ]
    document["disposition"] = [{"name": "sale", "label": "A sale", "key": "1"}]
    core(box, "config.apply", document=document, author="test")
    core(box, "contact.save", number="+1" + CALLER, name="Anna Smith")
    Access(box.state).create_user("alice", PASSWORD, "agent")
    return box


@pytest.fixture
def desk(office: RunningBox, new_context: Callable[..., BrowserContext]) -> Page:
    """Alice's browser, logged in at her desk."""
    page = new_context(permissions=["notifications"]).new_page()
    page.goto(f"{office.url}/desk")
    page.get_by_label("Name").fill("alice")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{office.url}/desk")
    return page


def pick_up(bench: Page, port: str) -> None:
    expect(far_end(bench, port)).to_have_attribute("data-ringing", "true", timeout=CALL_S)
    far_end(bench, port).get_by_role("button", name="Pick up").click()


def press(desk: Page, id: str) -> None:
    """Clicks a button of a part that is drawn anew now and then, once htmx knows it."""
    known = "id => document.getElementById(id)?.['htmx-internal-data'] !== undefined"
    desk.wait_for_function(known, arg=id, timeout=CALL_S)
    desk.locator(f'[id="{id}"]').click()


def hang_up(bench: Page, port: str) -> None:
    far_end(bench, port).get_by_role("button", name="Hang up").click()


def test_an_agents_and_a_supervisors_hour(owner: Page, desk: Page, office: RunningBox) -> None:
    open_bench(owner)
    supervisor = owner.context.new_page()
    a_call_is_taken(owner, desk)
    it_is_listened_to(owner, supervisor, office)
    a_caller_who_waits_is_moved(owner, supervisor, office)
    it_is_handed_over(owner, desk)
    a_customer_is_called_back(owner, desk, office)
    the_supervisor_looks_back(supervisor, office)
    what_was_typed_outlives_the_session(owner, supervisor, office)


def a_call_is_taken(bench: Page, desk: Page) -> None:
    call_in(bench, CALLER, "ANNA")
    pop_up = desk.locator("#pop-up")
    expect(pop_up).to_contain_text("Anna Smith", timeout=CALL_S)
    expect(pop_up).to_contain_text(SHOWN)
    assert "Anna Smith" in desk.title()
    call_in(bench, WAITS, "BEN", "fxo2")  # he waits, when he was greeted
    pick_up(bench, "fxs1")
    expect(pop_up).to_have_count(0, timeout=CALL_S)
    far_end(bench, "fxo1").get_by_label("What you say").select_option("test")
    hears(bench, "fxs1")
    desk.keyboard.press("n")
    desk.keyboard.type("wants a blue one")
    expect(desk.locator(".note-state")).to_contain_text("Kept at", timeout=CALL_S)


def it_is_listened_to(bench: Page, page: Page, office: RunningBox) -> None:
    page.goto(f"{office.url}/queues")
    with page.expect_response("**/queues/phone"):
        page.get_by_label("My phone").select_option("204")
    press(page, "listen-alice")
    pick_up(bench, "fxs4")
    hears(bench, "fxs4")
    hang_up(bench, "fxs4")


def a_caller_who_waits_is_moved(bench: Page, page: Page, office: RunningBox) -> None:
    waiter = page.locator("#queue-support .waiter", has_text="BEN")
    expect(waiter).to_be_visible(timeout=CALL_S)
    waiter.get_by_role("button", name="More …").click()
    page.locator("#orders").get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#queue-sales .waiter", has_text="BEN")).to_be_visible(timeout=CALL_S)
    page.goto(f"{office.url}/wallboard")
    expect(page.locator("#wall-sales [data-figure=waiting]")).to_contain_text("1", timeout=CALL_S)
    hang_up(bench, "fxo2")


def it_is_handed_over(bench: Page, desk: Page) -> None:
    desk.keyboard.press("Escape")
    desk.keyboard.press("t")
    desk.keyboard.type("car")
    desk.locator(".found li", has_text="Carol").get_by_role("button", name="Ask first").click()
    pick_up(bench, "fxs3")
    expect(desk.locator("#asked")).to_contain_text("on the phone", timeout=CALL_S)
    press(desk, "asked-hand-over")
    hears(bench, "fxs3")  # Anna
    hang_up(bench, "fxs1")
    hang_up(bench, "fxs3")
    press(desk, "code-sale")
    expect(desk.get_by_role("button", name="A sale")).to_have_attribute("aria-pressed", "true", timeout=CALL_S)
    expect(desk.locator("#note")).to_have_value("wants a blue one")


def a_customer_is_called_back(bench: Page, desk: Page, office: RunningBox) -> None:
    item = core(office, "call_back.add", queue="support", number="204", name="Dave")
    due = desk.locator(f"#due-{item['id']}")
    press(desk, f"call-{item['id']}")
    pick_up(bench, "fxs1")
    pick_up(bench, "fxs4")
    expect(due).to_have_count(0, timeout=CALL_S)
    hang_up(bench, "fxs4")
    hang_up(bench, "fxs1")
    expect(desk.get_by_text("No call now.").or_(desk.locator("#extend"))).to_be_visible(timeout=CALL_S)


def the_supervisor_looks_back(page: Page, office: RunningBox) -> None:
    page.goto(f"{office.url}/calls?number={CALLER}")
    page.locator("tbody tr[id^=row-] a").first.click()
    expect(page.get_by_text("wants a blue one")).to_be_visible()
    page.get_by_role("link", name="Recordings").click()
    page.locator("tbody tr[id^=recording-] a").last.click()
    page.locator("#note-text").fill("well done")
    page.locator("#note-text").press("Enter")
    expect(page.locator("#notes")).to_contain_text("well done")
    page.get_by_role("link", name="Reports").click()
    expect(page.locator("table.sheet tbody").first).to_contain_text("support")


def what_was_typed_outlives_the_session(bench: Page, supervisor: Page, office: RunningBox) -> None:
    """In a browser of its own: to be refused is an error on its console."""
    browser = bench.context.browser
    assert browser
    for page in (supervisor, bench):
        page.close()
    with browser.new_context(locale="en-US") as context:
        page = context.new_page()
        page.goto(f"{office.url}/recordings")
        logs_in(page)
        page.locator("tbody tr[id^=recording-] a").last.click()
        page.locator("#note-text").fill("ask her about the blue one")
        Access(office.state).end_sessions("owner")
        page.locator("#note-text").press("Enter")
        logs_in(page)
        expect(page.get_by_text("You had been logged out")).to_be_visible()
        page.get_by_role("button", name="Save it now").click()
        expect(page.locator("#notes")).to_contain_text("ask her about the blue one")
        expect(page.locator("#notes")).to_contain_text("well done")


def logs_in(page: Page) -> None:
    page.get_by_label("Name").fill("owner")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
