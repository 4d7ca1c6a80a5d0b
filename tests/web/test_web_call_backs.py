# SPDX-License-Identifier: GPL-2.0-or-later
"""Customers who want to be called back, and what callers thought: by the API and on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import office
import pytest
from fake_core import CoreError, FakeCore
from test_web_extensions import asked, press
from web_client import Browser

from firmware.records import CallBack, CallBackState, SurveyAnswer
from firmware.store import call_backs

WAITING = CallBack("id1", "support", "5551234", office.NOON, office.NOON, office.NOON, "call1", "Anna Smith", tries=1,
                   reason="the customer did not answer")  # fmt: skip
KEPT = replace(WAITING, id="id2", name="<b>Bob</b>", state=CallBackState.KEPT, agent="alice", last_call="call2",
               started_at=office.NOON + timedelta(minutes=1), ended_at=office.NOON + timedelta(hours=1))  # fmt: skip


@pytest.fixture
def core(core: FakeCore, state: Path) -> FakeCore:
    for item in (WAITING, KEPT):
        office.write(state, call_backs.saved, item, False)
    core.answers |= {
        "call_backs": [{**WAITING.as_json(), "due": True}],
        "call_back.cancel": {**WAITING.as_json(), "state": "cancelled"},
        "call_back.add": WAITING.as_json(),
    }
    return core


@pytest.fixture
def supervisor(live_url: str, token: Callable[[str], str]) -> Browser:
    return Browser(live_url, token("supervisor"))


def test_they_are_listed_added_and_cancelled(core: FakeCore, supervisor: Browser) -> None:
    items = supervisor.get("/api/v1/call-backs").json["items"]
    assert [(item["id"], item["state"]) for item in items] == [("id2", "kept"), ("id1", "waiting")]
    assert [item["id"] for item in supervisor.get("/api/v1/call-backs?open=1").json["items"]] == ["id1"]
    assert supervisor.get("/api/v1/call-backs/waiting").json[0]["due"]
    wanted = {"queue": "support", "number": "5551234", "at": "2026-12-01T10:00:00Z"}
    assert supervisor.send("POST", "/api/v1/call-backs", wanted).status == 201
    assert asked(core, "call_back.add") == [{"name": "", **wanted}]
    assert supervisor.ask("DELETE", "/api/v1/call-backs/id1").json["state"] == "cancelled"
    assert supervisor.send("POST", "/api/v1/call-backs", {"number": "1"}).status == 422


def test_agents_see_them_but_do_not_cancel(core: FakeCore, live_url: str, token: Callable[[str], str]) -> None:
    agent = Browser(live_url, token("agent"))
    assert agent.get("/api/v1/call-backs").status == 200
    assert agent.ask("DELETE", "/api/v1/call-backs/id1").status == 403


def test_figures_of_a_survey(core: FakeCore, supervisor: Browser, state: Path) -> None:
    answers = [SurveyAnswer(f"call{n}", "happy", "friendly", n, office.NOON, "support", "alice") for n in (3, 4, 5)]
    office.write(state, call_backs.surveyed, answers, False)
    (figure,) = supervisor.get("/api/v1/surveys?since=2026-11-20T00:00:00Z&until=2026-11-21T00:00:00Z").json["items"]
    assert (figure["answered"], figure["mean"], figure["share"]) == (3, 4.0, 0.6667)
    assert supervisor.get("/api/v1/calls/call5/survey").json[0]["score"] == 5
    assert supervisor.get("/api/v1/surveys?until=never").status == 422


def test_the_page_shows_who_is_due_and_how_it_went(core: FakeCore, owner: Browser) -> None:
    text = owner.get("/call-backs").text
    for words in ("Anna Smith", "Due", "the customer did not answer", "Kept", "&lt;b&gt;Bob", "Alice", "/calls/call2"):
        assert words in text, words
    assert "<html" not in owner.get("/call-backs", HX_Request="true").text
    assert press(owner, "/call-backs/id1/cancel").status == 200
    assert asked(core, "call_back.cancel") == [{"id": "id1", "author": "web:owner"}]


def test_one_that_rings_already_is_not_cancelled(core: FakeCore, owner: Browser) -> None:
    def refuse(params: dict[str, str]) -> None:
        raise CoreError("being_called", "5551234 is being called back now: end that call.")

    core.answers["call_back.cancel"] = refuse
    answer = press(owner, "/call-backs/id1/cancel")
    assert answer.status == 409
    assert "being called back now" in answer.text


def test_without_call_control_the_past_is_shown(url: str, state: Path, token: Callable[[str], str]) -> None:
    office.write(state, call_backs.saved, KEPT, False)
    browser = Browser(url, token("supervisor"))
    assert len(browser.get("/api/v1/call-backs").json["items"]) == 1
    assert browser.get("/api/v1/call-backs/waiting").status == 503
