# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is limited to some queues sees and changes these only: on every page, in every list, object, report and stream.

Every route is here by itself. A new one is refused to such people until it stands in `webui.limited.MAY`; and there
it fails here until it has its case, which asks for one's own thing and for that of another queue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fake_core import FakeCore
from two_queues import THEIRS, Things, status, tell_core, two_queues
from web_client import Answer, Browser, EventStream
from web_service import PASSWORD, wait_until

from firmware.archive.notebook import Notebook
from firmware.store.access import Access
from webui import api, pages
from webui.box import Box
from webui.limited import API, MAY

ROUTES = [(f"{route.method} {API}{route.path}", route.roles) for route in api.ROUTES]
ROUTES += [(f"{route.method} {route.path}", route.roles) for route in pages.ROUTES]
OPEN = {name for name, roles in ROUTES if roles is None}


@dataclass(frozen=True)
class Case:
    """`ids`: of which kind each part of the address is. `send`: the body; `{queue}` … stand for things of a queue.

    `empty`: nothing of one's own is in the answer. `whole`: it is nobody's, such as the own account.
    """

    ids: dict[str, str] = field(default_factory=dict)
    send: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    empty: bool = False
    whole: bool = False
    refused: frozenset[int] = frozenset((404,))


CALL, AGENT = Case({"id": "call"}), Case({"id": "agent"})
RECORDING, MESSAGE = Case({"id": "recording"}), Case({"id": "message"})
BACK, NOBODYS = Case({"id": "call_back"}), Case(whole=True)
LIST = Case()


def of(kind: Case, **send: Any) -> Case:
    return Case(kind.ids, send)


QUIET = Case(empty=True)
SPAN = "since=2000-01-01&until=2009-12-31"
CASES: dict[str, Case] = {
    "GET /": LIST,
    f"GET {API}/alarms": QUIET,
    f"GET {API}/countries": QUIET,
    f"GET {API}/openapi.json": NOBODYS,
    f"GET {API}/queues": LIST,
    "GET /wallboard": LIST,
    "GET /wallboards": LIST,
    f"GET {API}/wallboard": LIST,
    f"GET {API}/queues/<name>": Case({"name": "queue"}),
    f"POST {API}/calls/<id>/move": of(CALL, queue="{queue}"),
    f"POST {API}/calls/<id>/priority": of(CALL, priority=1),
    f"POST {API}/calls/<id>/front": of(CALL),
    f"POST {API}/calls/<id>/assign": of(CALL, agent="{agent}"),
    f"POST {API}/calls/<id>/pick": of(CALL, extension="203"),
    "GET /queues": LIST,
    "GET /queues/callers/<id>": CALL,
    "POST /queues/callers/<id>/<order>": Case({"id": "call", "order": "front"}, {"queue": "support"}),
    "POST /queues/calls/<id>/supervise": of(CALL, mode="listen"),
    "POST /queues/phone": NOBODYS,
    "GET /calls": LIST,
    "GET /calls/<id>": CALL,
    "POST /calls/<id>/hangup": of(CALL),
    f"GET {API}/calls": LIST,
    f"GET {API}/calls/active": LIST,
    f"GET {API}/calls/<id>": CALL,
    f"GET {API}/calls/<id>/survey": Case({"id": "call"}, empty=True, refused=frozenset((200, 404))),
    f"POST {API}/calls/<id>/hangup": of(CALL),
    f"POST {API}/calls/<id>/transfer": of(CALL, to="204"),
    f"POST {API}/calls/<id>/park": of(CALL),
    f"POST {API}/calls/<id>/recording": of(CALL, action="start"),
    f"POST {API}/calls/<id>/supervise": of(CALL, extension="203", mode="listen"),
    "GET /agents": LIST,
    "GET /agents/<id>": AGENT,
    "POST /agents/<id>/state": of(AGENT, state="available"),
    "POST /agents/<id>/disposition": of(AGENT, code="sale"),
    "POST /agents/<id>/wrap-up": of(AGENT, extend_s="60"),
    f"GET {API}/agents": LIST,
    f"GET {API}/agents/<id>": AGENT,
    f"GET {API}/agents/<id>/changes": Case({"id": "agent"}, refused=frozenset((200, 404))),
    f"POST {API}/agents/<id>/state": of(AGENT, state="available"),
    f"POST {API}/agents/<id>/wrap-up": of(AGENT, extend_s=60),
    f"POST {API}/agents/<id>/disposition": of(AGENT, code="sale"),
    f"GET {API}/agent-changes": LIST,
    f"GET {API}/statistics/today": LIST,
    "GET /recordings": LIST,
    "GET /recordings/<id>": RECORDING,
    "GET /recordings/<id>/audio": RECORDING,
    "GET /recordings/<id>/peaks": RECORDING,
    "GET /recordings/<id>/vcon": RECORDING,
    "POST /recordings/<id>/notes": of(RECORDING, text="well done", at_s="0"),
    "POST /recordings/<id>/notes/<note>/delete": Case({"id": "recording", "note": "note"}),
    "POST /recordings/<id>/tags": of(RECORDING, tags="good"),
    "POST /recordings/<id>/hold": of(RECORDING, reason="court"),
    f"GET {API}/recordings": LIST,
    f"GET {API}/recordings/<id>": RECORDING,
    f"GET {API}/recordings/<id>/audio": RECORDING,
    f"GET {API}/recordings/<id>/peaks": RECORDING,
    f"GET {API}/recordings/<id>/vcon": Case({"id": "recording"}, query="format=wav"),
    f"GET {API}/recordings/<id>/notes": RECORDING,
    f"POST {API}/recordings/<id>/notes": of(RECORDING, text="well done", at_s=0.1),
    f"DELETE {API}/recordings/<id>/notes/<note>": Case({"id": "recording", "note": "note"}),
    f"GET {API}/recordings/<id>/tags": RECORDING,
    f"PUT {API}/recordings/<id>/tags": of(RECORDING, tags=["good"]),
    f"PUT {API}/recordings/<id>/hold": of(RECORDING, reason="court"),
    f"GET {API}/recordings/<id>/audit": RECORDING,
    "GET /call-backs": LIST,
    "POST /call-backs/<id>/cancel": BACK,
    f"GET {API}/call-backs": LIST,
    f"GET {API}/call-backs/waiting": LIST,
    f"POST {API}/call-backs": Case(send={"queue": "{queue}", "number": "5550000"}),
    f"DELETE {API}/call-backs/<id>": BACK,
    f"GET {API}/surveys": QUIET,
    "GET /messages": LIST,
    "GET /messages/<id>/audio": MESSAGE,
    "POST /messages/<id>/mark": of(MESSAGE, state="saved"),
    "POST /messages/<id>/delete": MESSAGE,
    f"GET {API}/voicemail": LIST,
    f"GET {API}/voicemail/messages": LIST,
    f"GET {API}/voicemail/messages/<id>": MESSAGE,
    f"GET {API}/voicemail/messages/<id>/audio": MESSAGE,
    f"POST {API}/voicemail/messages/<id>/mark": of(MESSAGE, state="saved"),
    f"DELETE {API}/voicemail/messages/<id>": MESSAGE,
    "GET /reports": LIST,
    f"GET {API}/reports": LIST,
    f"GET {API}/reports/heat": QUIET,
    f"GET {API}/reports/staffing": QUIET,
    f"GET {API}/exports/calls": LIST,
    f"GET {API}/exports/trail": LIST,
    f"GET {API}/exports/queue_log": LIST,
    "GET /me": NOBODYS,
    "GET /typed": NOBODYS,
    "POST /me/password": NOBODYS,
    "POST /me/totp/new": NOBODYS,
    "POST /me/totp": NOBODYS,
    "POST /me/totp/off": NOBODYS,
    "GET /me/passkeys/new": NOBODYS,
    "POST /me/passkeys": NOBODYS,
    "POST /me/passkeys/delete": NOBODYS,
    "POST /me/sessions/<id>/end": NOBODYS,
}
STREAMS = {name for name in MAY if name.endswith(("/stream", "/events"))}
"""What they tell is asked below."""


@dataclass
class Office:
    """`sue` supervises support, by her browser and by a token."""

    state: Path
    mine: Things
    theirs: Things
    core: FakeCore
    browser: Browser
    token: Browser
    csrf: str

    def ask(self, name: str, case: Case, things: Things) -> Answer:
        method, _, path = name.partition(" ")
        if "note" in case.ids:
            things.ids["note"] = Notebook(self.state).note(things.ids["recording"], 0.5, "a note", "owner").id
        path = re.sub(r"<\w+:re:([\w-]+)[^>]*>", r"\1", re.sub(r"<\w+:int>", "1", path))
        path = re.sub(r"<(\w+)(:\w+)?>", lambda part: things.ids.get(kind := case.ids.get(part[1], "x"), kind), path)
        path += f"?{case.query}" if case.query else ""
        body = {key: _filled(value, things) for key, value in case.send.items()}
        if path.startswith(API):
            return self.token.ask(method, path) if method == "GET" else self.token.send(method, path, body)
        if method == "GET":
            return self.browser.get(path)
        fields = {key: str(value) for key, value in body.items()}
        return self.browser.post_form(path, csrf=self.csrf, **fields)


def _filled(value: Any, things: Things) -> Any:
    return value.format(**things.ids) if isinstance(value, str) else value


@pytest.fixture
def there(state: Path, core: FakeCore, live_url: str, box: Box) -> Office:
    mine, theirs = two_queues(state)
    tell_core(core, mine, theirs)
    for call in status(mine, theirs)["calls"]:
        core.emit("call", call)
    for group, event in (("queues", "queue"), ("agents", "agent")):
        for item in core.status[group]:
            core.emit(event, item)
    wait_until(lambda: len(box.live.picture()["queues"]) == 2 and box.live.picture()["agents"][-1]["id"] == "zorro")
    access = Access(state)
    access.create_user("sue", PASSWORD, "supervisor", ["support"])
    access.set_extension("sue", "203")
    browser = Browser(live_url)
    assert browser.submit("/login", name="sue", password=PASSWORD).status == 303
    token = Browser(live_url, access.create_token("supervisor", "", ["support"]))
    return Office(state, mine, theirs, core, browser, token, browser.csrf("/me"))


def foreign(office: Office) -> list[str]:
    """What must not be read anywhere."""
    return [*THEIRS, *(id for kind, id in office.theirs.ids.items() if kind not in ("agent", "queue"))]


def test_every_route_that_such_people_may_ask_for_has_its_case() -> None:
    known = {name for name, _ in ROUTES}
    assert known >= MAY, "what is gone is no longer allowed either"
    assert set(CASES) == MAY - STREAMS


def test_whatever_else_there_is_is_refused(there: Office) -> None:
    for name, _ in ROUTES:
        if name not in MAY | OPEN:
            answer = there.ask(name, Case(), there.mine)
            assert answer.status == 403, (name, answer.status, answer.text[:200])


KINDS = {
    "pages": lambda name: name.startswith("GET /") and API not in name,
    "the API's answers": lambda name: name.startswith(f"GET {API}"),
    "buttons": lambda name: name.startswith("POST /") and API not in name,
    "the API's orders": lambda name: not name.startswith("GET") and API in name,
}


@pytest.mark.parametrize("kind", KINDS)
def test_own_things_are_seen_and_those_of_another_queue_are_not(there: Office, kind: str) -> None:
    for name, case in CASES.items():
        if KINDS[kind](name) and not case.whole:
            _check(there, name, case)


def _check(there: Office, name: str, case: Case) -> None:
    one_of_a_kind = bool(case.ids or case.send)
    own = there.ask(name, case, there.mine)
    assert own.status in {200, 201, 204, 303}, (name, own.status, own.text[:300])
    told = own.body.decode(errors="replace")
    for word in foreign(there):
        assert word not in told, (name, word)
    if not one_of_a_kind:
        assert case.empty or any(word in told for word in ("support", "alice", "ANNA", *there.mine.ids.values())), name
        return
    before = len(there.core.asked)
    other = there.ask(name, case, there.theirs)
    assert other.status in case.refused, (name, other.status, other.text[:300])
    told = other.text if other.status == 200 else ""
    for word in foreign(there):
        assert word not in told, (name, word)
    assert {asked for asked, _ in there.core.asked[before:]} <= {"call_backs"}, (name, "the core hears nothing of it")


PAST = [
    "/api/v1/calls?queue=sales", "/api/v1/calls?agent=zorro", "/api/v1/calls?number=5559999",
    "/api/v1/calls?disposition=answered&queue=sales", "/api/v1/calls?disposition=abandoned",
    "/api/v1/recordings?queue=sales", "/api/v1/recordings?number=5559999", "/api/v1/recordings?tag=tag-sales",
    "/api/v1/recordings?text=sales", "/api/v1/recordings?agent=zorro", "/api/v1/call-backs?queue=sales",
    "/api/v1/call-backs?open=1&queue=sales", "/api/v1/call-backs?open=1", "/api/v1/voicemail/messages?box=202",
    "/api/v1/exports/calls?queue=sales", "/api/v1/exports/calls?after=0", "/api/v1/exports/trail?number=5559999",
    "/api/v1/agent-changes", "/wallboard?queue=sales", "/calls?queue=sales", "/calls?number=5559999",
    "/recordings?queue=sales",
]  # fmt: skip


def test_no_filter_leads_past_the_limit(there: Office) -> None:
    for question in PAST:
        answer = (there.token if question.startswith(API) else there.browser).get(question)
        assert answer.status == 200, question
        told = answer.text
        for name in ("queue=", "agent=", "number=", "text=", "tag="):
            told = re.sub(rf'(value="|{name})[\w-]*', "", told)  # what was asked for stands in the form
        for id in there.theirs.ids.values():
            assert id in ("sales", "zorro") or id not in told, question
        assert "ZELDA" not in told, question


def test_reports_count_what_is_seen(there: Office) -> None:
    for question, counted in (("of=calls&by=queue", 1), ("by=disposition", 1), ("by=agent", None), ("queue=sales", 0)):
        report = there.token.get(f"/api/v1/reports?{question}").json
        assert {"sales", "zorro"}.isdisjoint({row["key"] for row in report["rows"]})
        total = report["total"]
        assert counted in (None, total.get("calls", total.get("offered"))), (question, total)
    assert there.browser.get("/reports?view=lines").status == 200  # the figures instead


def test_a_caller_is_not_sent_to_nor_given_an_agent_of_a_queue_that_is_not_seen(there: Office) -> None:
    call = there.mine.ids["call"]
    for order, body in (("move", {"queue": "sales"}), ("assign", {"agent": "zorro"})):
        answer = there.token.send("POST", f"/api/v1/calls/{call}/{order}", body)
        assert answer.status == 404
    state = {"state": "logged_out", "queue": "sales"}
    assert there.token.send("POST", "/api/v1/agents/alice/state", state).json["error"]["code"] == "no_such_queue"


def test_pages_have_tabs_that_lead_somewhere_only(there: Office) -> None:
    page = there.browser.get("/").text
    tabs = re.findall(r'<a href="(/[\w-]*)"', page)
    assert {"/calls", "/recordings", "/agents", "/reports"} <= set(tabs)
    assert {"/settings", "/phones", "/outside", "/bench", "/users"}.isdisjoint(tabs)
    for tab in tabs:
        assert there.browser.get(tab).status == 200, tab


ADDRESS = re.compile(r"""(<form[^>]*method="post"[^>]*)?\b(href|action|hx-get|hx-post|sse-connect)="(/[^"?#]*)""")


def _led_to(page: str) -> set[str]:
    """Where links, forms and buttons of a page go: GET or POST, and the address."""
    return {
        f"{'POST' if attribute == 'hx-post' or form else 'GET'} {path}"
        for form, attribute, path in ADDRESS.findall(page)
        if not path.startswith("/static/")
    }


def _may_be_asked(request: str) -> bool:
    patterns = (re.sub(r"<\w+>", "[^/]+", name) for name in MAY | OPEN)
    return any(re.fullmatch(pattern, request) for pattern in patterns)


def test_no_page_has_a_link_or_a_button_that_is_refused(there: Office) -> None:
    """Also of a supervisor who sits at a telephone: a number of a call is not one to click, and there is no desk."""
    dead = set()
    for name, case in CASES.items():
        if KINDS["pages"](name):
            answer = there.ask(name, case, there.mine)
            led_to = _led_to(answer.text) if "text/html" in answer.headers["content-type"] else set()
            dead |= {(name, request) for request in led_to if not _may_be_asked(request)}
    assert not dead


# ---- streams -------------------------------------------------------------------------------------


def test_the_stream_of_events_tells_what_is_seen(there: Office, url: str) -> None:
    stream = EventStream(there.token, "/api/v1/events")
    picture = stream.next("status")[1]
    assert not any(word in str(picture) for word in foreign(there))
    assert [queue["name"] for queue in picture["queues"]] == ["support"]
    theirs, mine = there.theirs, there.mine
    for name, data in (
        ("call", theirs.active()),
        ("queue", there.core.status["queues"][1]),
        ("agent", there.core.status["agents"][1]),
        ("trail", {"call": theirs.ids["call"], "at": "", "event": "offered", "data": {}, "queue": "sales"}),
        ("call_back", {"id": theirs.ids["call_back"], "queue": "sales"}),
        ("voicemail", {"box": "202", "new": 1, "saved": 0}),
        ("coded", {"call": theirs.ids["call"], "agent": "zorro", "code": "sale"}),
        ("recording", {"id": theirs.ids["recording"], "call": theirs.ids["call"]}),
        ("lamp", {"extension": "202", "state": "busy"}),
        ("phone", {"extension": "202", "devices": []}),
        ("something_new", {"queue": "sales"}),
    ):
        there.core.emit(name, data)
    there.core.emit("call", mine.active() | {"state": "talking"})
    name, data = stream.next()
    assert (name, data["id"]) == ("call", mine.ids["call"])
    there.core.emit("trail", {"call": mine.ids["call"], "at": "", "event": "offered", "data": {}, "queue": "support"})
    assert stream.next()[0] == "trail"
    there.core.emit("call", mine.active() | {"queue": "sales"})
    assert stream.next() == ("call_left", {"id": mine.ids["call"]})
    stream.close()


def test_the_live_page_is_drawn_with_what_is_seen_and_again_when_a_call_goes_elsewhere(there: Office) -> None:
    stream = EventStream(there.browser, "/live/stream")
    parts = [stream.next() for _ in range(5)]
    assert not any(word in str(parts) for word in foreign(there))
    assert there.mine.ids["call"] in str(parts)
    there.core.emit("call", there.mine.active() | {"queue": "sales"})
    _name, drawn = stream.next("calls")
    assert there.mine.ids["call"] not in str(drawn)
    stream.close()


def test_streams_of_pages_tell_nothing_of_another_queue(there: Office) -> None:
    for name in sorted(STREAMS - {f"GET {API}/events"}):
        stream = EventStream(there.browser, name.partition(" ")[2].replace("<id>", there.mine.ids["call"]))
        assert stream.status == 200, name
        there.core.emit("call", there.theirs.active())
        there.core.emit("queue", there.core.status["queues"][1])
        there.core.emit("config", {"revision": 9, "author": "owner"})
        told = ""
        while not any(word in told for word in ("changed", "queues", "board")):
            told += str(stream.next_block())
        assert not any(word in told for word in foreign(there)), name
        stream.close()


# ---- who is limited ------------------------------------------------------------------------------


def test_roles_that_see_everything_cannot_be_limited(owner: Browser, state: Path) -> None:
    two_queues(state)
    fields = {"name": "ida", "password": "lantern mussel pier", "see": "some", "queue": "support"}
    assert owner.submit("/users", "/users", role="installer", **fields).status == 303
    assert Access(state).user("ida").queues == ()
    refused = Browser(owner.url, Access(state).create_token("admin")).send(
        "POST", "/api/v1/tokens", {"name": "x", "role": "admin", "queues": ["support"]}
    )
    assert (refused.status, refused.json["error"]["field"]) == (422, "queues")


def test_the_owner_limits_somebody_and_lifts_it_again(owner: Browser, state: Path, url: str) -> None:
    two_queues(state)
    fields = {"name": "rob", "password": "lantern mussel pier", "role": "readonly", "see": "some"}
    nothing = owner.submit("/users", "/users", **fields)
    assert nothing.status == 422
    assert "Tick at least one queue" in nothing.text
    assert owner.submit("/users", "/users", queue="sales", **fields).status == 303
    assert Access(state).user("rob").queues == ("sales",)
    assert owner.submit("/users/rob/role", "/users", role="readonly", see="some").status == 422
    assert Access(state).user("rob").queues == ("sales",), "nobody sees more for a tick that was forgotten"
    assert owner.submit("/users/rob/role", "/users", role="readonly", see="all", queue="sales").status == 303
    assert Access(state).user("rob").queues == ()
    assert "rob (readonly: sales)" in owner.get("/users").text


def test_programs_are_limited_by_the_api(state: Path, url: str) -> None:
    two_queues(state)
    admin = Browser(url, Access(state).create_token("admin"))
    made = admin.send("POST", "/api/v1/tokens", {"name": "wall", "role": "readonly", "queues": ["support"]}).json
    assert made["queues"] == ["support"]
    assert len(Browser(url, made["token"]).get("/api/v1/calls").json["items"]) == 1
    body = {"name": "ann", "password": "lantern mussel pier", "role": "supervisor", "queues": ["nowhere"]}
    assert admin.send("POST", "/api/v1/users", body).json["error"]["field"] == "queues"
    assert admin.send("POST", "/api/v1/users", body | {"queues": ["sales"]}).json["queues"] == ["sales"]
    assert admin.send("PUT", "/api/v1/users/ann", {"role": "readonly"}).json["queues"] == ["sales"]
    assert admin.send("PUT", "/api/v1/users/ann", {"role": "installer"}).json["queues"] == []
    assert Browser(url, made["token"]).get("/metrics").status == 403


def test_who_is_limited_to_a_queue_that_is_gone_sees_nothing(state: Path, url: str) -> None:
    mine, _theirs = two_queues(state)
    token = Access(state).create_token("supervisor", "", ["closed"])
    assert Browser(url, token).get("/api/v1/calls").json["items"] == []
    assert Browser(url, token).get(f"/api/v1/calls/{mine.ids['call']}").status == 404
