# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports by e-mail, the mail server and SMDR, as an owner sets them up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import office
import pytest
from applying import applies
from fake_core import FakeCore
from web_client import Answer, Browser

from firmware.store.config_db import ConfigDb


@pytest.fixture
def core(state: Path) -> Iterator[FakeCore]:
    with FakeCore(state, office.status()) as core:
        applies(core, state)
        yield core


def submit(browser: Browser, path: str, **fields: str) -> Answer:
    revision = re.search(r'name="revision" value="(\d+)"', browser.get(path).text)
    assert revision
    return browser.submit(path, path, revision=revision[1], **fields)


def test_a_report_is_sent_from_now_on(live_url: str, owner: Browser, state: Path) -> None:
    assert "need a mail server" in owner.get("/settings/reports").text
    sent = submit(owner, "/settings/mail", server="mail.example.com", sender="box@example.com", security="starttls")
    assert sent.status == 303
    shown = owner.get("/reports?of=calls&by=line").text
    address = shown.partition('href="/settings/reports/new')[2].partition('"')[0].replace("&amp;", "&")
    made = submit(
        owner, f"/settings/reports/new{address}", name="lines", to="a@example.com\r\nb@example.com", every="week",
        of="calls", by="line",
    )  # fmt: skip
    assert (made.status, made.headers["location"]) == (303, "/settings/reports?saved=1")
    (report,) = ConfigDb(state).current().document["report"]
    assert report == {
        "name": "lines", "to": ["a@example.com", "b@example.com"], "every": "week", "of": "calls", "by": "line"
    }  # fmt: skip
    assert "a@example.com, b@example.com" in owner.get("/settings/reports").text
    wrong = submit(owner, "/settings/reports/lines", name="lines", to="nobody", every="week", of="calls", by="line")
    assert wrong.status == 422
    assert "nobody" in wrong.text


def test_calls_go_to_a_serial_port_and_no_more(live_url: str, owner: Browser, state: Path) -> None:
    assert submit(owner, "/settings/smdr", port="/dev/ttyUSB0", baud="1200", flow="rtscts").status == 303
    assert ConfigDb(state).current().document["smdr"] == {"port": "/dev/ttyUSB0", "baud": 1200, "flow": "rtscts"}
    assert submit(owner, "/settings/smdr", port="/dev/ttyUSB0", format="{colour}", flow="none").status == 422
    assert submit(owner, "/settings/smdr", port="", flow="none").status == 303
    assert "smdr" not in ConfigDb(state).current().document


def test_a_reader_changes_nothing(live_url: str, token: Callable[[str], str]) -> None:
    supervisor = Browser(live_url, token("supervisor"))
    assert "/settings/reports/new" not in supervisor.get("/settings/reports").text
    assert "Send by e-mail" not in supervisor.get("/reports").text
    assert Browser(live_url, token("readonly")).get("/settings/reports").status == 403
