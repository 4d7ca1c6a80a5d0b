# SPDX-License-Identifier: GPL-2.0-or-later
"""Before a change is saved: what it would do, who else was there, and what is kept when the session has ended."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import office
import pytest
from applying import applies
from fake_core import FakeCore
from test_web_settings import DOCUMENT, REVISION, document, save
from web_client import Answer, Browser
from web_service import PASSWORD

from firmware import times
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb

SEEN = re.compile(r'name="seen" value="([^"]+)"')
OVER = re.compile(r'name="over" value="(\d+)"')
PLAIN: dict[str, Any] = DOCUMENT | {
    "route": [{"line": "fxo1", "to": "ivr:main"}],
    "extension": [*DOCUMENT["extension"][:2], DOCUMENT["extension"][2] | {"sip": {}}, DOCUMENT["extension"][3]],
    "survey": [{"name": "happy", "question": [{"name": "satisfied"}]}],
    "disa": [{"name": "door", "pin": "123456"}],
    "group": [{"name": "all", "members": ["201"]}],
    "paging": [{"name": "loud", "members": ["202"]}],
    "trunk": [*DOCUMENT["trunk"], {"name": "cloud", "sip": {"registrar": "sip.example.com"}}],
    "mail": {"server": "mail.example.com", "sender": "box@example.com"},
    "report": [{"name": "week", "every": "week", "to": ["a@example.com"]}],
}


@pytest.fixture
def core(state: Path) -> Iterator[FakeCore]:
    ConfigDb(state).apply(PLAIN, "test")
    with FakeCore(state, office.status()) as core:
        applies(core, state)
        core.answers |= {
            "conferences": [],
            "tolls": [],
            "night": {"mode": "auto", "schedules": []},
            "phones": [],
            "modems": [],
        }
        yield core


@pytest.fixture
def configs(state: Path) -> ConfigDb:
    return ConfigDb(state)


def route_form(owner: Browser) -> str:
    found = re.search(r'href="(/settings/routes/[0-9a-f]{10})"', owner.get("/settings/plan").text)
    assert found
    return found[1]


def text_of(answer: Answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


TO_RECEPTION = {"origin": "line:fxo1", "to": "extension:201"}


def test_calls_that_would_have_gone_elsewhere_are_listed_before_anything_is_saved(
    live_url: str, owner: Browser, configs: ConfigDb, state: Path
) -> None:
    cdr = office.past_call(state, times.now() - timedelta(days=3))
    path, before = route_form(owner), configs.current().id
    told = save(owner, path, **TO_RECEPTION)
    assert told.status == 200
    assert configs.current().id == before
    assert "1 would have gone elsewhere" in text_of(told)
    assert re.search(r"1 call on Main line \(fxo1\).*Menu main → Extension 201 Reception", text_of(told))
    assert f'href="/calls/{cdr.id}"' in told.text
    seen = SEEN.search(told.text)
    assert seen
    done = save(owner, path, **TO_RECEPTION, seen=seen[1])
    assert (done.status, done.headers["location"]) == (303, "/settings/plan?saved=1")
    assert document(configs)["route"][0]["to"] == "extension:201"


def test_who_looked_at_one_change_and_sends_another_is_shown_that_one(
    live_url: str, owner: Browser, configs: ConfigDb, state: Path
) -> None:
    office.past_call(state, times.now() - timedelta(days=3))
    seen = SEEN.search(save(owner, route_form(owner), **TO_RECEPTION).text)
    assert seen
    other = save(owner, route_form(owner), **TO_RECEPTION | {"to": "queue:support"}, seen=seen[1])
    assert re.search(r"Menu main → Queue support", text_of(other))
    assert document(configs) == PLAIN


def test_a_route_is_not_deleted_before_that_was_told(
    live_url: str, owner: Browser, configs: ConfigDb, state: Path
) -> None:
    office.past_call(state, times.now() - timedelta(days=3))
    path = route_form(owner)
    told = save(owner, f"{path}/delete", path)
    assert "Menu main → Refused" in text_of(told)
    assert f'action="{path}"' in told.text
    seen = SEEN.search(told.text)
    assert seen
    assert save(owner, f"{path}/delete", path, seen=seen[1]).status == 303
    assert "route" not in document(configs)


def test_a_step_of_the_wizard_done_again_is_rehearsed_too(
    live_url: str, owner: Browser, configs: ConfigDb, state: Path
) -> None:
    office.past_call(state, times.now() - timedelta(days=3))
    given = {"origin": "line:fxo1", "mailbox": "201", "key1": "queue:support", "text": "Welcome."}
    given |= {"mon-fri.from": "00:00", "mon-fri.to": "00:01"}
    told = save(owner, "/wizard/answer", **given)
    assert re.search(r"Menu main → Voicemail 201 Reception", text_of(told))
    assert document(configs) == PLAIN
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', told.text)
    again = dict(field for field in fields if field[0] in given)
    assert again == given
    seen = SEEN.search(told.text)
    assert seen
    assert save(owner, "/wizard/answer", **given, seen=seen[1]).status == 303
    assert [route["to"] for route in document(configs)["route"]] == ["ivr:main", "voicemail:201"]


def test_what_moves_no_call_is_saved_at_once_and_can_be_undone(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    done = save(owner, "/settings/conferences/board", name="board", number="702")
    assert done.status == 303
    home = owner.get(done.headers["location"]).text
    undo = re.search(r'action="/settings/undo">.*?name="revision" value="(\d+)"', home)
    assert undo
    back = owner.submit("/settings/undo", "/settings/groups", revision=undo[1], next="/settings/groups")
    assert (back.status, back.headers["location"]) == (303, "/settings/groups")
    assert document(configs) == PLAIN
    again = owner.submit("/settings/undo", "/settings/groups", revision=undo[1], next="/settings/groups")
    assert again.status == 409


def test_whoever_asks_is_told_what_a_change_would_do(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    told = save(owner, "/settings/queues/support", name="support", number="601", look="1")
    assert "Queue support, Number 600 → 601" in text_of(told)
    assert "No call of the last 30 days would have gone elsewhere" in told.text
    assert document(configs) == PLAIN


def test_nobody_takes_the_last_way_to_help_away_by_accident(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    configs.apply({"extension": [{"number": "201", "sip": {}}], "trunk": PLAIN["trunk"][1:]}, "test")
    path = "/settings/trunks/cloud"
    told = save(owner, f"{path}/delete", path)
    assert re.search(r"a call to 911[^.]* from 201 would not reach help", text_of(told))
    seen = SEEN.search(told.text)
    assert seen
    assert save(owner, f"{path}/delete", path, seen=seen[1].rstrip("!")).status == 422
    assert "trunk" in document(configs)
    assert save(owner, f"{path}/delete", path, seen=seen[1]).status == 303
    assert "trunk" not in document(configs)


# ---- two at once -------------------------------------------------------------------------------------

# address of a form, its fields as they are, one that the other changes, and one that we change
FORMS: dict[str, tuple[dict[str, str], tuple[str, str, Any], tuple[str, str, Any]]] = {
    "/settings/queues/support": ({"name": "support", "number": "600"}, ("number", "601", "601"),
                                 ("max_callers", "9", 9)),
    "/settings/agents/alice": ({"id": "alice", "name": "Alice", "extension": "201", "serves": "support",
                                "tier.support": "1"}, ("name", "Alicia", "Alicia"), ("number", "501", "501")),
    "/settings/menus/opening": ({"name": "opening", "prompt": "hours", "key10": "repeat"}, ("number", "651", "651"),
                                ("retries", "1", 1)),
    "/settings/hours/day": ({"name": "day", **{f"day{day}.{end}": at for day in range(5) for end, at in
                                               (("from", "08:00"), ("to", "12:00"))}},
                            ("holiday_hours", "", ["10:00-11:00"]), ("holiday0.first", "2026-12-24", None)),
    "/settings/conferences/board": ({"name": "board", "number": "700", "pin": "2468"}, ("number", "701", "701"),
                                    ("pin", "1357", "1357")),
    "/settings/ring-groups/all": ({"name": "all", "members": "201"}, ("number", "610", "610"), ("turn_s", "9", 9)),
    "/settings/paging/loud": ({"name": "loud", "members": "202"}, ("number", "611", "611"), ("members", "203", None)),
    "/settings/surveys/happy": ({"name": "happy", "question.0.name": "satisfied"}, ("number", "612", "612"),
                                ("name", "glad", "glad")),
    "/settings/disa/door": ({"name": "door", "pin": "123456"}, ("class", "local", "local"),
                            ("pin", "654321", "654321")),
    "/settings/extensions/203": ({"number": "203", "name": "Lab", "port": "fxs3", "has_sip": "on"},
                                 ("name", "Labs", "Labs"), ("number", "213", "213")),
    "/settings/trunks/cloud": ({"name": "cloud", "sip.registrar": "sip.example.com", "sip.register": "on"},
                               ("sip", "", {"registrar": "sip.example.com", "number": "5550111"}),
                               ("sip.username", "u", None)),
    "/settings/lines/fxo1": ({"name": "Main line", "number": "5550100", "echo_canceller": "on"},
                             ("rx_gain_db", -3.0, -3.0), ("tx_gain_db", "2", 2)),
    "/settings/reports/week": ({"name": "week", "every": "week", "to": "a@example.com"}, ("every", "month", "month"),
                               ("to", "b@example.com", None)),
}  # fmt: skip


def tables_of(path: str) -> tuple[str, str]:
    tables = {"queues": "queue", "agents": "agent", "menus": "ivr", "hours": "schedule", "conferences": "conference",
              "ring-groups": "group", "paging": "paging", "surveys": "survey", "disa": "disa", "trunks": "trunk",
              "extensions": "extension", "reports": "report", "lines": "line"}  # fmt: skip
    _, _, kind, id = path.split("/")
    return tables[kind], id


def theirs_in(configs: ConfigDb, path: str, key: str, value: Any) -> int:
    """Somebody else changes one key of the same thing."""
    table, id = tables_of(path)
    now = configs.current()
    changed = [item | {key: value} if id in item.values() else item for item in now.document[table]]
    return configs.apply(now.document | {table: changed}, "bob").id


@pytest.mark.parametrize("path", FORMS)
def test_two_who_change_one_thing_both_have_their_way(
    live_url: str, owner: Browser, configs: ConfigDb, path: str
) -> None:
    as_it_is, (key, _, value), (my_key, my_text, my_value) = FORMS[path]
    shown = configs.current().id
    theirs = theirs_in(configs, path, key, value)
    told = save(owner, path, **as_it_is | {my_key: my_text}, revision=str(shown))
    assert told.status == 409, told.text
    assert "bob changed this very entry meanwhile" in told.text
    assert "What they changed" in told.text
    assert configs.current().id == theirs
    assert REVISION.findall(told.text)[0] == str(theirs), "one press of Save is enough"
    fields = as_it_is | ({key: FORMS[path][1][1]} if FORMS[path][1][1] else {}) | {my_key: my_text}
    assert save(owner, path, **fields, revision=str(theirs)).status == 303
    table, _ = tables_of(path)
    kept = [item for item in document(configs)[table] if item.get(key) == value or key in ("holiday_hours", "sip")]
    assert kept
    if my_value is not None:
        assert any(item.get(my_key) == my_value for item in kept)


def test_two_who_change_one_field_are_told_and_the_second_decides(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    path, shown = "/settings/conferences/board", configs.current().id
    theirs_in(configs, path, "number", "701")
    mine = {"name": "board", "number": "702", "pin": "2468"}
    told = save(owner, path, **mine, revision=str(shown))
    assert "the same fields: Number" in told.text
    assert "700 → 701" in text_of(told)
    assert save(owner, path, **mine, revision=str(shown)).status == 409
    over = OVER.search(told.text)
    assert over
    assert save(owner, path, **mine, revision=str(shown), over=over[1]).status == 303
    assert document(configs)["conference"][0]["number"] == "702"


def test_what_somebody_deleted_meanwhile_can_be_made_anew(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    path, shown = "/settings/conferences/board", configs.current().id
    token = owner.csrf(path)
    configs.apply({key: value for key, value in PLAIN.items() if key != "conference"}, "bob")
    told = owner.post_form(path, csrf=token, revision=str(shown), name="board", number="702")
    assert "bob deleted or replaced this entry meanwhile" in told.text
    assert 'action="/settings/conferences/new"' in told.text
    made = owner.post_form("/settings/conferences/new", csrf=token, revision=REVISION.findall(told.text)[0],
                           name="board", number="702")  # fmt: skip
    assert made.status == 303
    assert document(configs)["conference"] == [{"name": "board", "number": "702"}]


def test_classes_of_telephones_that_another_changed_stay(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    path, shown = "/settings/classes", configs.current().id
    theirs_in(configs, "/settings/extensions/202", "class", "local")
    form = {f"class.{number}": "international" for number in (201, 202, 203, 204)} | {"class.203": "national"}
    told = save(owner, path, **form, revision=str(shown))
    assert told.status == 409
    assert re.search(r'name="class.202".*?value="local" selected', told.text, re.S)
    assert re.search(r'name="class.203".*?value="national" selected', told.text, re.S)
    again = form | {"class.202": "local"}
    assert save(owner, path, **again, revision=REVISION.findall(told.text)[0]).status == 303
    assert [item.get("class") for item in document(configs)["extension"]] == [None, "local", "national", None]


# ---- the session has ended -------------------------------------------------------------------------------


def ended(state: Path) -> None:
    access = Access(state)
    access.end_sessions("owner")


SINGLE = {
    "/settings/lists": ({}, ("", "", None), ("block_in", "0900.", None)),
    "/settings/tolls": ({}, ("", "", None), ("premium_numbers", "0900.", None)),
    "/settings/emergency": ({}, ("", "", None), ("callback", "5550100", None)),
    "/settings/smdr": ({}, ("", "", None), ("port", "/dev/ttyUSB7", None)),
}


@pytest.mark.parametrize("path", [*FORMS, *SINGLE])
def test_who_was_logged_out_finds_the_form_as_it_was_typed(
    live_url: str, owner: Browser, configs: ConfigDb, state: Path, path: str
) -> None:
    as_it_is, _, (my_key, my_text, _) = (FORMS | SINGLE)[path]  # type: ignore[operator]
    if my_key == "pin":
        my_key, my_text = "name", "kept-name"
    page = owner.get(path).text
    revision, token = REVISION.search(page), re.search(r'name="csrf" value="([^"]+)"', page)
    assert revision
    assert token
    ended(state)
    sent = owner.post_form(path, csrf=token[1], revision=revision[1], by="owner", **as_it_is | {my_key: my_text})
    assert (sent.status, sent.headers["location"]) == (303, f"/login?next={path}%3Fkept%3D1")
    inside = owner.submit("/login", name="owner", password=PASSWORD, next=f"{path}?kept=1")
    assert inside.headers["location"] == f"{path}?kept=1"
    form = owner.get(f"{path}?kept=1").text
    assert "You had been logged out" in form
    assert my_text in form
    assert REVISION.findall(form)[0] == revision[1]
    assert document(configs) == PLAIN
    assert "You had been logged out" not in owner.get(f"{path}?kept=1").text


@pytest.mark.parametrize(
    ("path", "action", "typed"),
    [
        ("/users", "/users", {"name": "carla", "role": "installer", "password": "harbour gull lamp"}),
        ("/phone-book", "/phone-book", {"name": "Zoë <b>", "number": "5550142"}),
        ("/wizard/phones", "/wizard/phones", {"number": "215", "name": "Kitchen"}),
        ("/settings/prompts", "/settings/prompts/say", {"name": "late", "text": "We are late today."}),
    ],
)
def test_what_was_typed_into_any_other_form_is_offered_once_more(
    live_url: str, owner: Browser, state: Path, path: str, action: str, typed: dict[str, str]
) -> None:
    token = owner.csrf(path)
    ended(state)
    sent = owner.post_form(action, csrf=token, by="owner", **typed)
    assert sent.headers["location"] == "/login?next=/typed%3Fkept%3D1"
    owner.submit("/login", name="owner", password=PASSWORD, next="/typed?kept=1")
    page = owner.get("/typed?kept=1").text
    assert f'action="{action}"' in page
    for name, text in typed.items():
        assert (f'name="{name}" value="{html.escape(text)}"' in page) == (name != "password")
    assert owner.get("/typed?kept=1").headers["location"] == "/"


@pytest.mark.parametrize(
    ("action", "typed"),
    [
        ("/recordings/r/notes", {"kind": "comment", "text": "He asked twice", "at_s": "3"}),
        ("/calls/c/note", {"text": "calls again on Monday"}),
        ("/agents/alice/disposition", {"code": "sale"}),
        ("/dial", {"to": "95551234"}),
    ],
)
def test_what_was_typed_within_a_page_is_offered_once_more_and_leads_back_there(
    live_url: str, owner: Browser, state: Path, action: str, typed: dict[str, str]
) -> None:
    token = owner.csrf("/me")
    ended(state)
    within = {"HX_Request": "true", "HX_Current_URL": f"{live_url}/recordings/r?at=3", "X_By": "owner"}
    body = urlencode(typed).encode()
    kind = "application/x-www-form-urlencoded"
    sent = owner.ask("POST", action, body, Content_Type=kind, X_CSRF_Token=token, **within)
    assert (sent.status, sent.headers["hx-redirect"]) == (401, "/login?next=/typed%3Fkept%3D1")
    owner.submit("/login", name="owner", password=PASSWORD, next="/typed?kept=1")
    page = owner.get("/typed?kept=1").text
    assert f'hx-post="{action}" hx-swap="none" data-then="/recordings/r?at=3"' in page
    for name, text in typed.items():
        assert f'name="{name}" value="{text}"' in page


def test_an_open_page_that_asks_for_news_stays_where_somebody_may_be_typing(
    live_url: str, owner: Browser, state: Path
) -> None:
    ended(state)
    asked = owner.get("/calls", HX_Request="true", HX_Current_URL=f"{live_url}/calls?page=2")
    assert (asked.status, asked.headers["x-log-in"]) == (401, "/login?next=/calls%3Fpage%3D2")
    assert "hx-redirect" not in asked.headers
    assert "still here" in asked.text


def test_a_button_alone_is_not_offered_once_more(live_url: str, owner: Browser, state: Path) -> None:
    token = owner.csrf("/users")
    ended(state)
    sent = owner.post_form("/users/bob/delete", csrf=token, by="owner", revision="2")
    assert sent.headers["location"] == "/login"


def test_passwords_and_what_others_typed_are_not_kept(live_url: str, owner: Browser, state: Path) -> None:
    path = "/settings/trunks/new"
    token = owner.csrf(path)
    ended(state)
    typed = {"name": "typed-here", "sip.registrar": "sip.example.net", "sip.password": "gull-password"}
    owner.post_form(path, csrf=token, revision="2", by="owner", **typed)
    Access(state).create_user("bob", PASSWORD, "installer")
    owner.submit("/login", name="bob", password=PASSWORD)
    assert "typed-here" not in owner.get(f"{path}?kept=1").text
    owner.post_form("/logout", csrf=owner.csrf("/me"))
    owner.submit("/login", name="owner", password=PASSWORD)
    assert "gull-password" not in owner.get(f"{path}?kept=1").text


def test_a_form_of_another_site_and_a_huge_one_are_not_kept(live_url: str, owner: Browser, state: Path) -> None:
    path = "/settings/conferences/new"
    token = owner.csrf(path)
    ended(state)
    assert owner.get("/settings/conferences/new?kept=1").headers["location"].startswith("/login?next=")
    for fields in ({"csrf": "wrong", "name": "x"}, {"csrf": token, "name": "x" * 40_000}):
        assert owner.post_form(path, revision="2", **fields).headers["location"] == "/login"


def test_a_pin_that_was_not_kept_stays_as_it_was(live_url: str, owner: Browser, configs: ConfigDb, state: Path) -> None:
    path = "/settings/conferences/board"
    token = owner.csrf(path)
    ended(state)
    owner.post_form(path, csrf=token, revision=str(configs.current().id), by="owner", name="boards", pin="97531")
    owner.submit("/login", name="owner", password=PASSWORD)
    form = owner.get(f"{path}?kept=1").text
    assert 'value="boards"' in form
    assert 'value="2468"' in form
    assert "97531" not in form
