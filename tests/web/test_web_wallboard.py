# SPDX-License-Identifier: GPL-2.0-or-later
"""The wallboard: what it shows, live, with which colours; links for screens that nobody logs in at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import office
import pytest
from fake_core import FakeCore
from web_client import Browser, EventStream
from web_service import wait_until

from firmware import times
from firmware.records import Disposition
from firmware.store.config_db import ConfigDb
from webui.box import Box

Token = Callable[[str], str]
QUEUES = [{"name": "support", "number": "600"}, {"name": "sales", "number": "601", "wallboard": {"waiting_warn": 1}}]


@pytest.fixture
def new_state(new_state: Path) -> Path:
    """With two queues, in UTC."""
    site = office.DOCUMENT["site"] | {"timezone": "UTC"}
    ConfigDb(new_state).apply(office.DOCUMENT | {"site": site, "queue": QUEUES}, "test")
    return new_state


@pytest.fixture
def reader(url: str, token: Token) -> Browser:
    return Browser(url, token("readonly"))


@pytest.fixture
def listen() -> Iterator[Callable[[Browser, str], EventStream]]:
    opened: list[EventStream] = []

    def listen(browser: Browser, path: str) -> EventStream:
        opened.append(EventStream(browser, path))
        return opened[-1]

    yield listen
    for stream in opened:
        stream.close()


def caller(call: str, waited_s: float, **more: Any) -> dict[str, Any]:
    return {"call": call, "number": "5551234", "name": "", "since": office.ago(waited_s), "priority": 0,
            "callback": False} | more  # fmt: skip


def board(reader: Browser, *queues: str) -> list[dict[str, Any]]:
    query = "&".join(f"queue={name}" for name in queues)
    items: list[dict[str, Any]] = reader.get(f"/api/v1/wallboard?{query}").json["items"]
    return items


def queue_of(reader: Browser, name: str = "support") -> dict[str, Any]:
    return board(reader, name)[0]


def today(state: Path, count: int = 1, **more: Any) -> None:
    """Calls that ended a moment ago; on the stroke of midnight they are still of today."""
    for _ in range(count):
        office.past_call(state, max(times.now() - timedelta(seconds=5), _midnight()), **more)


def _midnight() -> Any:
    return times.now().replace(hour=0, minute=0, second=0, microsecond=0)


def test_callers_on_the_line_wait_and_call_backs_are_due(live_url: str, core: FakeCore, reader: Browser) -> None:
    waiting = [caller("c1", 100), caller("c2", 40), caller("c3", 500, callback=True)]
    core.emit("queue", office.queue(waiting=3, callers=waiting))
    wait_until(lambda: queue_of(reader)["waiting"] == 2)
    shown = queue_of(reader)
    assert shown["call_backs"] == 1
    assert shown["longest_wait_since"] == waiting[0]["since"]
    assert shown["tones"]["longest_wait"] == "alarm"
    assert shown["tones"]["waiting"] == ""


def test_thresholds_are_those_of_the_queue(live_url: str, core: FakeCore, reader: Browser) -> None:
    core.emit("queue", office.queue(name="sales", waiting=1, callers=[caller("c1", 1)]))
    wait_until(lambda: queue_of(reader, "sales")["waiting"] == 1)
    assert queue_of(reader, "sales")["tones"]["waiting"] == "warn"


def test_agents_are_counted_by_state_where_they_are_logged_in(live_url: str, core: FakeCore, reader: Browser) -> None:
    core.emit("queue", office.queue(name="sales"))
    for id, state, queues in (("alice", "wrap_up", ["support"]), ("bob", "paused", ["support", "sales"])):
        core.emit("agent", office.agent(id, id, state, logged_in=queues))
    wait_until(lambda: queue_of(reader)["agents"]["paused"] == 1)
    assert queue_of(reader)["agents"] == {"ready": 0, "talking": 0, "wrap_up": 1, "paused": 1}
    assert queue_of(reader, "sales")["agents"] == {"ready": 0, "talking": 0, "wrap_up": 0, "paused": 1}


def test_the_day_is_read_from_the_history(live_url: str, state: Path, reader: Browser) -> None:
    today(state, 6, wait_s=10.0)
    today(state, 1, wait_s=60.0, disposition=Disposition.ABANDONED, answered_at=None, talk_s=0.0)
    office.past_call(state, _midnight() - timedelta(hours=1))
    shown = queue_of(reader)
    assert (shown["offered"], shown["answered"], shown["abandoned"]) == (7, 6, 1)
    assert shown["tones"]["abandoned"] == "alarm"
    assert sum(hour["answered"] for hour in shown["hours"]) == 6
    assert queue_of(reader, "sales")["offered"] == 0


def test_an_answered_call_counts_at_once_and_only_once(
    live_url: str, state: Path, core: FakeCore, reader: Browser, box: Box
) -> None:
    assert queue_of(reader)["answered"] == 0
    talking = {"state": "talking", "wait_s": 7.0, "started_at": times.iso(times.now()), "agent": "alice"}
    core.emit("call", office.active_call("c1", **talking))
    wait_until(lambda: queue_of(reader)["answered"] == 1)
    assert queue_of(reader)["average_wait_s"] == 7.0
    cdr = office.past_call(state, times.now(), id="c1", wait_s=7.0)
    core.emit("call_ended", cdr.as_json())
    counts = set()
    wait_until(lambda: counts.add(queue_of(reader)["answered"]) or not box.today.awaits)
    assert counts == {1}
    assert queue_of(reader)["answered"] == 1


def test_a_caller_who_gives_up_is_seen_when_the_call_is_on_the_disk(
    live_url: str, state: Path, core: FakeCore, reader: Browser, listen: Callable[[Browser, str], EventStream]
) -> None:
    stream = listen(reader, "/wallboard/stream")
    stream.next("board")
    core.emit("call_ended", office.past_call(state, times.now(), id="c9").as_json() | {"id": "c8"})
    gone = {"disposition": Disposition.ABANDONED, "answered_at": None, "talk_s": 0.0}
    office.past_call(state, times.now(), id="c8", **gone)
    while figure(stream.next("board")[1], "abandoned") != "1":
        continue


def figure(html: str, name: str) -> str:
    """A figure of the first queue of the page."""
    found = re.search(rf'data-figure="{name}".*?<dd>(?:<[^>]*>)?([^<]*)', html, re.DOTALL)
    assert found, html
    return found[1]


def test_the_page_shows_what_the_address_says_and_follows_live(
    live_url: str, core: FakeCore, owner: Browser, listen: Callable[[Browser, str], EventStream]
) -> None:
    page = owner.get("/wallboard?queue=sales&colours=dark&at_once=1").text
    assert 'id="wall-sales"' in page
    assert 'id="wall-support"' not in page
    assert 'class="wall dark"' in page
    stream = listen(owner, "/wallboard/stream?queue=sales")
    assert [stream.next()[0] for _ in range(3)] == ["version", "board", "beat"]
    core.emit("queue", office.queue(name="sales", waiting=1, callers=[caller("c1", 1)]))
    html = stream.next("board")[1]
    assert figure(html, "waiting") == "1"
    assert 'id="wall-support"' not in html


def test_the_core_away_is_told_and_the_day_stays(
    url: str, state: Path, owner: Browser, listen: Callable[[Browser, str], EventStream]
) -> None:
    today(state, 2)
    stream = listen(owner, "/wallboard/stream")
    html = stream.next("board")[1]
    assert (figure(html, "waiting"), figure(html, "answered")) == ("–", "2")
    assert str(stream.next("beat")[1]).startswith("down ")
    with FakeCore(state, office.status()):
        while not str(stream.next("beat")[1]).startswith("up "):
            continue


def test_an_unknown_queue_is_nothing_to_show(live_url: str, owner: Browser, reader: Browser) -> None:
    assert "No queue to show" in owner.get("/wallboard?queue=%3Cscript%3E").text
    assert reader.get("/api/v1/wallboard?queue=nobody").json["error"]["code"] == "no_such_queue"


# ---- links ---------------------------------------------------------------------------------------


def link(live_url: str, token: Token, *queues: str) -> tuple[str, str]:
    """A new one: its id, and its path."""
    made = Browser(live_url, token("supervisor")).send(
        "POST", "/api/v1/wallboards", {"name": "Hall", "queues": list(queues)}
    )
    assert made.status == 201, made.text
    return made.json["id"], made.json["path"]


def test_a_link_shows_its_queues_and_nothing_else_without_a_log_in(
    live_url: str, token: Token, visitor: Browser, listen: Callable[[Browser, str], EventStream]
) -> None:
    _, path = link(live_url, token, "sales")
    page = visitor.get(f"{path}&queue=support")
    assert page.status == 200
    assert 'id="wall-sales"' in page.text
    assert 'id="wall-support"' not in page.text
    assert "/wallboards" not in page.text
    stream = listen(visitor, path.replace("/tv?", "/tv/stream?"))
    assert 'id="wall-support"' not in stream.next("board")[1]
    assert visitor.get("/wallboard").status == 303
    assert visitor.get("/api/v1/wallboard").status == 401


def test_a_revoked_link_goes_dark_at_once(
    live_url: str, token: Token, visitor: Browser, core: FakeCore, listen: Callable[[Browser, str], EventStream]
) -> None:
    id, path = link(live_url, token, "sales")
    _, other = link(live_url, token, "sales")
    gone, stays = (listen(visitor, one.replace("/tv?", "/tv/stream?")) for one in (path, other))
    for stream in (gone, stays):
        stream.next("board")
    assert Browser(live_url, token("admin")).ask("DELETE", f"/api/v1/wallboards/{id}").status == 200
    with pytest.raises(AssertionError, match="the stream ended"):
        gone.next("no event of this name")
    core.emit("queue", office.queue(name="sales", waiting=1, callers=[caller("c1", 1)]))
    while figure(stays.next("board")[1], "waiting") != "1":
        continue
    assert visitor.get(path).status == 403
    assert visitor.get(path.replace("/tv?", "/tv/stream?")).status == 403


def test_links_are_made_and_revoked_on_the_page(live_url: str, owner: Browser, visitor: Browser) -> None:
    made = owner.submit("/wallboards", name="Hall", queue="sales", colours="dark")
    address = re.search(r'value="(http[^"]+)"', made.text)
    assert address, made.text
    path = address[1].replace("&amp;", "&").removeprefix(live_url)
    assert 'class="wall dark"' in Browser(live_url).get(path).text
    assert "Hall" in owner.get("/wallboards").text
    action = re.search(r'action="(/wallboards/[^"]+/revoke)"', owner.get("/wallboards").text)
    assert action
    assert owner.submit(action[1], "/wallboards").status == 303
    assert Browser(live_url).get(path).status == 403
    assert "Hall" not in owner.get("/wallboards").text


def test_a_link_without_a_queue_or_a_name_is_refused_at_its_field(live_url: str, token: Token, owner: Browser) -> None:
    assert "Choose at least one queue." in owner.submit("/wallboards", name="Hall").text
    admin = Browser(live_url, token("admin"))
    wrong = admin.send("POST", "/api/v1/wallboards", {"name": "Hall", "queues": ["nobody"]})
    assert (wrong.status, wrong.json["error"]["field"]) == (404, "queues")
    assert admin.send("POST", "/api/v1/wallboards", {"name": "Hall", "queues": "sales"}).status == 422
    assert admin.send("POST", "/api/v1/wallboards", {"name": " ", "queues": ["sales"]}).json["error"]["field"] == "name"


def test_who_only_reads_makes_no_links(live_url: str, token: Token) -> None:
    reader = Browser(live_url, token("readonly"))
    assert reader.send("POST", "/api/v1/wallboards", {"name": "Hall", "queues": ["sales"]}).status == 403
    assert reader.get("/api/v1/wallboards").status == 403
    assert "A new link" not in reader.get("/wallboards").text


def test_thresholds_are_set_at_the_queue(live_url: str, state: Path, core: FakeCore, owner: Browser) -> None:
    core.answers["config.preview"] = {"revision": 2, "changes": [], "notices": []}
    page = owner.get("/settings/queues/sales").text
    assert 'name="wallboard.wait_alarm_s"' in page
    assert re.search(r'name="wallboard.waiting_warn"[^>]*value="1"', page)
