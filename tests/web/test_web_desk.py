# SPDX-License-Identifier: GPL-2.0-or-later
"""An agent's hour at the desk: who calls, what was said before, notes that are not lost, hand-over, call-backs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import office
import pytest
from fake_core import CoreError, FakeCore
from test_web_agents import LAST
from test_web_extensions import asked, press
from web_client import Browser
from web_service import PASSWORD, wait_until

from firmware.ids import uuid7
from firmware.records import CallBack, CallBackState
from firmware.store import call_notes
from firmware.store.access import Access
from webui.box import Box
from webui.pages.desk import Mine
from webui.streams import News

CALLER = "2015550123"
AT_201 = {"kind": "analog", "name": "fxs1", "extension": "201"}
DUE = CallBack("b1", "support", CALLER, office.NOON, office.NOON, office.NOON, name="Anna Smith")
ANNA = {"number": CALLER, "name": "Anna Smith"}


def offered(**more: Any) -> dict[str, Any]:
    return office.active_call("c9", "offered", from_number=CALLER, from_name="ANNA", **more)


@pytest.fixture
def core(core: FakeCore) -> FakeCore:
    orders = ("hand_over", "consult", "conclude", "originate")
    core.answers = {"agents.today": office.today(), "call_backs": [], "contacts": {"items": [ANNA], "count": 1}}
    core.answers |= {f"call.{order}": {} for order in orders}
    core.answers |= {f"call_back.{order}": DUE.as_json() for order in ("take", "call", "done", "give_back")}
    return core


def rings(core: FakeCore, box: Box, **more: Any) -> None:
    """Anna's call is offered to alice."""
    core.emit("call", offered(**more))
    core.emit("agent", office.agent("alice", "Alice", "offered", call="c9"))
    wait_until(lambda: box.live.picture()["agents"][0]["state"] == "offered")


def talks(core: FakeCore, box: Box, **more: Any) -> None:
    """Alice has answered."""
    core.emit("call", offered(**more) | {"state": "talking", "agent": "alice", "legs": [AT_201]})
    core.emit("agent", office.agent("alice", "Alice", "on_call", call="c9"))
    wait_until(lambda: box.live.picture()["agents"][0]["state"] == "on_call")


def test_a_ringing_call_shows_who_it_is_and_what_was_before(
    alice: Browser, core: FakeCore, box: Box, state: Path
) -> None:
    before = office.past_call(state, office.NOON, from_number=f"+1{CALLER}", agent="bob")
    office.past_call(state, office.NOON, from_number="5559999")
    call_notes.write(state, before.id, "bob", "wants a <blue> one")
    rings(core, box)
    page = alice.get("/desk", HX_Request="true").text
    for words in (
        'id="pop-up"',
        'data-title="ANNA"',
        "(201) 555-0123",
        "Nov 20, 2026",
        "Bob",
        "wants a &lt;blue&gt; one",
    ):
        assert words in page, words
    assert "555-9999" not in page


def test_who_calls_for_the_first_time_is_said_to(alice: Browser, core: FakeCore, box: Box) -> None:
    rings(core, box)
    assert "The first call of this number." in alice.get("/desk").text


def test_a_direct_call_pops_up_too(alice: Browser, core: FakeCore, box: Box) -> None:
    core.emit("call", office.active_call("c8", "ringing", queue=None, to_number="201"))
    wait_until(lambda: 'id="pop-up"' in alice.get("/desk").text)


def test_a_note_is_kept_as_it_is_written_and_after_the_call(
    alice: Browser, core: FakeCore, box: Box, state: Path
) -> None:
    cdr = office.past_call(state, office.NOON)
    talks(core, box)
    assert "Kept at" in alice.submit(f"/calls/{cdr.id}/note", "/desk", text="first").text
    assert alice.submit(f"/calls/{cdr.id}/note", "/desk", text="first and\nsecond").status == 200
    core.emit("call_ended", offered())
    core.emit("agent", office.agent("alice", "Alice", "available", last_call=LAST | {"call": cdr.id}))
    wait_until(lambda: f'data-note="{cdr.id}"' in alice.get("/desk").text)
    assert "first and\nsecond</textarea>" in alice.get("/desk").text
    assert "first and\nsecond" in alice.get(f"/calls/{cdr.id}").text


@pytest.fixture
def at_home(url: str, state: Path, visitor: Browser) -> Browser:
    """Alice's browser; there is no call control."""
    Access(state).create_user("alice", PASSWORD, "agent")
    assert visitor.submit("/login", name="alice", password=PASSWORD).status == 303
    return visitor


def test_a_note_is_kept_while_call_control_is_away(at_home: Browser, state: Path) -> None:
    cdr = office.past_call(state, office.NOON)
    assert at_home.submit(f"/calls/{cdr.id}/note", "/calls", text="ends while I write").status == 200
    assert "ends while I write" in at_home.get(f"/calls/{cdr.id}").text


def test_two_tabs_write_one_note_and_an_empty_one_is_none(alice: Browser, state: Path) -> None:
    cdr = office.past_call(state, office.NOON)
    for text in ("in one tab", "in the other tab", " "):
        assert alice.submit(f"/calls/{cdr.id}/note", "/desk", text=text).status == 200
    assert 'id="h-notes"' not in alice.get(f"/calls/{cdr.id}").text


def test_a_note_on_nothing_or_without_end_is_refused(alice: Browser, state: Path) -> None:
    cdr = office.past_call(state, office.NOON)
    assert alice.submit("/calls/nothing/note", "/desk", text="x").status == 404
    assert alice.submit(f"/calls/{cdr.id}/note", "/desk", text="x" * 4001).status == 422


def test_people_are_found_by_name_and_given_the_call(alice: Browser, core: FakeCore, box: Box) -> None:
    talks(core, box)
    assert 'id="hand-over-c9"' in alice.get("/desk").text
    found = alice.get("/desk/people?call=c9&to=chen").text
    assert "Dr. Chen" in found
    assert "Reception" not in found
    assert "Anna Smith" in found  # what the phone book has of it
    assert "support" in alice.get("/desk/people?call=c9&to=supp").text
    assert "555-0199" in alice.get("/desk/people?call=c9&to=%2B1+201+555-0199").text
    assert alice.submit("/calls/c9/transfer", "/desk", to="+1 201 555-0199").status == 204
    assert asked(core, "call.hand_over") == [{"id": "c9", "to": "+12015550199", "by": "201"}]
    assert alice.submit("/calls/c9/transfer", "/desk", to="204", ask="1").status == 204
    assert asked(core, "call.consult") == [{"id": "c9", "to": "204", "by": "201"}]


def test_who_is_asked_first_is_shown_and_the_word_is_ended(alice: Browser, core: FakeCore, box: Box) -> None:
    talks(core, box, consultation={"by": "201", "number": "204", "state": "calling"})
    page = alice.get("/desk").text
    assert "is being called" in page
    assert "All together" not in page
    assert alice.submit("/calls/c9/conclude", "/desk", action="hand_over").status == 204
    assert asked(core, "call.conclude") == [{"id": "c9", "by": "201", "action": "hand_over"}]


def test_a_name_that_is_gone_is_said_on_the_page(alice: Browser, core: FakeCore, box: Box) -> None:
    def gone(params: dict[str, str]) -> None:
        raise CoreError("no_such_number", "Nothing in the dial plan matches 299.", field="to")

    core.answers["call.hand_over"] = gone
    answer = press(alice, "/calls/c9/transfer", to="299")
    assert (answer.status, answer.text) == (404, "Nothing in the dial plan matches 299.")


def test_an_agent_without_a_phone_is_offered_nothing_that_needs_one(
    alice: Browser, core: FakeCore, box: Box, state: Path
) -> None:
    office.past_call(state, office.NOON)
    core.emit("agent", office.agent("alice", "Alice", "logged_out", extension=None))
    wait_until(lambda: box.live.picture()["agents"][0]["extension"] is None)
    page = alice.get("/desk").text
    assert 'id="dial-form"' not in page
    assert 'class="button plain square dial"' not in alice.get("/calls").text
    answer = press(alice, "/dial", number=CALLER)
    assert answer.status == 409
    assert "Log in at an extension first." in answer.text


def test_numbers_are_dialled_with_a_click_as_people_write_them(alice: Browser, core: FakeCore, state: Path) -> None:
    office.past_call(state, office.NOON, from_number=CALLER)
    assert 'aria-label="Call (201) 555-0123"' in alice.get("/calls").text
    answer = alice.submit("/dial", "/desk", number="+1 (201) 555-0123")
    assert "Your phone 201 rings now." in answer.text
    assert asked(core, "call.originate") == [{"from": "201", "to": "+12015550123"}]


def test_who_has_no_phone_sees_numbers_only(owner: Browser, live_url: str, core: FakeCore, state: Path) -> None:
    office.past_call(state, office.NOON, from_number=CALLER)
    page = owner.get("/calls").text
    assert "(201) 555-0123" in page
    assert "Call (201) 555-0123" not in page
    assert press(owner, "/dial", number=CALLER).status == 409
    Access(state).set_extension("owner", "204")
    assert "Call (201) 555-0123" in owner.get("/calls").text
    assert press(owner, "/dial", number=CALLER).status == 200
    assert asked(core, "call.originate") == [{"from": "204", "to": CALLER}]


def test_call_backs_that_are_due_are_taken_called_and_done(alice: Browser, core: FakeCore) -> None:
    core.answers["call_backs"] = [
        DUE.as_json() | {"due": True},
        DUE.as_json() | {"id": "b2", "due": False, "name": "Later"},
        DUE.as_json() | {"id": "b3", "due": True, "queue": "sales", "name": "Of others"},
        DUE.as_json() | {"id": "b4", "due": False, "state": CallBackState.TAKEN.value, "agent": "alice"},
    ]
    page = alice.get("/desk").text
    for words in ('id="take-b1"', 'id="call-b1"', 'id="done-b4"', 'id="give-back-b4"'):
        assert words in page, words
    assert "Later" not in page
    assert "Of others" not in page
    for order, method in (("take", "take"), ("call", "call"), ("done", "done"), ("give-back", "give_back")):
        assert alice.submit(f"/call-backs/b1/{order}", "/desk").status == 204
        assert asked(core, f"call_back.{method}") == [{"id": "b1", "agent": "alice"}]


def test_without_a_core_an_open_desk_stays_and_says_so(at_home: Browser) -> None:
    answer = at_home.get("/desk", HX_Request="true")
    assert (answer.status, answer.headers["hx-trigger"]) == (204, "away")
    assert "Call control is not running." in at_home.get("/desk").text


def test_what_happens_to_others_does_not_wake_the_desk(alice: Browser, core: FakeCore, box: Box) -> None:
    talks(core, box)
    view = Mine(frozenset(("agent", "call", "call_ended")), "alice", box=box)
    others = [
        News(1, "agent", office.agent("bob", "Bob", "paused")),
        News(2, "call", office.active_call("c7", "talking", agent="bob")),
        News(3, "queue", office.queue()),
    ]
    assert view.show(others) == b""
    assert view.show([*others, News(4, "call", office.active_call("c9"))]) != b""
    ended = {"id": "c9", "agent": "alice", "to_number": "600"}
    assert view.show([News(5, "call_ended", ended)]) != b""


@pytest.mark.parametrize("path", ["/desk", "/desk/people", "/desk/stream"])
def test_those_who_take_no_calls_have_no_desk(live_url: str, token: Callable[[str], str], path: str) -> None:
    assert Browser(live_url, token("readonly")).get(path).status == 403


def test_notes_of_calls_are_found_by_an_index(state: Path, box: Box) -> None:
    sql = "EXPLAIN QUERY PLAN SELECT * FROM call_notes WHERE call IN (?, ?) ORDER BY call, at"
    plan = box.history.read(lambda db: [row["detail"] for row in db.execute(sql, (uuid7(), uuid7()))])
    assert any("USING PRIMARY KEY" in step for step in plan)


def test_the_api_of_the_desk(live_url: str, core: FakeCore, state: Path, token: Callable[[str], str]) -> None:
    bob, boss = Browser(live_url, Access(state).create_token("agent", "bob")), Browser(live_url, token("supervisor"))
    cdr = office.past_call(state, office.NOON)
    assert bob.send("POST", "/api/v1/calls/c9/hand-over", {"to": "+1 (201) 555-0199", "extension": "204"}).status == 200
    assert asked(core, "call.hand_over") == [{"id": "c9", "to": "+12015550199", "by": "201"}]  # bob's own phone
    assert boss.send("POST", "/api/v1/calls/c9/consult", {"to": "204", "extension": "202"}).status == 200
    assert asked(core, "call.consult") == [{"id": "c9", "to": "204", "by": "202"}]
    assert boss.send("POST", "/api/v1/calls/c9/conclude", {"action": "back"}).status == 409  # no extension
    assert bob.send("PUT", f"/api/v1/calls/{cdr.id}/note", {"text": "said hello"}).json["author"] == "bob"
    assert [note["text"] for note in boss.get(f"/api/v1/calls/{cdr.id}/notes").json] == ["said hello"]
    assert bob.send("POST", "/api/v1/call-backs/b1/give-back", {}).status == 200
    assert asked(core, "call_back.give_back") == [{"id": "b1", "agent": "bob"}]
    assert boss.send("POST", "/api/v1/call-backs/b1/take", {"agent": "bob"}).status == 200
    assert bob.send("POST", "/api/v1/call-backs/b1/take", {"agent": "alice"}).status == 403
