# SPDX-License-Identifier: GPL-2.0-or-later
"""What every program may rely on: sending something twice, how much it may ask, lists by pages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import office
import pytest
from fake_core import FakeCore
from web_client import Browser
from web_service import PASSWORD, wait_until

from firmware import times
from firmware.archive.notebook import Notebook
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing
from firmware.store.idempotency import KEPT, IdempotencyKeys
from webui.box import Box
from webui.rates import Rates

CALL = {"from": "201", "to": "5559876"}
Token = Callable[[str], str]


@pytest.fixture
def admin(live_url: str, token: Token) -> Browser:
    return Browser(live_url, token("admin"))


@pytest.fixture
def calling(core: FakeCore) -> FakeCore:
    made = iter(range(1000))
    core.answers["call.originate"] = lambda params: {"id": f"call-{next(made)}"}
    return core


def made(core: FakeCore) -> int:
    return sum(method == "call.originate" for method, _ in core.asked)


# ---- sending something twice ---------------------------------------------------------------------------------------


def test_the_same_key_gives_the_same_answer_and_does_nothing_twice(admin: Browser, calling: FakeCore) -> None:
    first, again = (admin.send("POST", "/api/v1/calls", CALL, Idempotency_Key="k1") for _ in range(2))
    assert (first.status, first.json) == (again.status, again.json) == (201, {"id": "call-0"})
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert made(calling) == 1
    assert admin.send("POST", "/api/v1/calls", CALL, Idempotency_Key="k2").json == {"id": "call-1"}
    assert admin.send("POST", "/api/v1/calls", CALL).json == {"id": "call-2"}


def test_a_key_of_another_request_is_refused(admin: Browser, calling: FakeCore) -> None:
    admin.send("POST", "/api/v1/calls", CALL, Idempotency_Key="k1")
    other = admin.send("POST", "/api/v1/calls", CALL | {"to": "1"}, Idempotency_Key="k1")
    elsewhere = admin.send("POST", "/api/v1/calls/x/hangup", {}, Idempotency_Key="k1")
    for answer in (other, elsewhere):
        assert (answer.status, answer.json["error"]["code"]) == (422, "idempotency_key_reused")
    assert made(calling) == 1


def test_another_program_may_use_the_same_key(live_url: str, token: Token, calling: FakeCore) -> None:
    for role in ("admin", "supervisor"):
        Browser(live_url, token(role)).send("POST", "/api/v1/calls", CALL, Idempotency_Key="k1")
    assert made(calling) == 2


def test_while_the_first_one_goes_on_the_second_is_told_so(admin: Browser, core: FakeCore) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(params: Any) -> Any:
        begun.set()
        assert go_on.wait(10)
        return {"id": "late"}

    core.answers["call.originate"] = slowly
    answers: list[Any] = []
    first = threading.Thread(
        target=lambda: answers.append(admin.send("POST", "/api/v1/calls", CALL, Idempotency_Key="k1"))
    )
    first.start()
    try:
        assert begun.wait(10)
        second = admin.send("POST", "/api/v1/calls", CALL, Idempotency_Key="k1")
    finally:
        go_on.set()
        first.join(10)
    assert (second.status, second.json["error"]["code"]) == (409, "request_in_progress")
    assert answers[0].status in (201, 503)  # 503 when this machine stood still for longer than the core is waited for


def test_what_was_not_done_is_done_with_the_same_key_later(url: str, token: Token, state: Path, box: Box) -> None:
    script = Browser(url, token("admin"))
    assert script.send("POST", "/api/v1/calls", CALL, Idempotency_Key="k1").status == 503
    with FakeCore(state, office.status()) as core:
        core.answers["call.originate"] = {"id": "call-0"}
        wait_until(lambda: box.live.up)
        assert script.send("POST", "/api/v1/calls", CALL, Idempotency_Key="k1").status == 201


def test_a_key_whose_request_the_box_did_not_survive_says_so(admin: Browser, state: Path, calling: FakeCore) -> None:
    admin.send("POST", "/api/v1/calls", CALL, Idempotency_Key="k1")
    db = open_for_writing(state / "config.db")
    db.execute("UPDATE idempotency_keys SET answer = NULL, process = 'a former one'")
    db.close()
    answer = admin.send("POST", "/api/v1/calls", CALL, Idempotency_Key="k1")
    assert (answer.status, answer.json["error"]["code"]) == (409, "outcome_unknown")


def test_a_new_tokens_secret_is_told_twice_and_lies_nowhere(admin: Browser, state: Path) -> None:
    wanted = {"name": "crm", "role": "readonly"}
    first, again = (admin.send("POST", "/api/v1/tokens", wanted, Idempotency_Key="k1").json for _ in range(2))
    assert first == again
    assert not [path for path in state.glob("config.db*") if first["token"].encode() in path.read_bytes()]


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\u00c3\u00bc"])
def test_a_key_that_cannot_be_one_is_named(admin: Browser, calling: FakeCore, key: str) -> None:
    answer = admin.send("POST", "/api/v1/calls", CALL, Idempotency_Key=key)
    assert (answer.status, answer.json["error"]["field"]) == (422, "Idempotency-Key")
    assert made(calling) == 0


@pytest.mark.parametrize("header", ["Idempotency_Key", "Authorization", "If_Match", "Cookie", "Accept_Language"])
def test_a_header_that_is_no_text_is_the_clients_fault(admin: Browser, header: str) -> None:
    answer = admin.send("POST", "/api/v1/calls", CALL, **{header: "\u00fc"})
    assert (answer.status, answer.json["error"]["code"]) == (400, "bad_request")
    assert admin.ask("GET", "/login", **{header: "\u00fc"}).status == 400


def test_keys_are_forgotten_after_a_day(state: Path) -> None:
    keys, now = IdempotencyKeys(state), times.now()
    assert keys.claim("k", "r", now) is None
    assert keys.claim("k", "r", now + KEPT - timedelta(seconds=1)) is not None
    assert keys.claim("k", "r", now + KEPT + timedelta(seconds=1)) is None


def test_keys_are_found_and_forgotten_by_their_indexes(state: Path) -> None:
    IdempotencyKeys(state)
    db = open_for_writing(state / "config.db")
    for sql in ("SELECT * FROM idempotency_keys WHERE key = ''", "DELETE FROM idempotency_keys WHERE at < ''"):
        plan = " ".join(row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}"))
        assert "USING INDEX" in plan, plan
    db.close()


# ---- how much ------------------------------------------------------------------------------------------------------


def test_each_program_has_an_allowance_of_its_own(url: str, token: Token, state: Path, box: Box) -> None:
    ConfigDb(state).apply(office.DOCUMENT | {"api": {"requests_per_minute": 3}}, "test")
    box._document = (float("-inf"), {})
    one, other = Browser(url, token("admin")), Browser(url, token("readonly"))
    answers = [one.get("/api/v1/config") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"default";q=3;w=60'
    assert answers[0].headers["ratelimit"].startswith('"default";r=2;t=')
    assert answers[3].json["error"]["code"] == "too_many_requests"
    assert 1 <= int(answers[3].headers["retry-after"]) <= 20
    assert other.get("/api/v1/config").status == 200
    guesses = [Browser(url, "guess").get("/api/v1/config").status for _ in range(4)]
    assert guesses == [401, 401, 401, 429]


def test_no_limit_is_none(url: str, token: Token, state: Path, box: Box) -> None:
    ConfigDb(state).apply(office.DOCUMENT | {"api": {"requests_per_minute": 0}}, "test")
    box._document = (float("-inf"), {})
    assert "ratelimit" not in Browser(url, token("admin")).get("/api/v1/config").headers


def test_an_allowance_fills_up_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    now, rates = [0.0], Rates()
    monkeypatch.setattr("webui.rates.time.monotonic", lambda: now[0])
    assert [rates.take("p", 60).left for _ in range(61)] == [float(left) for left in range(59, -2, -1)]
    now[0] = 1.0
    assert [rates.take("p", 60).left >= 0 for _ in range(2)] == [True, False]
    now[0] = 1000.0
    assert rates.take("p", 60).left == 59.0


# ---- lists by pages ------------------------------------------------------------------------------------------------


def walked(browser: Browser, path: str, limit: int) -> list[Any]:
    """All items of a list, by pages, each but the last one full."""
    items, cursor = [], ""
    for _ in range(20):
        page = browser.get(f"{path}?limit={limit}{cursor}").json
        items += page["items"]
        if page["next"] is None:
            return items
        assert len(page["items"]) == limit
        cursor = f"&cursor={page['next']}"
    raise AssertionError("the list does not end")


def test_lists_that_grow_go_on_where_the_page_before_ended(admin: Browser, state: Path, core: FakeCore) -> None:
    cdr = office.past_call(state, office.NOON)
    recording = office.recording_of(state, cdr)
    book = Notebook(state)
    for n in range(5):
        book.note(recording.id, 0.5 * (n // 2) / 10, f"note {n}", "anna")
    notes = walked(admin, f"/api/v1/recordings/{recording.id}/notes", 2)
    assert sorted(note["text"] for note in notes) == [f"note {n}" for n in range(5)]
    assert [note["at_s"] for note in notes] == sorted(note["at_s"] for note in notes)
    audit = walked(admin, f"/api/v1/recordings/{recording.id}/audit", 2)
    assert len({entry["id"] for entry in audit}) == len(audit) == 5
    for _ in range(4):
        Browser(admin.url).submit("/login", name="owner", password=PASSWORD)
    entries = walked(admin, "/api/v1/access-log", 3)
    assert [entry["id"] for entry in entries] == sorted((entry["id"] for entry in entries), reverse=True)
    assert len(entries) >= 4


def test_the_history_of_the_configuration_comes_by_pages(admin: Browser, core: FakeCore) -> None:
    steps = [{"revision": n, "at": office.ago(0), "author": "x", "changes": []} for n in range(7, 0, -1)]
    core.answers["config.history"] = lambda asked: [
        step for step in steps if step["revision"] < asked.get("before", 99)
    ][: asked["limit"]]
    assert walked(admin, "/api/v1/config/history", 3) == steps
    assert admin.get("/api/v1/config/history?before=3").json["items"] == steps[-2:]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("access-log?cursor=x", "cursor"),
        ("access-log?limit=0", "limit"),
        ("config/history?limit=1001", "limit"),
        ("erasures?limit=x", "limit"),
    ],
)
def test_a_place_that_no_list_has_is_named(admin: Browser, path: str, field: str) -> None:
    answer = admin.get(f"/api/v1/{path}")
    assert (answer.status, answer.json["error"]["field"]) == (422, field)
