# SPDX-License-Identifier: GPL-2.0-or-later
"""The phone book on its page, as a file and over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fake_core import CoreError, FakeCore
from test_web_extensions import asked, press
from web_client import Browser

ANNA = {"number": "2015550123", "name": "<b>Anna</b>"}


@pytest.fixture
def core(core: FakeCore) -> FakeCore:
    done = {"count": 1}
    core.answers = {"contacts": {"items": [ANNA], "count": 3}, "contact.save": ANNA, "contact.delete": {}}
    core.answers["contacts.import"] = done
    return core


def refuse(code: str, message: str, field: str) -> Callable[[Any], None]:
    def answer(params: Any) -> None:
        raise CoreError(code, message, field=field)

    return answer


def test_people_are_looked_up_added_and_deleted(owner: Browser, live_url: str, core: FakeCore) -> None:
    page = owner.get("/phone-book?text=an").text
    for words in ("&lt;b&gt;Anna", "(201) 555-0123", "1 of 3"):
        assert words in page, words
    assert asked(core, "contacts") == [{"text": "an", "limit": 100}]
    assert owner.submit("/phone-book", number="+1 201 555-0123", name="Anna").status == 303
    assert asked(core, "contact.save") == [{"number": "+1 201 555-0123", "name": "Anna"}]
    assert press(owner, "/phone-book/delete", number="2015550123").status == 200
    assert asked(core, "contact.delete") == [{"number": "2015550123"}]


def test_what_is_wrong_is_told_at_its_field_and_stays_in_the_form(
    owner: Browser, live_url: str, core: FakeCore
) -> None:
    said = '"12a" is no telephone number; use digits, with + in front or not.'
    core.answers["contact.save"] = refuse("invalid", said, "number")
    answer = owner.submit("/phone-book", number="12a", name="Anna")
    assert answer.status == 422
    assert 'value="12a" aria-invalid="true"' in answer.text
    assert "is no telephone number" in answer.text


def test_a_file_is_taken_in_and_given_out(owner: Browser, live_url: str, core: FakeCore) -> None:
    assert owner.upload("/phone-book/file", "/phone-book", b"Name;Phone\nAnna;+1 201\n").status == 303
    assert asked(core, "contacts.import") == [{"items": [{"number": "+1 201", "name": "Anna"}]}]
    answer = owner.get("/phone-book.csv")
    assert answer.text == "\ufeffnumber,name\r\n2015550123,<b>Anna</b>\r\n"


def test_a_wrong_file_is_refused_at_its_field(owner: Browser, live_url: str, core: FakeCore) -> None:
    assert "The file is empty." in owner.upload("/phone-book/file", "/phone-book", b"\n").text
    core.answers["contacts.import"] = refuse("invalid", "Entry 2: A name has 1 to 80 characters.", "items[1].name")
    answer = owner.upload("/phone-book/file", "/phone-book", b"1,a\n2,\n")
    assert answer.status == 422
    assert "Entry 2: A name has 1 to 80 characters." in answer.text


def test_agents_read_and_add_but_neither_delete_nor_export(alice: Browser, core: FakeCore) -> None:
    page = alice.get("/phone-book").text
    assert 'action="/phone-book"' in page
    assert "/phone-book/delete" not in page
    assert "/phone-book/file" not in page
    assert press(alice, "/phone-book/delete", number="1").status == 403
    assert alice.get("/phone-book.csv").status == 403


def test_the_api_of_the_phone_book(live_url: str, core: FakeCore, token: Callable[[str], str]) -> None:
    boss, reader = Browser(live_url, token("supervisor")), Browser(live_url, token("readonly"))
    assert reader.get("/api/v1/contacts?text=anna&limit=5").json["count"] == 3
    assert asked(core, "contacts") == [{"text": "anna", "limit": 5}]
    assert boss.send("PUT", "/api/v1/contacts/2015550123", {"name": "Anna"}).status == 200
    assert boss.send("POST", "/api/v1/contacts", {"items": [ANNA]}).json == {"count": 1}
    assert boss.send("POST", "/api/v1/contacts", {"items": 3}).json["error"]["field"] == "items"
    assert boss.ask("DELETE", "/api/v1/contacts/2015550123").status == 200
    assert reader.ask("DELETE", "/api/v1/contacts/2015550123").status == 403


def test_without_a_core_it_says_so(url: str, token: Callable[[str], str]) -> None:
    browser = Browser(url, token("supervisor"))
    assert "Call control is not running." in browser.get("/phone-book").text
    assert browser.get("/api/v1/contacts").status == 503
