# SPDX-License-Identifier: GPL-2.0-or-later
"""Webhooks in the API and on their pages, and the page that describes the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import office
import pytest
from applying import applies
from fake_core import FakeCore
from web_client import Browser
from web_service import PASSWORD

from firmware import times
from firmware.store import webhooks
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from firmware.store.webhooks import DONE, Health
from webui.api import ROUTES
from webui.pages.api_reference import shape

SECRET = "a-secret-of-the-crm"
HOOK = {"name": "crm", "url": "https://crm.example.com/hook", "secret": SECRET}
Token = Callable[[str], str]


@pytest.fixture
def hooked(state: Path) -> Path:
    ConfigDb(state).apply(office.DOCUMENT | {"webhook": [HOOK]}, "test")
    return state


@pytest.fixture
def admin(hooked: Path, url: str, token: Token) -> Browser:
    return Browser(url, token("admin"))


def test_a_test_event_waits_and_its_way_is_told(admin: Browser, hooked: Path) -> None:
    [hook] = admin.get("/api/v1/webhooks").json
    assert (hook["name"], hook["waiting"], hook["disabled_at"]) == ("crm", 0, None)
    assert "tipring.call.ended" in hook["events"]
    made = admin.send("POST", "/api/v1/webhooks/crm/test", {})
    assert (made.status, made.json["state"], made.json["type"]) == (201, "waiting", "tipring.webhook.test")
    assert admin.get("/api/v1/webhooks/crm").json["waiting"] == 1
    office.write(hooked, webhooks.tried, made.json["id"], DONE, 204, "", times.now())
    listed = admin.get("/api/v1/webhooks/crm/deliveries?state=done").json["items"]
    assert [(item["id"], item["status"], item["tries"]) for item in listed] == [(made.json["id"], 204, 1)]
    again = admin.send("POST", f"/api/v1/webhooks/crm/deliveries/{made.json['id']}/retry", {})
    assert (again.json["state"], again.json["tries"]) == ("waiting", 0)


def test_deliveries_come_by_pages_newest_first(admin: Browser) -> None:
    made = [admin.send("POST", "/api/v1/webhooks/crm/test", {}).json["id"] for _ in range(5)]
    first = admin.get("/api/v1/webhooks/crm/deliveries?limit=3").json
    rest = admin.get(f"/api/v1/webhooks/crm/deliveries?limit=3&cursor={first['next']}").json
    assert [item["id"] for item in (*first["items"], *rest["items"])] == made[::-1]
    assert rest["next"] is None


def test_one_that_was_switched_off_is_tried_again_once_it_is_enabled(admin: Browser, hooked: Path) -> None:
    office.write(hooked, webhooks.set_health, "crm", Health(times.now(), times.now(), "it answered 410 Gone"))
    assert admin.get("/api/v1/webhooks/crm").json["reason"] == "it answered 410 Gone"
    refused = admin.send("POST", "/api/v1/webhooks/crm/test", {})
    assert (refused.status, refused.json["error"]["code"]) == (409, "webhook_disabled")
    assert admin.send("POST", "/api/v1/webhooks/crm/enable", {}).json["disabled_at"] is None
    assert admin.send("POST", "/api/v1/webhooks/crm/test", {}).status == 201


def test_webhooks_are_for_those_who_set_the_box_up(hooked: Path, url: str, token: Token) -> None:
    for role, status in (("installer", 200), ("supervisor", 403), ("agent", 403), ("readonly", 403)):
        assert Browser(url, token(role)).get("/api/v1/webhooks").status == status
    missing = Browser(url, token("admin")).get("/api/v1/webhooks/other")
    assert (missing.status, missing.json["error"]["code"]) == (404, "no_such_webhook")


def test_a_webhook_is_made_tested_and_looked_after_on_its_page(
    live_url: str, owner: Browser, core: FakeCore, state: Path
) -> None:
    applies(core, state)
    page = owner.get("/settings/webhooks/new").text
    proposed = re.search(r"whsec_[\w+/=]{32}", page)
    assert proposed
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    fields = {"name": "crm", "url": "https://crm.example.com/hook", "revision": revision[1]}
    wrong = owner.submit("/settings/webhooks/new", secret="short", **fields)
    assert wrong.status == 422
    saved = owner.submit("/settings/webhooks/new", secret=proposed[0], events="tipring.alarm.raised", **fields)
    assert saved.status == 303
    [item] = ConfigDb(state).current().document["webhook"]
    assert item == {"name": "crm", "url": fields["url"], "secret": proposed[0], "events": ["tipring.alarm.raised"]}
    assert "crm.example.com" in owner.get("/settings/programs").text
    assert owner.submit("/settings/webhooks/crm/test", "/settings/webhooks/crm").status == 303
    shown = owner.get("/settings/webhooks/crm").text
    assert "Send a test event" in shown
    assert proposed[0] not in shown
    part = owner.get("/settings/webhooks/crm/deliveries", HX_Request="true").text
    assert "Waits" in part
    office.write(state, webhooks.set_health, "crm", Health(times.now(), times.now(), "it answered 410 Gone"))
    assert "Enable it again" in owner.get("/settings/webhooks/crm").text
    assert owner.submit("/settings/webhooks/crm/enable", "/settings/webhooks/crm").status == 303
    assert "Enable it again" not in owner.get("/settings/webhooks/crm").text


def test_the_page_of_the_api_has_every_route_and_every_object(url: str, owner: Browser, state: Path) -> None:
    page = owner.get("/settings/programs/api").text
    for route in ROUTES:
        assert f'id="{"_".join([route.method.lower(), *re.findall(r"[a-zA-Z0-9_]+", route.path)])}"' in page, route
    assert "http://" not in re.sub(r"https?://[\w.]*(w3|example)[\w./-]*", "", page).replace(url, "")
    Access(state).create_user("anna", PASSWORD, "agent")
    agent = Browser(url)
    agent.submit("/login", name="anna", password=PASSWORD)
    assert agent.get("/settings/programs/api").status == 403


def test_schemas_are_told_in_a_line() -> None:
    told = shape({"type": "object", "properties": {"at": {"type": "string", "format": "date-time"},
                  "state": {"anyOf": [{"enum": ["new", "saved"]}, {"type": "null"}]}}, "required": ["at"]})  # fmt: skip
    assert told == '{"at": time, "state"?: "new" | "saved" | null}'
