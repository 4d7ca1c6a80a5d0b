# SPDX-License-Identifier: GPL-2.0-or-later
"""The pages of phones, messages and the outside: what they show to whom, and what they change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import office
import pytest
from fake_core import CoreError, FakeCore
from web_client import Browser, EventStream
from web_service import PASSWORD, wait_until

from firmware.store.access import Access

SECRET = "gull-7b2x-harbour"
SOUND = office.wav()
SINCE = "2026-11-22T05:04:58.123Z"
DEVICE = {"extension": "202", "contact": "sip:202@192.0.2.7", "transport": "tls", "source": "192.0.2.7:50611",
          "user_agent": "Acme Softphone 3", "since": SINCE, "expires": SINCE}  # fmt: skip
PHONE = {"extension": "202", "name": "Office", "server": "192.0.2.1", "port": 5061, "transport": "tls", "user": "202",
         "password": SECRET, "transports": [{"transport": "tls", "server": "192.0.2.1:5061"}], "websocket": None,
         "sip": f"sip:202:{SECRET}@192.0.2.1:5061;transport=tls"}  # fmt: skip
PLACE = {"registrar": "sip.example.net", "address": "192.0.2.9:5060", "registered": False, "reachable": True,
         "latency_ms": 31.4, "last_error": "the address of sip.example.net is not known"}  # fmt: skip
TRUNK = {"name": "northcall", "kind": "sip", "state": "degraded", "calls": 1, "registered": False, "reachable": True,
         "latency_ms": 31.4, "last_error": PLACE["last_error"], "ports": [],
         "places": [PLACE, PLACE | {"registrar": "b.example.net", "last_error": ""}]}  # fmt: skip
BAN = {"address": "2001:db8::7", "reason": "guessing", "since": SINCE, "until": SINCE}


def settings(number: str, name: str, **more: Any) -> dict[str, Any]:
    base = {"extension": number, "name": name, "lamp": "idle", "do_not_disturb": False, "call_waiting": True,
            "forward_always": "", "forward_busy": "", "forward_no_answer": "", "forward_unregistered": "",
            "chosen": []}  # fmt: skip
    return base | more


@pytest.fixture
def core(state: Path) -> Iterator[FakeCore]:
    """An office with a SIP phone, a forward, a trunk in trouble, a mailbox and a ban."""
    listed = [settings("201", "Reception", lamp="busy", forward_always="5557777", chosen=["forward_always"]),
              settings("202", "Office", do_not_disturb=True)]  # fmt: skip
    by_number = {item["extension"]: item for item in listed}
    with FakeCore(state, office.status(trunks=[TRUNK])) as core:
        core.answers = {
            "extensions": listed, "phones": [DEVICE], "phone": PHONE, "modems": [], "bans": [BAN], "bans.lift": {},
            "extension.settings": lambda params: by_number[params["extension"]],
            "extension.set": lambda params: by_number[params["extension"]] | {"chosen": ["do_not_disturb"]},
            "voicemail": [{"box": "201", "name": "Reception", "new": 1, "saved": 1}], "voicemail.delete": {},
        }  # fmt: skip
        yield core


@pytest.fixture
def as_role(live_url: str, state: Path) -> Callable[[str], Browser]:
    """A browser that is logged in as somebody of a role."""

    def log_in(role: str) -> Browser:
        Access(state).create_user(role, PASSWORD, role)
        browser = Browser(live_url)
        assert browser.submit("/login", name=role, password=PASSWORD).status == 303
        return browser

    return log_in


def press(browser: Browser, path: str, **fields: str) -> Any:
    """A button of a page, as htmx sends it."""
    return browser.ask("POST", path, urlencode(fields).encode(), HX_Request="true", X_CSRF_Token=browser.csrf("/"),
                       Content_Type="application/x-www-form-urlencoded")  # fmt: skip


def asked(core: FakeCore, method: str) -> list[dict[str, Any]]:
    return [params for name, params in core.asked if name == method]


def test_the_phones_page_shows_ports_sip_phones_and_forwards(live_url: str, owner: Browser) -> None:
    text = owner.get("/phones").text
    for words in ("Reception", "fxs1", "Busy", "→ 5557777", "SIP phones: 1", "Do not disturb"):
        assert words in text, words
    text = owner.get("/phones/202").text
    for words in ("Acme Softphone 3", "192.0.2.7:50611", "TLS"):
        assert words in text, words
    assert "<html" not in owner.get("/phones", HX_Request="true").text


def test_only_what_a_supervisor_changed_is_chosen(core: FakeCore, as_role: Callable[[str], Browser]) -> None:
    supervisor = as_role("supervisor")
    answer = press(supervisor, "/phones/201/settings", forward_always="", call_waiting="on", forward_busy=" 202 ")
    assert "Saved." in answer.text
    assert asked(core, "extension.set") == [
        {"extension": "201", "settings": {"forward_always": "", "forward_busy": "202"}}
    ]
    press(supervisor, "/phones/201/as-configured")
    assert asked(core, "extension.set")[1:] == [{"extension": "201", "settings": {"forward_always": None}}]


def test_a_forward_that_cannot_be_is_said_in_the_readers_language(
    core: FakeCore, live_url: str, owner: Browser
) -> None:
    def refuse(_: dict[str, Any]) -> Any:
        raise CoreError("bad_forward", "201 cannot be forwarded to itself")

    core.answers["extension.set"] = refuse
    owner.submit("/language", "/", language="zh", next="/")
    answer = press(owner, "/phones/201/settings", forward_always="201")
    assert answer.status >= 400
    assert "201" in answer.text
    assert "forwarded" not in answer.text


def test_a_reader_sees_phones_and_trunks_and_changes_nothing(core: FakeCore, as_role: Callable[[str], Browser]) -> None:
    reader = as_role("readonly")
    page = reader.get("/phones/202").text
    assert 'hx-post="/phones/202/as-configured' not in page
    assert "Save</button>" not in page
    assert "softphone" not in page
    outside = reader.get("/outside").text
    assert "northcall" in outside
    assert "2001:db8::7" not in outside
    assert 'href="/messages"' not in outside
    for path in ("/phones/202/settings", "/phones/202/softphone", "/outside/bans/lift", "/messages/m/delete"):
        assert press(reader, path).status == 403, path
    assert reader.get("/messages").status == 403
    assert not asked(core, "extension.set") + asked(core, "phone") + asked(core, "bans.lift")


def test_the_password_of_a_phone_is_shown_to_admins_on_request_and_kept_nowhere(
    core: FakeCore, as_role: Callable[[str], Browser], owner: Browser
) -> None:
    assert SECRET not in owner.get("/phones/202").text
    assert SECRET not in owner.get("/phones/202/softphone").text
    shown = press(owner, "/phones/202/softphone")
    assert SECRET in shown.text
    assert "<svg" in shown.text
    assert " style=" not in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert asked(core, "phone") == [{"extension": "202"}]
    press(owner, "/phones/202/password")
    assert asked(core, "phone")[1:] == [{"extension": "202", "new_password": True}]
    assert press(as_role("supervisor"), "/phones/202/softphone").status == 403
    assert "softphone" not in owner.get("/phones/201").text  # it has no SIP phone


def test_messages_are_listed_heard_marked_and_deleted(
    core: FakeCore, as_role: Callable[[str], Browser], state: Path
) -> None:
    supervisor, mine = as_role("supervisor"), office.message_in(state)
    other = office.message_in(state, box="202", from_name="BEN")
    core.answers["voicemail.mark"] = mine.as_json() | {"state": "saved"}
    text = supervisor.get("/messages").text
    for words in ("ANNA", "BEN", "1:01", "Nov 20, 2026 1:00:00\u00a0PM", f'data-play="/messages/{mine.id}/audio"'):
        assert words in text, words
    assert other.id not in supervisor.get("/messages?box=201").text
    assert supervisor.get(f"/messages/{mine.id}/audio").body == SOUND
    marked = press(supervisor, f"/messages/{mine.id}/mark", state="saved")
    assert 'data-state="saved"' in marked.text
    assert press(supervisor, f"/messages/{mine.id}/delete").text == ""
    assert asked(core, "voicemail.mark") == [{"id": mine.id, "state": "saved"}]
    assert asked(core, "voicemail.delete") == [{"id": mine.id}]


def test_many_messages_come_page_by_page(live_url: str, owner: Browser, state: Path) -> None:
    for n in range(51):
        office.message_in(state, started_at=office.NOON + timedelta(minutes=n), from_name="<b>")
    text = owner.get("/messages").text
    assert text.count('id="message-') == 50
    assert "&lt;b&gt;" in text
    more = text.partition('class="more"')[2].partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    rest = owner.get(more, HX_Request="true").text
    assert rest.count('id="message-') == 1
    assert "<ul" not in rest


def test_the_outside_page_shows_trunks_in_trouble_and_lifts_bans(core: FakeCore, live_url: str, owner: Browser) -> None:
    text = owner.get("/outside").text
    for words in ("northcall", "Partly works", "31 ms", "the address of sip.example.net is not known", "b.example.net",
                  "2001:db8::7", "Guessed passwords"):  # fmt: skip
        assert words in text, words
    core.answers["bans"] = []
    assert "No address is kept out" in press(owner, "/outside/bans/lift", address="2001:db8::7").text
    assert asked(core, "bans.lift") == [{"address": "2001:db8::7"}]


def test_a_supervisor_sees_bans_and_does_not_lift_them(core: FakeCore, as_role: Callable[[str], Browser]) -> None:
    supervisor = as_role("supervisor")
    text = supervisor.get("/outside").text
    assert "2001:db8::7" in text
    assert "hx-post" not in text
    assert press(supervisor, "/outside/bans/lift", address="2001:db8::7").status == 403


def test_without_the_token_of_a_page_nothing_changes(core: FakeCore, live_url: str, owner: Browser) -> None:
    for path in ("/phones/201/settings", "/phones/201/as-configured", "/phones/202/softphone", "/phones/202/password",
                 "/messages/m/mark", "/messages/m/delete", "/outside/bans/lift"):  # fmt: skip
        assert owner.post_form(path, csrf="guess").status == 403, path
    names = {name for name, _ in core.asked}
    assert not names & {"extension.set", "phone", "voicemail.mark", "voicemail.delete", "bans.lift"}


def test_without_the_core_these_pages_open_and_say_so(owner: Browser, state: Path) -> None:
    office.message_in(state)
    for path in ("/phones", "/messages", "/outside"):
        answer = owner.get(path)
        assert answer.status == 200
        assert "Call control is not running." in answer.text, path
    assert "ANNA" in owner.get("/messages").text


def test_without_the_edge_the_outside_page_says_that_bans_are_not_known(
    core: FakeCore, live_url: str, owner: Browser
) -> None:
    def away(_: dict[str, Any]) -> Any:
        raise CoreError("edge_unavailable", "The SIP edge does not answer.")

    core.answers["bans"] = away
    assert "The SIP edge does not answer now" in owner.get("/outside").text


def test_an_open_page_hears_that_something_changed(core: FakeCore, live_url: str, owner: Browser) -> None:
    stream = EventStream(owner, "/phones/stream")
    assert stream.next()[0] == "changed"
    core.emit("agent", office.agent("alice", "Alice", "paused"))
    core.emit("lamp", {"extension": "201", "state": "ringing"})
    assert stream.next()[0] == "changed"
    stream.close()


def test_these_pages_are_chinese_for_a_chinese_reader(
    core: FakeCore, live_url: str, owner: Browser, state: Path
) -> None:
    office.message_in(state)
    owner.submit("/language", "/", language="zh", next="/")
    wait_until(lambda: "话机" in owner.get("/phones").text)
    for path, words in (
        ("/phones", ("免打扰", "SIP 话机：1")),
        ("/phones/202", ("转接", "显示设置和二维码")),
        ("/messages", ("留言", "信箱 Reception")),
        ("/outside", ("部分正常", "猜测密码", "解除")),
    ):
        text = owner.get(path).text
        for word in words:
            assert word in text, (path, word)
