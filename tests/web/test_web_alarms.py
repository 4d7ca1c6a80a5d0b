# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is told of alarms is set on a page, tested there, and asked for by the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import office
import pytest
from applying import applies
from fake_core import FakeCore
from web_client import Browser

from firmware import times
from firmware.records import Alarm, Severity
from firmware.store import history, notices
from firmware.store.config_db import ConfigDb

Token = Callable[..., str]
MAIL = {"server": "mail.example.com", "sender": "box@example.com"}


@pytest.fixture
def with_mail(core: FakeCore, state: Path) -> Path:
    applies(core, state)
    ConfigDb(state).apply(office.DOCUMENT | {"mail": MAIL}, "test")
    return state


def revision(owner: Browser) -> str:
    """That a new form is made from."""
    found = re.search(r'name="revision" value="(\d+)"', owner.get("/settings/channels/new?way=mail").text)
    assert found
    return found[1]


def channels(state: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = ConfigDb(state).current().document["alarm_channel"]
    return found


def test_a_channel_is_made_tested_and_deleted_on_its_page(live_url: str, owner: Browser, with_mail: Path) -> None:
    assert "/settings/channels/new?way=call" in owner.get("/settings/alarms").text
    form = owner.get("/settings/channels/new?way=mail").text
    assert 'name="mail"' in form
    assert 'name="snmp.community"' not in form
    at = revision(owner)
    wrong = owner.submit("/settings/channels/new", way="mail", name="office", mail="", cleared="on", revision=at)
    assert wrong.status == 422
    assert "Says nobody who is to be told" in wrong.text
    saved = owner.submit(
        "/settings/channels/new", way="mail", name="office", mail="a@example.com\nb@example.com", severity="error",
        areas="storage", quiet="22:00-07:00", cleared="on", revision=at,
    )  # fmt: skip
    assert saved.status == 303
    assert channels(with_mail) == [
        {"name": "office", "mail": ["a@example.com", "b@example.com"], "severity": "error", "areas": ["storage"],
         "quiet": "22:00-07:00"}
    ]  # fmt: skip
    assert owner.submit("/settings/channels/office/test", "/settings/channels/office").status == 303
    assert "This is only a test" in owner.get("/settings/channels/office/notices", HX_Request="true").text
    assert "a@example.com" in owner.get("/settings/alarms").text


@pytest.mark.parametrize(
    ("way", "fields", "expected"),
    [
        ("call", {"call": "201\n+15550100"}, {"call": ["201", "+15550100"]}),
        ("syslog", {"syslog.server": "log.example.com", "syslog.transport": "tls"},
         {"syslog": {"server": "log.example.com", "transport": "tls"}}),
        ("snmp", {"snmp.server": "192.0.2.9", "snmp.community": "harbour", "snmp.inform": "on"},
         {"snmp": {"server": "192.0.2.9", "community": "harbour"}}),
    ],
)  # fmt: skip
def test_each_way_has_its_form(
    live_url: str, owner: Browser, with_mail: Path, way: str, fields: dict[str, str], expected: dict[str, object]
) -> None:
    given = fields if way == "call" else fields | {"cleared": "on"}
    assert (
        owner.submit(f"/settings/channels/new?way={way}", way=way, name="one", revision=revision(owner), **given).status
        == 303
    )
    (channel,) = channels(with_mail)
    assert channel == {"name": "one", **expected}
    assert "harbour" not in owner.get("/settings/channels/one").text


def test_the_api_tells_of_channels_and_tests_them(url: str, token: Token, with_mail: Path) -> None:
    admin = Browser(url, token("admin"))
    ConfigDb(with_mail).apply(
        office.DOCUMENT | {"mail": MAIL, "alarm_channel": [{"name": "office", "mail": ["a@example.com"]}]}, "test"
    )
    [channel] = admin.get("/api/v1/alarms/channels").json
    assert (channel["way"], channel["to"], channel["severity"]) == ("mail", ["a@example.com"], "warning")
    made = admin.send("POST", "/api/v1/alarms/channels/office/test", {})
    assert (made.status, made.json["what"]) == (201, "test")
    [notice] = admin.get("/api/v1/alarms/channels/office/notices").json
    assert notice["text"] == notices.TEST_TEXT
    missing = admin.send("POST", "/api/v1/alarms/channels/other/test", {})
    assert (missing.status, missing.json["error"]["code"]) == (404, "no_such_alarm_channel")
    assert Browser(url, token("readonly")).get("/api/v1/alarms/channels").status == 403


def test_the_past_is_asked_for_while_call_control_is_away(url: str, token: Token, state: Path) -> None:
    alarm = Alarm("a1", "disk", Severity.ERROR, "The disk is full.", times.now())
    office.write(state, history.alarm_raised, alarm, False)
    office.write(state, history.alarm_cleared, "a1", times.now(), False)
    asked = Browser(url, token("readonly"))
    assert [item["kind"] for item in asked.get("/api/v1/alarms/history").json] == ["disk"]
    assert asked.get("/api/v1/alarms/history?state=standing").json == []
