# SPDX-License-Identifier: GPL-2.0-or-later
"""A passkey is made in a real browser (with an authenticator of its own kind) and opens the box without a password."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, RunningBox

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def with_authenticator(page: Page) -> Page:
    """Chromium's virtual authenticator in place of a fingerprint reader."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


def test_a_passkey_opens_the_box_and_is_removed(box: RunningBox, new_context: Callable[..., BrowserContext]) -> None:
    page = with_authenticator(new_context().new_page())
    page.goto(box.ready["setup"].replace("127.0.0.1", "localhost"))  # a passkey is bound to a name
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.get_by_role("button", name="Set password and begin").click()
    page.wait_for_url("**/wizard")
    home = page.url.removesuffix("/wizard")
    page.goto(f"{home}/me")
    page.fill("#key-name", "Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Laptop")).to_be_visible()
    page.get_by_label("Account and language").click()
    page.locator("form[action='/logout'] button").click()
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(f"{home}/")
    page.goto(f"{home}/me")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Laptop")).to_have_count(0)
