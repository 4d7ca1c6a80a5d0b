# SPDX-License-Identifier: GPL-2.0-or-later
"""Call-backs and the phone book from the shell."""

from __future__ import annotations

import json

import pytest

ITEM = {"id": "b1", "queue": "support", "number": "2015550123", "name": "Anna", "state": "taken", "due": False}
CONTACTS = {"items": [{"number": "2015550123", "name": "Anna"}], "count": 1}
METHODS = {
    **{f"call_back.{order}": ITEM for order in ("add", "cancel", "take", "call")},
    "call_backs": [ITEM],
    "contacts": CONTACTS,
    "contact.save": CONTACTS["items"][0],
    "contact.delete": {},
    "contacts.import": {"count": 1},
}


@pytest.fixture
def asked(core):
    """What the core was asked, with its params."""
    asked: list[tuple[str, dict]] = []

    def method(name, answer):
        async def handle(params):
            asked.append((name, params))
            return answer

        return handle

    core.server.add({name: method(name, answer) for name, answer in METHODS.items()})
    return asked


def test_call_backs_are_listed_added_cancelled_and_taken(tipring, asked):
    assert "2015550123" in tipring("call-backs", "list")[1]
    assert json.loads(tipring("call-backs", "list", "--json")[1]) == [ITEM]
    assert tipring("call-backs", "add", "support", "(201) 555-0123", "--name", "Anna")[:2] == (0, "b1 taken\n")
    assert tipring("call-backs", "cancel", "b1")[0] == 0
    assert tipring("call-backs", "take", "b1", "alice")[0] == 0
    assert tipring("call-backs", "take", "b1", "alice", "--call")[0] == 0
    assert asked[2:3] + asked[4:] == [
        ("call_back.add", {"queue": "support", "number": "2015550123", "name": "Anna"}),
        ("call_back.take", {"id": "b1", "agent": "alice"}),
        ("call_back.call", {"id": "b1", "agent": "alice"}),
    ]
    assert asked[3][1]["author"].startswith("cli:")


def test_the_phone_book_is_looked_up_filled_and_given_out(tipring, asked, tmp_path):
    assert "Anna" in tipring("contacts", "list", "ann")[1]
    assert tipring("contacts", "add", "201 555 0123", "Anna")[0] == 0
    assert tipring("contacts", "delete", "2015550123")[0] == 0
    assert tipring("contacts", "export")[1] == "number,name\r\n2015550123,Anna\r\n"
    file = tmp_path / "book.csv"
    file.write_text("number,name\n1,Ben\n")
    assert tipring("contacts", "import", str(file))[1] == "1 in the phone book\n"
    assert asked[-1] == ("contacts.import", {"items": [{"number": "1", "name": "Ben"}]})
    status, _, said = tipring("contacts", "import", str(tmp_path / "nothing.csv"))
    assert (status, "cannot be read" in said) == (1, True)
