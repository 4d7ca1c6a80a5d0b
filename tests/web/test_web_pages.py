# SPDX-License-Identifier: GPL-2.0-or-later
"""First start, log-in, pages: what a browser is given, and what it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import office
import pytest
from fake_bench import FakeBench
from fake_core import FakeCore
from web_client import Browser
from web_service import PASSWORD, serve, wait_until

from firmware.store.access import Access
from hil.pages.inventory import Place, page_routes
from hil.pages.screenshots import INDEX, picture_of
from webui.assets import Assets
from webui.security import SECURITY_HEADERS


@pytest.fixture
def new_box(new_state: Path) -> Iterator[Browser]:
    for _, server in serve(new_state):
        yield Browser(server.url)


@pytest.fixture
def code(new_state: Path) -> str:
    return Access(new_state).create_setup_link()


def test_a_new_box_has_no_password_and_shows_nothing_but_where_to_begin(new_box: Browser) -> None:
    assert new_box.get("/").headers["location"] == "/login"
    page = new_box.get("/login")
    assert "This box is new" in page.text
    assert "<form" in page.text  # the language switch
    assert 'name="password"' not in page.text
    assert 'name="password"' not in new_box.get("/setup?code=guess").text


def test_the_owner_sets_a_password_by_the_link_and_is_in(new_box: Browser, code: str) -> None:
    page = f"/setup?code={code}"
    done = new_box.submit("/setup", page, code=code, name="owner", password=PASSWORD, again=PASSWORD)
    assert (done.status, done.headers["location"]) == (303, "/wizard")
    assert new_box.get("/").status == 200
    assert new_box.get(page).headers["location"] == "/login"


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("short", "short", "too short"),
        ("aaaabbbbaaaa", "aaaabbbbaaaa", "repeats"),
        ("password12345", "password12345", "first that are tried"),
        ("1234567890", "1234567890", "first that are tried"),
        ("harbour lamp", "harbour lamb", "not the same"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(
    new_box: Browser, code: str, password: str, again: str, says: str
) -> None:
    page = f"/setup?code={code}"
    answer = new_box.submit("/setup", page, code=code, name="owner", password=password, again=again)
    assert answer.status == 422
    assert says in answer.text
    assert new_box.get("/").status == 303


def test_a_used_or_guessed_link_makes_nobody_an_owner(new_box: Browser, code: str, new_state: Path) -> None:
    answer = new_box.submit(
        "/setup", f"/setup?code={code}", code="x" * 32, name="owner", password=PASSWORD, again=PASSWORD
    )
    assert "This box is new" in answer.text
    assert Access(new_state).needs_setup()


def test_the_session_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(owner: Browser) -> None:
    cookie = next(cookie for cookie in owner.set_cookies if cookie.startswith("tipring_session"))
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "Path=/" in cookie


def test_a_wrong_password_says_so_and_many_of_them_close_the_door(visitor: Browser) -> None:
    csrf = visitor.csrf("/login")
    answers = [visitor.post_form("/login", csrf=csrf, name="owner", password="wrong") for _ in range(9)]
    assert [answer.status for answer in answers[:8]] == [401] * 8
    assert "Name or password is wrong" in answers[0].text
    assert answers[8].status == 429


def test_after_log_in_one_arrives_where_one_wanted_to_go(visitor: Browser) -> None:
    asked = visitor.get("/calls?number=123")
    assert asked.headers["location"] == "/login?next=/calls%3Fnumber%3D123"
    answer = visitor.submit("/login", name="owner", password=PASSWORD, next="/calls?number=123")
    assert answer.headers["location"] == "/calls?number=123"
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        away = Browser(visitor.url).submit("/login", name="owner", password=PASSWORD, next=elsewhere)
        assert away.headers["location"] == "/"


def test_logging_out_ends_the_session_on_the_box_too(owner: Browser) -> None:
    old = dict(owner.cookies)
    assert owner.submit("/logout", "/").headers["location"] == "/login"
    owner.cookies = old
    assert owner.get("/").headers["location"] == "/login"


def test_a_form_without_the_token_or_from_another_site_changes_nothing(owner: Browser, core: FakeCore) -> None:
    assert owner.post_form("/logout").status == 403
    assert owner.post_form("/calls/x/hangup", csrf="guess").status == 403
    foreign = owner.ask(
        "POST", "/calls/x/hangup", b"", Origin="https://evil.example", X_CSRF_Token=owner.csrf("/")
    )  # fmt: skip
    assert foreign.status == 403
    assert owner.get("/").status == 200
    assert not any(method == "call.hangup" for method, _ in core.asked)


def test_the_api_takes_a_session_but_wants_its_token_for_changes(owner: Browser, core: FakeCore, live_url: str) -> None:
    core.answers = {"call.hangup": {}}
    assert owner.get("/api/v1/ports").status == 200
    refused = owner.ask("POST", "/api/v1/calls/x/hangup")
    assert (refused.status, refused.json["error"]["code"]) == (403, "csrf")
    assert owner.ask("POST", "/api/v1/calls/x/hangup", X_CSRF_Token=owner.csrf("/")).status == 200


def test_every_answer_carries_the_security_headers(owner: Browser) -> None:
    for path in ("/", "/login", "/calls", "/nothing", "/api/v1/health", "/api/v1/nothing", "/metrics", "/favicon.ico"):
        headers = owner.get(path).headers
        for name, text in SECURITY_HEADERS.items():
            assert headers[name.lower()] == text, path
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_pages_carry_no_inline_script_no_style_and_nothing_from_elsewhere(owner: Browser, bench: FakeBench) -> None:
    for path in ("/", "/calls", "/bench", "/login", "/nothing"):
        text = owner.get(path).text
        assert "<script>" not in text
        assert "<style" not in text
        assert " style=" not in text
        assert "http://" not in text.replace(owner.url, "")
        assert "https://" not in text


def test_static_files_are_kept_for_ever_and_sent_compressed(visitor: Browser) -> None:
    path = Assets().url("app.css")
    plain, packed = visitor.get(path), visitor.get(path, Accept_Encoding="gzip")
    assert plain.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in plain.headers["cache-control"]
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 2
    assert visitor.get("/static/manifest.json").status == 404
    assert visitor.get("/static/..%2f..%2fpyproject.toml").status == 404


def test_the_language_is_the_browsers_then_the_switchs(visitor: Browser) -> None:
    assert 'lang="en"' in visitor.get("/login", Accept_Language="en-GB,zh;q=0.5").text
    assert "登录" in visitor.get("/login", Accept_Language="fr,zh-CN;q=0.9,en;q=0.8").text
    assert 'lang="en"' in visitor.get("/login", Accept_Language="fr").text  # the site's
    answer = visitor.submit("/language", "/login", language="zh", next="/login")
    assert answer.headers["location"] == "/login"
    assert "登录" in visitor.get("/login", Accept_Language="en").text


def test_an_address_that_is_not_there_is_answered_in_the_frame(owner: Browser) -> None:
    answer = owner.get("/nothing")
    assert answer.status == 404
    assert 'aria-label="Pages"' in answer.text
    assert "Nothing is here" in answer.text
    assert owner.get("/calls/0198-none").status == 404
    assert owner.ask("DELETE", "/calls").status == 405


def test_a_call_says_why_it_rang_there(state: Path, live_url: str, owner: Browser) -> None:
    cdr = office.past_call(state, office.NOON)
    owner.submit("/language", "/", language="zh", next="/")
    text = re.sub(r"<[^>]+>|\s+", " ", owner.get(f"/calls/{cdr.id}").text)
    assert re.search(r"为何在那里振铃.*Alice +空闲最久：已空闲 240 秒，第 1 梯队.*Bob +事后处理中，还有 12 秒", text)


def test_the_live_page_shows_ports_calls_queue_and_agents(owner: Browser, core: FakeCore, live_url: str) -> None:
    text = owner.get("/").text
    for words in ("Main line", "fxs4", "support", "Alice", "No calls at the moment", "Everything works."):
        assert words in text


def test_without_the_core_the_live_page_opens_and_says_so(owner: Browser) -> None:
    answer = owner.get("/")
    assert answer.status == 200
    assert "Call control is not running." in answer.text


def test_the_list_of_calls_filters_and_goes_on(owner: Browser, state: Path) -> None:
    for n in range(60):
        office.past_call(state, office.NOON + timedelta(minutes=n), from_number=f"555{n:04}", from_name="")
    text = owner.get("/calls").text
    assert text.count('id="row-') == 50
    more = text.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    rest = owner.get(more, HX_Request="true").text
    assert rest.count('id="row-') == 10
    assert "<html" not in rest
    found = owner.get("/calls?number=(555)%200007").text
    assert found.count('id="row-') == 1
    assert "5550007" in found
    office.past_call(state, office.NOON, from_number="+12015550123")
    assert 'id="row-' in owner.get("/calls?number=(201)%20555-0123").text
    assert "No call matches" in owner.get("/calls?number=999").text


def test_a_name_with_markup_is_shown_as_it_is(owner: Browser, state: Path) -> None:
    office.past_call(state, office.NOON, from_name="<script>alert(1)</script> 🦷")
    text = owner.get("/calls").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 🦷" in text


def test_a_calls_page_tells_what_happened_and_plays_the_recording(owner: Browser, state: Path) -> None:
    cdr = office.past_call(state, office.NOON)
    recording = office.recording_of(state, cdr)
    text = owner.get(f"/calls/{cdr.id}").text
    assert f'src="/recordings/{recording.id}/audio"' in text
    assert "Caller ID read" in text
    assert "Nov 20, 2026 1:00:00\u00a0PM" in text  # the site is in Berlin
    assert owner.get(f"/recordings/{recording.id}/audio").body == office.wav()
    assert Browser(owner.url).get(f"/recordings/{recording.id}/audio").status == 303


def test_a_supervisor_hangs_up_from_the_live_page_and_a_reader_has_no_button(
    live_url: str, core: FakeCore, owner: Browser, token: Callable[[str], str]
) -> None:
    core.answers = {"call.hangup": {}}
    core.emit("call", office.active_call("c1"))
    wait_until(lambda: "call-c1" in owner.get("/").text)
    assert 'hx-post="/calls/c1/hangup"' in owner.get("/").text
    assert owner.ask("POST", "/calls/c1/hangup", X_CSRF_Token=owner.csrf("/")).status == 204
    assert core.asked[-1] == ("call.hangup", {"id": "c1", "by": "owner"})
    assert "hx-post" not in Browser(live_url, token("readonly")).get("/").text


def test_the_bench_has_a_tab_only_while_it_is_there(owner: Browser, state: Path, core: FakeCore, live_url: str) -> None:
    assert 'href="/bench"' not in owner.get("/").text
    assert owner.get("/bench").status == 404
    with FakeBench(state):
        text = owner.get("/bench").text
    assert text.count('data-kind="phone"') == 4
    assert text.count('data-kind="exchange"') == 2
    assert "201 · Reception" in text


def test_every_page_is_in_the_docs_with_its_pictures() -> None:
    listed = INDEX.read_text()
    pictures = [
        picture_of(Place(r.path, r.roles, r.path), language) for r in page_routes() for language in ("en", "zh")
    ]
    assert [file.name for file in pictures if f"pages/{file.name})" not in listed or not file.exists()] == []
