# SPDX-License-Identifier: GPL-2.0-or-later
"""A backup of FreePBX becomes entries of the configuration, and what does not is listed."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from firmware.config import check
from firmware.errors import Invalid
from firmware.importing.outcome import told
from firmware.language import said
from tests.importing.conftest import DOCUMENT, PORTS, STRONG, outcome, packed, plan_of


def _found(freepbx: Path, existing: Any = "keep") -> dict[str, Any]:
    return outcome([freepbx], DOCUMENT, PORTS, existing)


def _one(found: dict[str, Any], table: str, key: str, value: str) -> dict[str, Any]:
    one: dict[str, Any] = next(item for item in found["document"][table] if item.get(key) == value)
    return one


def _said(found: dict[str, Any], part: str) -> bool:
    return any(part in note["message"] for note in (*found["not_understood"], *found["collisions"]))


def test_the_document_can_be_used(freepbx: Path) -> None:
    found = _found(freepbx)
    check(found["document"], PORTS)
    assert found["changed"]


def test_extensions_keep_strong_passwords_and_get_new_ones_for_weak_ones(freepbx: Path) -> None:
    found = _found(freepbx)
    assert _one(found, "extension", "number", "202") == {
        "number": "202", "name": "O'Neill, Ann", "sip": {"password": STRONG},
        "voicemail": {"pin": "4711", "email": "ann@office.example", "after_s": 15}, "no_answer_s": 15,
    }  # fmt: skip
    assert _one(found, "extension", "number", "204")["sip"] == {}
    assert _said(found, "The password of extension 204 can be guessed")
    assert _said(found, "Extension 203 is a dahdi device")


def test_what_is_there_stays_unless_it_shall_give_way(freepbx: Path) -> None:
    kept, replaced = _found(freepbx), _found(freepbx, "replace")
    assert _one(kept, "extension", "number", "201") == DOCUMENT["extension"][0]
    assert _said(kept, "extension 201 is there already")
    assert _one(replaced, "extension", "number", "201") == {"number": "201", "name": "Front", "port": "fxs1", "sip": {}}


def test_a_queue_with_its_members_in_tiers_of_their_penalties(freepbx: Path) -> None:
    found = _found(freepbx)
    queue = _one(found, "queue", "number", "700")
    assert queue["name"] == "sales-team"
    assert (queue["strategy"], queue["ring_timeout_s"], queue["max_wait_s"]) == ("round_robin", 15, 120)
    assert queue["overflow"] == "group:everyone"
    assert queue["waiting"] == {"position": True}
    parts = {item["extension"]: item["queues"] for item in found["document"]["agent"]}
    assert parts == {"201": {"support": 1, "sales-team": 3}, "202": {"sales-team": 1}, "204": {"sales-team": 2}}
    assert _said(found, "Local/999@from-queue")


def test_groups_and_menus_lead_where_they_led(freepbx: Path) -> None:
    found = _found(freepbx)
    group = _one(found, "group", "number", "610")
    assert (group["members"], group["strategy"], group["then"]) == (["202", "204"], "in_turn", "voicemail:202")
    assert _said(found, "0170123#")
    menu = _one(found, "ivr", "name", "main-menu")
    assert menu["digits"] == {"1": "queue:sales-team", "2": "extension:202"}
    assert (menu["timeout_s"], menu["retries"], menu["extensions"]) == (7, 3, True)
    assert _said(found, "app-directory,1,1")


def test_time_conditions_become_schedules_of_routes_in_their_order(freepbx: Path) -> None:
    found = _found(freepbx)
    assert _one(found, "schedule", "name", "office-hours")["hours"] == {"mon-fri": ["09:00-17:30"]}
    assert _one(found, "schedule", "name", "holidays") == {
        "name": "holidays", "holidays": ["12-25/12-26"], "holiday_hours": ["00:00-24:00"],
    }  # fmt: skip
    assert [item for item in found["document"]["route"] if item.get("did")] == [
        {"did": "+49305550", "schedule": "holidays", "to": "voicemail:202"},
        {"did": "+49305550", "schedule": "office-hours", "to": "queue:sales-team"},
        {"did": "+49305550", "to": "ivr:main-menu"},
    ]
    assert {"trunk": "acme", "to": "ivr:main-menu"} in found["document"]["route"]


def test_trunks_and_ways_out(freepbx: Path) -> None:
    found = _found(freepbx)
    assert _one(found, "trunk", "name", "acme")["sip"] == {
        "registrar": "sip.acme.example", "username": "4930555", "password": "trunksecret", "transport": "tcp",
        "codecs": ["alaw", "ulaw"],
    }  # fmt: skip
    assert _one(found, "outbound", "pattern", "0NXXXXXX.") == {
        "pattern": "0NXXXXXX.", "strip": 1, "prepend": "+49", "trunks": ["acme"],
    }  # fmt: skip
    assert _said(found, 'Trunk "Lines" is of the kind dahdi')


def test_a_pattern_that_is_none_is_left_out_with_its_place(freepbx: Path) -> None:
    notes = {note["where"]: note["message"] for note in _found(freepbx)["not_understood"]}
    assert notes["Core.json: Routing[0].patterns[1]"].startswith("outbound 1[")
    assert notes["modulejson/Paging.json"] == "The module Paging is not taken over."


def test_a_route_to_what_is_not_there_is_told_once_and_not_counted(freepbx: Path) -> None:
    document = DOCUMENT | {"extension": [*DOCUMENT["extension"], {"number": "202", "sip": {}}]}  # without a mailbox
    found = outcome([freepbx], document, PORTS, "keep")
    routes = next(made for made in found["made"] if made["table"] == "route")
    assert routes["names"] == ["+49305550", "+49305550", "acme"]
    told_of = [note for note in found["not_understood"] if "route" in note["message"]]
    assert [note["where"] for note in told_of] == ["Core.json: Did[0]"]
    assert "202 has no voicemail" in told_of[0]["message"]


def test_nothing_that_people_are_shown_has_a_secret(freepbx: Path) -> None:
    assert STRONG not in str(told(_found(freepbx)))
    assert "trunksecret" not in str(told(_found(freepbx)))


def test_the_same_file_twice_changes_nothing_more(freepbx: Path) -> None:
    again = outcome([freepbx], _found(freepbx)["document"], PORTS, "keep")
    assert not again["changed"]
    assert again["made"] == []


def test_half_a_letter_in_a_name_does_no_harm(tmp_path: Path) -> None:
    core = b'{"configs": {"Users": {"users": [{"extension": "220", "name": "A\\ud800 \\ud83d\\ude00"}]}}}'
    path = packed({"modulejson/Core.json": core.replace(b"\\\\", b"\\")}, tmp_path / "b.tar.gz")
    (made,) = [item for item in plan_of([path]).items if item.table == "extension"]
    assert made.values["name"] == "A? \U0001f600"


@pytest.mark.parametrize("wrong", [b"\x1f\x8b" + b"x" * 600, b"PK\x03\x04", b"\x00" * 1000, b'"', b""])
def test_what_is_nothing_is_refused_or_listed(tmp_path: Path, wrong: bytes) -> None:
    file = tmp_path / "anything"
    file.write_bytes(wrong)
    refused = (
        pytest.raises(Invalid, match="no whole tar archive") if wrong[:2] in (b"\x1f\x8b", b"PK") else nullcontext()
    )
    with refused:
        assert outcome([file], DOCUMENT, PORTS, "keep")["document"] == DOCUMENT


def test_everything_that_is_told_is_read_in_chinese_too(freepbx: Path) -> None:
    found = _found(freepbx)
    notes = [*found["not_understood"], *found["collisions"]]
    texts = [note["message"][len(note["about"]) :].removeprefix(": ") for note in notes]
    assert len(texts) > 10
    assert [text for text in texts if text == said(text, "zh")] == []
