# SPDX-License-Identifier: GPL-2.0-or-later
"""Accounts in the pages and the API: second step at log-in, own sessions, users, tokens, who came in."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from fake_core import FakeCore
from web_client import Browser
from web_service import PASSWORD

from firmware.store.access import Access
from webui.throttle import LIMIT, ROUNDS

OTHER = "lantern mussel pier"


def log_in(url: str, name: str = "owner", password: str = PASSWORD) -> Browser:
    browser = Browser(url)
    browser.submit("/login", name=name, password=password)
    return browser


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(time.time() + 30 * steps)


@pytest.fixture
def secret(owner: Browser) -> str:
    """The owner's app makes codes; the present one was used to turn them on."""
    shown = owner.submit("/me/totp/new", "/me").text
    found = re.search(r'mono">([A-Z2-7]{32})<', shown)
    assert found
    done = owner.submit("/me/totp", "/me", code=code(found[1]))
    assert "-" in done.text
    return found[1]


def test_the_password_alone_is_not_enough_once_codes_are_on(url: str, secret: str) -> None:
    browser = Browser(url)
    half = browser.submit("/login", name="owner", password=PASSWORD)
    assert half.status == 200
    assert browser.get("/").status == 303
    wrong = browser.submit("/login/code", "/login", code="000000")
    assert (wrong.status, browser.get("/").status) == (401, 303)
    assert browser.submit("/login/code", "/login", code=code(secret, 1)).status == 303
    assert browser.get("/").status == 200


def test_a_code_without_a_password_opens_nothing(url: str, secret: str) -> None:
    assert Browser(url).submit("/login/code", "/login", code=code(secret, 1)).status == 422


def test_codes_are_turned_off_with_the_password_only(owner: Browser, url: str, secret: str) -> None:
    assert owner.submit("/me/totp/off", "/me", present="wrong").status == 422
    assert owner.submit("/me/totp/off", "/me", present=PASSWORD).status == 303
    assert log_in(url).get("/").status == 200


def test_a_new_password_logs_other_browsers_out(owner: Browser, url: str) -> None:
    elsewhere = log_in(url)
    assert owner.submit("/me/password", "/me", present="wrong", password=OTHER, again=OTHER).status == 422
    assert owner.submit("/me/password", "/me", present=PASSWORD, password="short", again="short").status == 422
    assert owner.submit("/me/password", "/me", present=PASSWORD, password=OTHER, again=OTHER).status == 303
    assert (owner.get("/me").status, elsewhere.get("/me").status) == (200, 303)
    assert log_in(url, password=OTHER).get("/").status == 200


def test_a_browser_left_open_elsewhere_is_logged_out_from_here(owner: Browser, url: str) -> None:
    elsewhere = log_in(url)
    found = re.search(r"/me/sessions/(\w+)/end", owner.get("/me").text)
    assert found
    assert owner.submit(f"/me/sessions/{found[1]}/end", "/me").status == 303
    assert (owner.get("/").status, elsewhere.get("/").status) == (200, 303)


def test_guessing_goes_on_for_long_and_the_door_stays_shut(url: str, box: object) -> None:
    guesser = Browser(url)
    throttle = box.throttle  # type: ignore[attr-defined]
    throttle._window_s = 0.0  # the first doors open again at once
    for _ in range(LIMIT * ROUNDS):
        assert guesser.submit("/login", name="owner", password="guess").status == 401
    assert guesser.submit("/login", name="owner", password=PASSWORD).status == 429


@pytest.mark.parametrize("answer", ['{"id": "unknown"}', "no JSON", "[]", ""])
def test_a_passkey_that_is_not_known_opens_nothing(url: str, answer: str) -> None:
    browser = Browser(url)
    assert browser.submit("/login/passkey", "/login", answer=answer).status == 401  # nothing was asked for
    assert browser.get("/login/passkey").json["rpId"] == "127.0.0.1"
    assert browser.submit("/login/passkey", "/login", answer=answer).status == 401
    assert browser.get("/").status == 303


def test_users_are_made_changed_and_removed_by_the_owner_only(owner: Browser, url: str, state: Path) -> None:
    assert owner.submit("/users", "/users", name="anna", password="short", role="supervisor").status == 422
    owner.submit("/language", "/users", language="zh", next="/users")
    assert "密码太短" in owner.submit("/users", "/users", name="anna", password="short", role="supervisor").text
    owner.submit("/language", "/users", language="en", next="/users")
    assert owner.submit("/users", "/users", name="<b>", password=OTHER, role="supervisor").status == 422
    assert owner.submit("/users", "/users", name="anna", password=OTHER, role="supervisor").status == 303
    anna = log_in(url, "anna", OTHER)
    assert (anna.get("/").status, anna.get("/users").status) == (200, 403)
    assert owner.submit("/users/anna/role", "/users", role="readonly").status == 303
    assert Access(state).user("anna").role == "readonly"
    assert owner.submit("/users/owner/role", "/users", role="agent").status == 409  # the last owner
    assert owner.submit("/users/anna/password", "/users", password=PASSWORD).status == 303
    assert anna.get("/").status == 303
    assert owner.submit("/users/anna/delete", "/users").status == 303
    page = owner.get("/users").text
    for words in ("changed the users", "changed a role", "+ anna (supervisor)", "logged in"):
        assert words in page


def test_a_token_is_shown_once_and_void_when_revoked(owner: Browser, url: str) -> None:
    made = owner.submit("/tokens", "/users", name="wallboard", role="readonly").text
    found = re.search(r"tipring_[\w-]+", made)
    assert found
    assert found[0] not in owner.get("/users").text
    assert Browser(url, found[0]).get("/api/v1/calls").status == 200
    id = re.search(r"/tokens/([\w-]+)/revoke", owner.get("/users").text)
    assert id
    assert owner.submit(f"/tokens/{id[1]}/revoke", "/users").status == 303
    assert Browser(url, found[0]).get("/api/v1/calls").status == 401


def test_the_api_keeps_users_and_tokens_for_administrators(url: str, state: Path, token: Callable[[str], str]) -> None:
    admin, supervisor = (Browser(url, token(role)) for role in ("admin", "supervisor"))
    for path in ("/users", "/tokens", "/access-log"):
        assert supervisor.get(f"/api/v1{path}").status == 403
    assert admin.send("POST", "/api/v1/users", {"name": "bob", "password": OTHER, "role": "agent"}).json == {
        "name": "bob", "role": "agent", "totp": False, "queues": [], "extension": "",
    }  # fmt: skip
    assert admin.send("POST", "/api/v1/users", {"name": "bob", "password": OTHER, "role": "agent"}).status == 409
    wrong = admin.send("POST", "/api/v1/users", {"name": "eve", "password": "short", "role": "agent"})
    assert (wrong.status, wrong.json["error"]["field"]) == (422, "password")
    assert admin.send("PUT", "/api/v1/users/bob", {"role": "supervisor"}).json["role"] == "supervisor"
    assert admin.send("PUT", "/api/v1/users/nobody", {"role": "agent"}).status == 404
    for half in ({"role": "agent", "password": "short"}, {"role": "king", "password": PASSWORD}):
        assert admin.send("PUT", "/api/v1/users/bob", half).status == 422
    assert Access(state).user("bob").role == "supervisor"
    assert Access(state).verify("bob", OTHER)
    assert admin.ask("DELETE", "/api/v1/users/bob").status == 200
    made = admin.send("POST", "/api/v1/tokens", {"name": "crm", "role": "readonly"}).json
    assert Browser(url, made["token"]).get("/api/v1/calls").status == 200
    assert made["id"] in [one["id"] for one in admin.get("/api/v1/tokens").json["items"]]
    assert admin.ask("DELETE", f"/api/v1/tokens/{made['id']}").status == 200
    assert [one["what"] for one in admin.get("/api/v1/access-log").json["items"]][:2] == ["token", "token"]


def test_an_installer_sets_up_and_hears_nobody(url: str, core: FakeCore, token: Callable[[str], str]) -> None:
    core.answers |= {"config.apply": {"revision": 2}, "call.originate": {"id": "c"}, "bans": []}
    installer = Browser(url, token("installer"))
    assert installer.get("/api/v1/config").json["document"]["extension"][1]["sip"]["password"] == "very-secret"
    assert installer.send("PUT", "/api/v1/config", {"site": {}}).status == 200
    assert installer.send("POST", "/api/v1/calls", {"from": "201", "to": "202"}).status == 201
    for path in ("/voicemail/messages", "/users", "/tokens"):
        assert installer.get(f"/api/v1{path}").status == 403, path
    assert installer.send("POST", "/api/v1/calls/x/supervise", {"extension": "201", "mode": "listen"}).status == 403
