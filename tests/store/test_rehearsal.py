# SPDX-License-Identifier: GPL-2.0-or-later
"""A change is rehearsed on the calls of the last 30 days: which of them would have gone elsewhere."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firmware.config import check
from firmware.records import Direction, Disposition, TrailEvent
from firmware.rehearsal import past
from firmware.rehearsal.preview import preview
from firmware.rehearsal.rehearse import Rehearsal, rehearse
from firmware.store import history as writing

SUNDAY = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # 10:30 at the site
NOW = SUNDAY + timedelta(days=3)
OFFICE: dict[str, Any] = {
    "site": {"country": "us", "timezone": "Europe/Berlin"},
    "extension": [{"number": "201", "sip": {}, "voicemail": True}, {"number": "202", "sip": {}}],
    "line": [{"port": "fxo1", "number": "5550100"}, {"port": "fxo2"}],
    "trunk": [{"name": "lines", "ports": ["fxo1", "fxo2"]}, {"name": "cloud", "sip": {"registrar": "sip.example.com"}}],
    "queue": [{"name": "support", "number": "600", "overflow": "extension:202"}],
    "ivr": [{"name": "main", "timeout": "queue:support"}],
    "schedule": [{"name": "day", "hours": {"mon-fri": ["08:00-17:00"]}}],
    "route": [{"line": "fxo1", "schedule": "day", "to": "queue:support"}, {"line": "fxo1", "to": "ivr:main"},
              {"trunk": "cloud", "to": "queue:support"}],
    "outbound": [{"pattern": "9.", "strip": 1, "trunks": ["lines", "cloud"]}],
}  # fmt: skip


@pytest.fixture
def called(db, cdr):
    """Writes a call that ended, `days` before that Sunday."""

    def write(days: float = 0, *trail: tuple[str, dict[str, Any]], **fields: Any) -> None:
        at = SUNDAY - timedelta(days=days)
        known = {"started_at": at, "ended_at": at, "disposition": Disposition.ANSWERED, "queue": None}
        made = cdr(**(known | fields))
        writing.trail(db, [TrailEvent(made.id, at, event, data) for event, data in trail])
        writing.call_ended(db, made, False)

    return write


@pytest.fixture
def rehearsed(db):
    """What becomes of the calls when tables of the office are replaced."""

    def run(**changed: Any) -> Rehearsal:
        old = copy.deepcopy(OFFICE)
        return rehearse(db, check(old), check(old | changed), NOW)

    return run


TO_MAILBOX = [OFFICE["route"][0], {"line": "fxo1", "to": "voicemail:201"}, OFFICE["route"][2]]


def test_calls_that_would_have_gone_elsewhere_are_grouped(called, rehearsed) -> None:
    for week in reversed(range(4)):
        called(7 * week)  # Sunday
        called(7 * week - 1)  # Monday
    called(40)
    found = rehearsed(route=TO_MAILBOX)
    assert (found.moved, found.calls) == (4, 8)
    (group,) = found.groups
    assert group["message"] == "4 calls from fxo1 on Sundays would go to voicemail:201 instead of ivr:main."
    assert group["examples"][0]["started_at"] == "2026-11-22T09:30:00.000Z"


def test_other_hours_move_the_calls_of_those_hours_only(called, rehearsed) -> None:
    called(-1)
    called(-1.375)  # Monday 19:30 at the site
    found = rehearsed(schedule=[{"name": "day", "hours": {"mon-fri": ["08:00-20:00"]}}])
    (group,) = found.groups
    assert group["message"] == (
        "1 call from fxo1 on Mondays between 17:00 and 20:00 would go to queue:support instead of ivr:main."
    )


def test_a_call_that_came_by_a_trunk_is_judged_by_the_number_that_was_called(called, rehearsed) -> None:
    called(line=None, trunk="cloud", to_number="5550101")
    called(line=None, trunk="cloud", to_number="5550199")
    found = rehearsed(route=[*OFFICE["route"], {"did": "5550199", "to": "extension:201"}])
    assert [group["message"] for group in found.groups] == [
        "1 call from cloud to 5550199 on Sundays would go to extension:201 instead of queue:support."
    ]


def test_callers_on_a_new_black_list_are_found(called, rehearsed) -> None:
    called(from_number="5551000")
    called(from_number="5552000")
    found = rehearsed(numbers={"block_in": ["5551."]})
    (group,) = found.groups
    assert (group["calls"], group["after"]["target"]) == (1, "")
    assert group["message"].endswith("would be refused instead of going to ivr:main.")


OUT = {"direction": Direction.OUTBOUND, "line": None, "trunk": "lines", "from_number": "202"}


def test_calls_out_know_classes_trunks_and_digits(called, rehearsed) -> None:
    for number in ("95551234", "95551235"):
        called(**OUT, to_number=number)
    called(**OUT | {"direction": Direction.INTERNAL}, to_number="201")
    narrower = [OFFICE["extension"][0], OFFICE["extension"][1] | {"class": "internal"}]
    assert [group["message"] for group in rehearsed(extension=narrower).groups] == [
        "2 calls dialled by 202 would be refused instead of going to trunk lines, cloud."
    ]
    other = rehearsed(outbound=[{"pattern": "9.", "strip": 1, "trunks": ["cloud"]}])
    assert [group["message"] for group in other.groups] == [
        "2 calls dialled by 202 would go to trunk cloud instead of trunk lines, cloud."
    ]
    digits = rehearsed(outbound=[{"pattern": "9.", "trunks": ["lines", "cloud"]}])
    assert [group["message"] for group in digits.groups] == [
        "2 calls dialled by 202 would be dialled with other digits over trunk lines, cloud."
    ]


def test_who_waited_too_long_would_overflow_elsewhere(called, rehearsed) -> None:
    called(queue="support", disposition=Disposition.OVERFLOWED)
    called(queue="support")
    found = rehearsed(queue=[{"name": "support", "number": "600", "overflow": "voicemail:201"}])
    assert [group["message"] for group in found.groups] == [
        "1 call that waited too long in support would go to voicemail:201 instead of extension:202."
    ]


def pressed(keys: str, to: str) -> tuple[str, dict[str, Any]]:
    return "menu_choice", {"menu": "main", "digit": keys, "to": to}


def test_who_pressed_a_key_would_go_where_it_leads_now(db, called) -> None:
    before = copy.deepcopy(OFFICE)
    before["ivr"] = [{"name": "main", "digits": {"1": "queue:support", "2": "extension:201"}, "extensions": True}]
    after = copy.deepcopy(before)
    after["ivr"] = [{"name": "main", "digits": {"1": "voicemail:201"}, "timeout": "queue:support"}]
    for days in range(3):
        called(days, pressed("1", "queue:support"))
    called(4, pressed("2", "extension:201"))
    called(5, pressed("202", "extension:202"))
    called(6, ("menu_left", {"menu": "main", "to": "hangup"}))
    called(7, ("menu_choice", {"menu": "other", "digit": "1", "to": "queue:support"}))
    called(31, pressed("1", "queue:support"))
    found = rehearse(db, check(before), check(after), NOW)
    assert (found.moved, found.calls) == (6, 6)
    assert [group["message"] for group in found.groups] == [
        "3 calls that pressed 1 in main would go to voicemail:201 instead of queue:support.",
        "1 call that pressed 2 in main would go to hangup instead of extension:201.",
        "1 call that pressed 202 in main would go to hangup instead of extension:202.",
        "1 call that pressed nothing in main would go to queue:support instead of hangup.",
    ]
    assert len(found.groups[0]["examples"]) == 3


def test_calls_to_a_phone_follow_its_forwards(called, rehearsed) -> None:
    called(to_number="202", direction=Direction.INTERNAL, line=None, from_number="201")
    called(1, ("forwarded", {"by": "201", "to": "extension:202", "reason": "deflected"}))
    called(2, ("unanswered", {"extension": "201", "reason": "nobody answered"}))
    first, second = OFFICE["extension"]
    always = rehearsed(extension=[first, second | {"forward_always": "voicemail:201"}])
    assert [group["message"] for group in always.groups] == [
        "1 call dialled by 201 to 202 would go to voicemail:201 instead of extension:202."
    ]
    later = rehearsed(extension=[first | {"forward_no_answer": "202"}, second])
    assert [group["message"] for group in later.groups] == [
        "1 call to 201 while nobody answered would go to 202 instead of extension:201."
    ]


def test_what_people_have_chosen_counts_before_and_after(db, called, state) -> None:
    called(to_number="202", direction=Direction.INTERNAL, line=None, from_number="201")
    before, after = copy.deepcopy(OFFICE), copy.deepcopy(OFFICE)
    after["extension"][1]["forward_always"] = "201"
    told = preview(before, after, None, state / "history.db", {"202": {"forward_always": "600"}})
    assert told["rehearsal"]["moved"] == 0
    told = preview(before, after, None, state / "history.db", {})
    assert told["rehearsal"]["moved"] == 1


def test_what_no_call_can_notice_looks_at_none(called, rehearsed) -> None:
    called()
    assert rehearsed(site=OFFICE["site"] | {"name": "New"}).as_json() == {
        "days": 30, "calls": 0, "of": 0, "moved": 0, "groups": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "parameters"), [(past.CAME_IN, (True, 1, 2)), (past.DIALLED, (1, 2)), (past.WAITED, ("x", 1, 2)),
                            (past.STORIES, (1, 2, 3))]
)  # fmt: skip
def test_the_history_is_read_along_an_index(db, sql: str, parameters: tuple[Any, ...]) -> None:
    steps = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    assert steps[0].startswith("SEARCH calls USING INDEX calls_"), steps
