# SPDX-License-Identifier: GPL-2.0-or-later
"""The REST API of CONTRACT.md as a script meets it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import office
import pytest
from fake_core import CoreError, FakeCore
from web_client import Browser
from web_service import wait_until

from firmware import countries

Token = Callable[[str], str]


@pytest.fixture
def admin(live_url: str, token: Token) -> Browser:
    return Browser(live_url, token("admin"))


def error_of(answer: object) -> dict[str, object]:
    error = answer.json["error"]  # type: ignore[attr-defined]
    assert {"code", "message", "field"} <= set(error)
    assert error["message"]
    return error


def test_health_is_open_to_everybody_and_says_which_service_is_down(url: str) -> None:
    health = Browser(url).get("/api/v1/health")
    assert health.status == 200
    assert health.json["status"] == "degraded"
    assert health.json["services"]["core"] == "down"
    assert health.json["services"]["web"] == "up"
    assert health.json["version"]


def test_health_knows_the_core(live_url: str) -> None:
    assert Browser(live_url).get("/api/v1/health").json["services"]["core"] == "up"


def test_without_a_token_nothing_else_is_told(live_url: str) -> None:
    for path in ("ports", "calls", "calls/active", "queues", "agents", "recordings", "config", "events", "alarms"):
        answer = Browser(live_url).get(f"/api/v1/{path}")
        assert answer.status == 401
        assert error_of(answer)["code"] == "unauthorized"
        assert "Bearer" in answer.headers["www-authenticate"]


def test_a_wrong_token_is_refused_even_with_a_session(owner: Browser) -> None:
    assert owner.get("/api/v1/calls").status == 200
    assert owner.get("/api/v1/calls", Authorization="Bearer nonsense").status == 401


def test_every_country_has_its_name_in_each_language_of_the_pages(admin: Browser, core: FakeCore) -> None:
    core.answers["countries"] = [{"code": code, "name": "", "emergency": ["112"]} for code in countries.codes()]
    names = {country["code"]: country["names"] for country in admin.get("/api/v1/countries").json}
    assert names["de"] == {"en": "Germany", "zh": "德国"}
    assert names["sa"]["zh"] == "沙特阿拉伯"
    assert all(re.search(r"[\u4e00-\u9fff]", name["zh"]) and name["en"] != code for code, name in names.items())


def test_ports_calls_queues_and_agents_are_the_cores_picture(admin: Browser) -> None:
    ports = admin.get("/api/v1/ports").json
    assert [port["id"] for port in ports] == ["fxo1", "fxo2", "fxs1", "fxs2", "fxs3", "fxs4"]
    assert {"id", "kind", "state", "name"} <= set(ports[0])
    assert admin.get("/api/v1/calls/active").json == []
    assert admin.get("/api/v1/queues/support").json == admin.get("/api/v1/queues").json[0]
    assert [agent["id"] for agent in admin.get("/api/v1/agents").json] == ["alice", "bob"]


def test_what_needs_the_core_says_so_while_it_is_away_and_history_goes_on(url: str, token: Token, state: Path) -> None:
    cdr = office.past_call(state, office.NOON)
    script = Browser(url, token("admin"))
    for path in ("ports", "calls/active", "queues", "agents"):
        answer = script.get(f"/api/v1/{path}")
        assert answer.status == 503
        assert error_of(answer)["code"] == "core_unavailable"
    assert script.send("POST", "/api/v1/calls", {"from": "201", "to": "202"}).status == 503
    assert script.get(f"/api/v1/calls/{cdr.id}").json["from_number"] == "5551234"


def test_ended_calls_come_by_pages_newest_first(admin: Browser, state: Path) -> None:
    made = [office.past_call(state, office.NOON + timedelta(minutes=n)).id for n in range(5)]
    found, cursor = [], ""
    for _ in range(3):
        page = admin.get(f"/api/v1/calls?limit=2{cursor}").json
        found += [cdr["id"] for cdr in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert found == made[::-1]
    assert page["next"] is None


def test_who_sends_far_too_much_still_hears_why(live_url: str, admin: Browser) -> None:
    answer = admin.ask("PUT", "/api/v1/config", b" " * (6 << 20), Content_Type="application/json")
    assert (answer.status, error_of(answer)["code"]) == (413, "body_too_large")


def test_a_call_has_the_fields_of_the_contract_and_its_trail(admin: Browser, state: Path) -> None:
    cdr = office.past_call(state, office.NOON)
    recording = office.recording_of(state, cdr)
    call = admin.get(f"/api/v1/calls/{cdr.id}").json
    assert call["started_at"] == "2026-11-20T12:00:00.000Z"
    assert call["disposition"] == "answered"
    assert call["hangup_cause"] == 16
    assert call["recordings"] == [recording.id]
    assert [step["event"] for step in call["trail"]][:2] == ["ringing", "caller_id"]
    listed = admin.get("/api/v1/calls").json["items"][0]
    names = "id direction from_number from_name to_number line trunk queue agent started_at answered_at ended_at wait_s"
    assert {*names.split(), "talk_s", "disposition", "hangup_cause", "hangup_by", "recordings"} <= set(listed)


def test_a_call_that_goes_on_is_found_by_its_id(admin: Browser, core: FakeCore) -> None:
    stream_free = office.active_call("0198-going-on", "talking")
    core.emit("call", stream_free)
    wait_until(lambda: bool(admin.get("/api/v1/calls/active").json))
    assert admin.get("/api/v1/calls/0198-going-on").json["active"]["state"] == "talking"


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "limit"), ("limit=many", "limit"), ("cursor=x", "cursor"), ("since=yesterday", "since"), ("q=1", "q")],
)
def test_a_wrong_parameter_is_named(admin: Browser, query: str, field: str) -> None:
    answer = admin.get(f"/api/v1/calls?{query}")
    assert answer.status == 422
    assert error_of(answer)["field"] == field


def test_calls_are_found_by_number_queue_agent_and_time(admin: Browser, state: Path) -> None:
    early = office.past_call(state, office.NOON, from_number="111", agent="bob")
    late = office.past_call(state, office.NOON + timedelta(days=1))
    assert [c["id"] for c in admin.get("/api/v1/calls?number=111").json["items"]] == [early.id]
    assert [c["id"] for c in admin.get("/api/v1/calls?agent=bob&queue=support").json["items"]] == [early.id]
    assert [c["id"] for c in admin.get("/api/v1/calls?since=2026-11-21T00:00:00Z").json["items"]] == [late.id]
    assert [c["id"] for c in admin.get("/api/v1/calls?until=2026-11-21T00:00:00+00:00").json["items"]] == [early.id]


def test_a_number_finds_its_calls_however_both_were_written(admin: Browser, state: Path) -> None:
    """On the pages as for programs; each call once."""
    came = [office.past_call(state, office.NOON, from_number=form) for form in ("2015550123", "+12015550123")]
    went = office.past_call(state, office.NOON, to_number="12015550123", direction="outbound")
    office.past_call(state, office.NOON, from_number="2015550124")
    ids = {call.id for call in (*came, went)}
    office.recording_of(state, came[1])
    for written in ("2015550123", "%2B1%20201-555-0123", "(201)%20555.0123"):
        for path in ("/api/v1/calls?", "/api/v1/exports/calls?format=json&since=2026-11-01&until=2026-11-30&"):
            found = admin.get(f"{path}number={written}").json
            items = found if isinstance(found, list) else found["items"]
            assert sorted(c["id"] for c in items) == sorted(ids), (path, written)
        assert [r["call"] for r in admin.get(f"/api/v1/recordings?number={written}").json["items"]] == [came[1].id]


def test_a_call_is_made_and_hung_up_through_the_core(admin: Browser, core: FakeCore) -> None:
    core.answers = {"call.originate": {"id": "0198"}, "call.hangup": {}}
    made = admin.send("POST", "/api/v1/calls", {"from": "201", "to": "5559876"})
    assert (made.status, made.json) == (201, {"id": "0198"})
    assert admin.ask("POST", "/api/v1/calls/0198/hangup").status == 200
    hang_up = ("call.hangup", {"id": "0198", "by": "admin"})
    assert core.asked[-2:] == [("call.originate", {"from": "201", "to": "5559876"}), hang_up]


def test_the_cores_own_errors_keep_their_code(admin: Browser, core: FakeCore) -> None:
    def refuse(params: object) -> object:
        raise CoreError("no_such_call", "There is no call x.")

    core.answers = {"call.hangup": refuse}
    answer = admin.ask("POST", "/api/v1/calls/x/hangup")
    assert answer.status == 404
    assert error_of(answer)["code"] == "no_such_call"


def test_an_agent_is_paused_with_a_reason(admin: Browser, core: FakeCore) -> None:
    core.answers = {"agent.set_state": office.agent("alice", "Alice", "paused", reason="lunch")}
    answer = admin.send("POST", "/api/v1/agents/alice/state", {"state": "paused", "reason": "lunch"})
    assert answer.json["reason"] == "lunch"
    assert core.asked[-1] == (
        "agent.set_state",
        {"id": "alice", "state": "paused", "reason": "lunch", "by": "admin", "via": "api"},
    )
    wrong = admin.send("POST", "/api/v1/agents/alice/state", {"state": "asleep"})
    assert (wrong.status, error_of(wrong)["field"]) == (422, "state")


@pytest.mark.parametrize(
    ("method", "path", "body", "allowed"),
    [
        ("GET", "/api/v1/calls", None, {"admin", "supervisor", "agent", "readonly"}),
        ("GET", "/api/v1/config", None, {"admin", "supervisor", "agent", "readonly"}),
        ("POST", "/api/v1/calls", {"from": "201", "to": "202"}, {"admin", "supervisor"}),
        ("POST", "/api/v1/calls/x/hangup", {}, {"admin", "supervisor"}),
        ("POST", "/api/v1/agents/alice/state", {"state": "paused"}, {"admin", "supervisor"}),
        ("PUT", "/api/v1/config", {"site": {}}, {"admin"}),
    ],
)
def test_each_role_may_do_its_own(
    live_url: str, core: FakeCore, token: Token, method: str, path: str, body: object, allowed: set[str]
) -> None:
    core.answers = {"call.originate": {}, "call.hangup": {}, "agent.set_state": {}, "config.apply": {"revision": 2}}
    for role in ("admin", "supervisor", "agent", "readonly"):
        script = Browser(live_url, token(role))
        answer = script.get(path) if body is None else script.send(method, path, body)
        assert (answer.status < 300) == (role in allowed), (role, answer.text)
        if role not in allowed:
            assert (answer.status, error_of(answer)["code"]) == (403, "denied")


def test_only_an_admin_sees_the_passwords_of_the_configuration(live_url: str, token: Token) -> None:
    full = Browser(live_url, token("admin")).get("/api/v1/config").json["document"]
    covered = Browser(live_url, token("readonly")).get("/api/v1/config").json["document"]
    assert full["extension"][1]["sip"]["password"] == "very-secret"
    assert covered["extension"][1]["sip"]["password"] == "********"


def test_the_configuration_is_applied_by_the_core_under_its_revision(admin: Browser, core: FakeCore) -> None:
    core.answers = {"config.apply": lambda params: {"revision": params["revision"] + 1}}
    shown = admin.get("/api/v1/config")
    assert shown.headers["etag"] == '"1"'
    body = {"document": shown.json["document"], "revision": shown.json["revision"]}
    assert admin.send("PUT", "/api/v1/config", body).json == {"revision": 2}
    bare = admin.send("PUT", "/api/v1/config", shown.json["document"], If_Match='"1"')
    assert bare.headers["etag"] == '"2"'
    assert core.asked[-1][1]["document"] == office.DOCUMENT
    assert error_of(admin.send("PUT", "/api/v1/config", {}, If_Match="yesterday"))["field"] == "If-Match"


def test_every_mistake_in_a_configuration_is_named_with_its_path(admin: Browser, core: FakeCore) -> None:
    def refuse(params: object) -> object:
        problems = [
            {"path": "site.country", "message": "there is no country xx"},
            {"path": "line[0].port", "message": "fxo9 is not there"},
        ]
        raise CoreError("config_invalid", "The configuration has 2 mistakes.", errors=problems)

    core.answers = {"config.apply": refuse}
    answer = admin.send("PUT", "/api/v1/config", {"site": {"country": "xx"}})
    error = error_of(answer)
    assert answer.status == 422
    assert (error["code"], error["field"]) == ("config_invalid", "site.country")
    assert [problem["path"] for problem in error["errors"]] == ["site.country", "line[0].port"]


def test_the_second_of_two_installers_is_told(admin: Browser, core: FakeCore) -> None:
    def refuse(params: object) -> object:
        raise CoreError("config_conflict", "The configuration was changed meanwhile.")

    core.answers = {"config.apply": refuse}
    answer = admin.send("PUT", "/api/v1/config", {}, If_Match='"1"')
    assert (answer.status, error_of(answer)["code"]) == (409, "config_conflict")


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "bad_json"),
        (b"[1]", "application/json", 400, "bad_json"),
        (b"[" * 100_000, "application/json", 400, "bad_json"),
        (b"from=201", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b" " * (1024 * 1024 + 1), "application/json", 413, "body_too_large"),
        (b'{"from": "201", "to": "202", "too": 1}', "application/json", 422, "invalid"),
        (b'{"from": 201, "to": "202"}', "application/json", 422, "invalid"),
        (b"", "application/json", 422, "invalid"),
    ],
)
def test_a_body_that_cannot_be_taken_is_told_in_the_one_form(
    admin: Browser, body: bytes, kind: str, status: int, code: str
) -> None:
    answer = admin.ask("POST", "/api/v1/calls", body, Content_Type=kind)
    assert (answer.status, error_of(answer)["code"]) == (status, code)


def test_unknown_addresses_and_methods_have_the_one_form(admin: Browser) -> None:
    assert error_of(admin.get("/api/v1/nothing"))["code"] == "not_found"
    wrong = admin.ask("DELETE", "/api/v1/config")
    assert (wrong.status, error_of(wrong)["code"]) == (405, "method_not_allowed")
    assert "PUT" in wrong.headers["allow"]
    for path in ("calls/x", "recordings/x", "recordings/x/audio", "queues/x"):
        answer = admin.get(f"/api/v1/{path}")
        assert answer.status == 404
        assert error_of(answer)["code"]


def test_a_mistake_of_ours_has_the_one_form_too(admin: Browser, core: FakeCore) -> None:
    core.answers = {"config.apply": {"no": "revision"}}
    answer = admin.send("PUT", "/api/v1/config", {})
    assert (answer.status, error_of(answer)["code"]) == (500, "internal_error")


def test_prometheus_reads_the_box_from_this_machine_without_a_token(live_url: str) -> None:
    answer = Browser(live_url).get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'tipring_up{service="core"} 1' in answer.text
    assert 'tipring_port_state{port="fxo1",kind="fxo",state="idle"} 1' in answer.text
    assert 'tipring_queue_waiting{queue="support"} 0' in answer.text
