# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of queues, live: who waits, orders to them, the supervisor's own phone, calls that are followed."""

from __future__ import annotations

from pathlib import Path

import office
import pytest
from fake_core import CoreError, FakeCore
from web_client import Browser, EventStream
from web_service import wait_until

from firmware import times
from firmware.records import TrailEvent
from firmware.store import history
from firmware.store.access import Access
from webui.box import Box

CALLER = {
    "call": "c1", "number": "5551234", "name": "ANNA", "since": office.ago(95), "priority": 2, "callback": False,
    "position": 1, "expected_wait_s": 75, "required": {"german": 5}, "offered_to": ["alice"],
}  # fmt: skip


@pytest.fixture
def floor(core: FakeCore, live_url: str, box: Box, owner: Browser) -> Browser:
    """Anna waits, bob talks; the owner looks on."""
    core.emit("queue", office.queue(waiting=1, callers=[CALLER]))
    core.emit("agent", office.agent("bob", "Bob", "on_call", call="c2"))
    core.emit("call", office.active_call("c2", "talking", from_name="BERT"))
    wait_until(lambda: bool(box.live.picture()["calls"]))
    return owner


def test_who_waits_is_shown_with_place_wait_skills_and_priority(floor: Browser) -> None:
    page = floor.get("/queues").text
    for words in ("ANNA", "german 5", "priority 2", "rings at Alice", "BERT", 'data-since="'):
        assert words in page
    assert "about" not in page, "her phone rings already"


def test_the_page_is_drawn_again_as_callers_come_and_go(floor: Browser, core: FakeCore) -> None:
    stream = EventStream(floor, "/queues/stream")
    assert {stream.next()[0], stream.next()[0]} == {"queues", "staff"}
    core.emit("queue", office.queue(waiting=1, callers=[CALLER | {"offered_to": [], "name": "ZOE"}]))
    drawn = stream.next("queues")[1]
    assert "ZOE" in drawn
    assert "about 1:15 more" in drawn
    stream.close()


def test_orders_go_to_the_core_with_who_gave_them(floor: Browser, core: FakeCore) -> None:
    core.answers |= dict.fromkeys((f"waiting.{order}" for order in ("move", "prioritise", "front", "assign")), None)
    csrf = floor.csrf("/queues")
    at, by = "/queues/callers/c1", {"id": "c1", "by": "owner"}
    for order, fields, asked in (
        ("front", {}, ("waiting.front", by)),
        ("priority", {"priority": "-3"}, ("waiting.prioritise", by | {"priority": -3})),
        ("assign", {"agent": "alice"}, ("waiting.assign", by | {"agent": "alice"})),
        ("move", {"queue": "sales", "keep_wait": "on"}, ("waiting.move", by | {"queue": "sales", "keep_wait": True})),
        ("move", {"queue": "sales"}, ("waiting.move", by | {"queue": "sales", "keep_wait": False})),
    ):
        answer = floor.post_form(f"{at}/{order}", csrf=csrf, **fields)
        assert (answer.status, answer.headers["hx-trigger"]) == (204, "orderDone")
        assert core.asked[-1] == asked
    assert floor.post_form(f"{at}/priority", csrf=csrf, priority="high").status == 422
    assert floor.post_form(f"{at}/dance", csrf=csrf).status == 404


def test_what_cannot_be_is_said_where_it_was_ordered(floor: Browser, core: FakeCore) -> None:
    def full(params: object) -> None:
        raise CoreError("queue_full", "sales takes no more callers: the queue was full.")

    core.answers["waiting.move"] = full
    assert "Move to" not in floor.get("/queues/callers/c1").text, "there is no other queue"
    fields = {"csrf": floor.csrf("/queues"), "queue": "sales"}
    body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
    kind = {"Content_Type": "application/x-www-form-urlencoded", "HX_Request": "true"}
    sheet = floor.ask("POST", "/queues/callers/c1/move", body, HX_Target="orders", **kind)
    assert sheet.status == 200
    assert "the queue was full" in sheet.text
    assert floor.ask("POST", "/queues/callers/c1/move", body, **kind).status == 409
    assert floor.get("/queues/callers/gone").status == 404


def test_listening_in_and_taking_a_call_ring_the_own_phone(floor: Browser, core: FakeCore, state: Path) -> None:
    core.answers |= {"call.supervise": {}, "waiting.pick": None}
    csrf = floor.csrf("/queues")
    assert floor.post_form("/queues/callers/c1/pick", csrf=csrf).status == 409
    assert floor.post_form("/queues/phone", csrf=csrf, extension="999").status == 422
    assert floor.post_form("/queues/phone", csrf=csrf, extension="203").status == 204
    assert Access(state).user("owner").extension == "203"
    assert '<option value="203" selected>' in floor.get("/queues").text
    assert floor.post_form("/queues/callers/c1/pick", csrf=csrf).status == 204
    assert core.asked[-1] == ("waiting.pick", {"id": "c1", "by": "owner", "extension": "203"})
    assert floor.post_form("/queues/calls/c2/supervise", csrf=csrf, mode="whisper").status == 204
    supervised = {"id": "c2", "by": "owner", "extension": "203", "mode": "whisper", "wait": False}
    assert core.asked[-1] == ("call.supervise", supervised)


def test_who_may_only_look_has_no_buttons(live_url: str, state: Path, core: FakeCore, box: Box) -> None:
    core.emit("queue", office.queue(waiting=1, callers=[CALLER]))
    wait_until(lambda: bool(box.live.picture()["queues"][0]["callers"]))
    reader = Browser(live_url, Access(state).create_token("readonly"))
    page = reader.get("/queues").text
    assert "ANNA" in page
    assert "hx-post" not in page
    assert Browser(live_url, Access(state).create_token("agent")).get("/queues").status == 403


def test_a_call_is_followed_live_with_why_it_rang_there(state: Path, core: FakeCore, live_url: str, owner: Browser,
                                                        box: Box) -> None:  # fmt: skip
    cdr = office.past_call(state, times.now(), ended_at=times.now())
    now = office.active_call(cdr.id, "offered")
    core.emit("call", now)
    wait_until(lambda: bool(box.live.picture()["calls"]))
    stream = EventStream(owner, f"/calls/{cdr.id}/stream")
    assert stream.next()[0] == "changed"
    offer = {"agent": "alice", "considered": office.CONSIDERED[:1]}
    told = {"call": cdr.id, "at": times.iso(times.now()), "event": "assigned", "data": offer, "queue": "support"}
    core.emit("trail", {**told, "call": "another"})
    core.emit("trail", told)
    assert stream.next()[0] == "changed"
    part = owner.get(f"/calls/{cdr.id}", HX_Request="true").text
    assert "Agent chosen by hand" in part, "before the history has it"
    assert "<html" not in part
    assert part.count("Agent chosen by hand") == 1
    event = TrailEvent(cdr.id, times.parse(str(told["at"])), "assigned", offer)
    office.write(state, history.trail, [event])
    assert owner.get(f"/calls/{cdr.id}").text.count("Agent chosen by hand") == 1, "told once when it has"
    stream.close()
