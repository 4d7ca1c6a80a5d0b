# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents in the web: their own desk, their supervisor's page, the API, and that nobody does what is another's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import office
import pytest
from fake_core import CoreError, FakeCore
from web_client import Browser
from web_service import PASSWORD, wait_until

from firmware.ids import uuid7
from firmware.records import AgentChange, Change
from firmware.store import agents as store
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb

LAST = {"call": "c1", "queue": "support", "code": None, "codes": ["sale", "no_sale"], "required": True}


@pytest.fixture
def state(state: Path) -> Path:
    """The office has reasons and codes."""
    reasons = [{"name": "lunch", "label": "Lunch break", "key": "1"}, {"name": "training", "key": "2"}]
    codes = [{"name": "sale", "label": "A sale", "key": "1"}, {"name": "no_sale", "key": "2"}]
    ConfigDb(state).apply(office.DOCUMENT | {"pause_reason": reasons, "disposition": codes}, "test")
    return state


@pytest.fixture
def core(core: FakeCore) -> FakeCore:
    nothing = ("agent.set_state", "agent.disposition", "agent.wrap_up")
    core.answers = {"agents.today": office.today(), "call_backs": [], **{key: {} for key in nothing}}
    return core


def asked(core: FakeCore, method: str) -> dict[str, object]:
    return [params for name, params in core.asked if name == method][-1]


def test_an_agent_sees_the_own_desk(alice: Browser, core: FakeCore) -> None:
    page = alice.get("/desk").text
    assert "Lunch break" in page
    assert "35%" in page
    assert "Bob" not in page
    assert 'href="/desk"' in alice.get("/").text
    assert alice.get("/agents").status == 403


def test_an_agent_sets_the_own_state_only(alice: Browser, core: FakeCore) -> None:
    assert alice.submit("/agents/alice/state", "/", state="paused:lunch").status == 204
    said = {
        "id": "alice",
        "state": "paused",
        "reason": "lunch",
        "queue": "",
        "extension": "",
        "by": "alice",
        "via": "web",
    }
    assert asked(core, "agent.set_state") == said
    for path in ("/agents/bob/state", "/agents/bob/disposition", "/agents/bob/wrap-up"):
        assert alice.submit(path, "/", state="paused").status == 403, path


def test_wrap_up_shows_the_codes_of_the_call(alice: Browser, core: FakeCore) -> None:
    core.emit("agent", office.agent("alice", "Alice", "wrap_up", last_call=LAST))
    wait_until(lambda: "A sale" in alice.get("/desk").text)
    page = alice.get("/desk").text
    assert "Wrap-up goes on until one of these is chosen." in page
    assert alice.submit("/agents/alice/disposition", "/", code="sale", call="c1").status == 204
    assert asked(core, "agent.disposition") == {
        "id": "alice",
        "code": "sale",
        "call": "c1",
        "by": "alice",
        "via": "web",
    }
    assert alice.submit("/agents/alice/wrap-up", "/", extend_s="60").status == 204
    assert asked(core, "agent.wrap_up") == {"id": "alice", "extend_s": 60}


def test_what_the_core_refuses_is_said(alice: Browser, core: FakeCore) -> None:
    missing = "Say first what came of the last call: its disposition code is missing."
    core.answers["agent.set_state"] = lambda params: _raise(CoreError("disposition_required", missing))
    answer = alice.submit("/agents/alice/state", "/desk", state="available")
    assert answer.status == 409
    assert missing in answer.text


def _raise(error: Exception) -> None:
    raise error


def test_a_user_who_is_no_agent_is_told_so(live_url: str, state: Path, visitor: Browser) -> None:
    Access(state).create_user("carol", PASSWORD, "agent")
    visitor.submit("/login", name="carol", password=PASSWORD)
    assert "No agent has your name" in visitor.get("/desk").text


def test_a_supervisor_sees_all_agents_with_figures_and_buttons(owner: Browser, live_url: str, core: FakeCore) -> None:
    page = owner.get("/agents").text
    for words in ("Alice", "Bob", "Lunch break", "Queues today", "35%"):
        assert words in page
    assert owner.submit("/agents/bob/state", "/", state="paused:training").status == 204
    assert asked(core, "agent.set_state")["by"] == "owner"


def test_who_changed_what_is_on_the_agents_page(owner: Browser, live_url: str, state: Path) -> None:
    change = AgentChange(str(uuid7()), "bob", office.NOON, Change.PAUSED, "lunch", by="boss", via="web")
    office.write(state, store.recorded, [change])
    page = owner.get("/agents/bob").text
    for words in ("Paused: Lunch break", "by boss", "in the web"):
        assert words in page
    assert owner.get("/agents/nobody").status == 404


def test_the_api_of_agents(live_url: str, core: FakeCore, state: Path, token: Callable[[str], str]) -> None:
    office.write(state, store.recorded, [AgentChange(str(uuid7()), "bob", office.NOON, Change.READY, by="boss")])
    boss, bob = Browser(live_url, token("supervisor")), Browser(live_url, Access(state).create_token("agent", "bob"))
    assert boss.get("/api/v1/agents/bob").json["name"] == "Bob"
    assert boss.get("/api/v1/agents/nobody").status == 404
    assert [item["by"] for item in boss.get("/api/v1/agents/bob/changes").json["items"]] == ["boss"]
    assert len(boss.get("/api/v1/agent-changes").json["items"]) == 1
    assert [one["id"] for one in boss.get("/api/v1/statistics/today").json["agents"]] == ["alice", "bob"]
    assert [one["id"] for one in bob.get("/api/v1/statistics/today").json["agents"]] == ["bob"]
    assert bob.get("/api/v1/agents/alice/changes").status == 403
    assert bob.send("POST", "/api/v1/agents/bob/state", {"state": "available", "queue": "support"}).status == 200
    said = {"id": "bob", "state": "available", "queue": "support", "reason": "", "by": "bob", "via": "api"}
    assert asked(core, "agent.set_state") == said
    assert bob.send("POST", "/api/v1/agents/bob/disposition", {"code": "sale"}).status == 200
    assert bob.send("POST", "/api/v1/agents/alice/disposition", {"code": "sale"}).status == 403


@pytest.mark.parametrize("extend_s", [0, 4000, "60", True, None])
def test_more_wrap_up_is_a_number_of_seconds(live_url: str, token: Callable[[str], str], extend_s: object) -> None:
    answer = Browser(live_url, token("admin")).send("POST", "/api/v1/agents/bob/wrap-up", {"extend_s": extend_s})
    assert (answer.status, answer.json["error"]["field"]) == (422, "extend_s")


def test_the_live_page_offers_the_reasons(owner: Browser, live_url: str) -> None:
    page = owner.get("/").text
    assert 'value="paused:lunch"' in page
    assert 'value="paused"' not in page
