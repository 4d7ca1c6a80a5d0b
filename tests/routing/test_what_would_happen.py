# SPDX-License-Identifier: GPL-2.0-or-later
"""What would happen to a call, in words: the words of an installer who asks why."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import GERMANY, plan
from plans import PLAN as PLAN_TABLES

from firmware.routing.outward import TollKind
from firmware.routing.schedules import Night
from firmware.routing.simulate import Answer, Question, simulate

MONDAY, SUNDAY, CHRISTMAS = datetime(2026, 11, 23, 10), datetime(2026, 11, 22, 10), datetime(2026, 12, 25, 10)
PLAN = plan()


def asked(switch: Night = Night.AUTO, stopped: tuple[TollKind, ...] = (), at: datetime = MONDAY, **of: str) -> Answer:
    return simulate(PLAN, GERMANY, Question(at=at, **of), switch, stopped)


def test_by_day_the_queue_answers() -> None:
    found = asked(line="fxo1", caller="030111")
    assert found.target == "queue:support"
    assert found.steps == [
        "A call comes in on fxo1 at 2026-11-23 10:00 from 030111.",
        "The route to queue:support is taken: day is open.",
        "It goes to queue:support.",
        "If nobody takes it there within 300 s, it goes to extension:201.",
    ]


@pytest.mark.parametrize(("at", "day"), [(SUNDAY, ""), (CHRISTMAS, " (a holiday)")])
def test_when_it_is_closed_the_next_route_has_its_turn(at: datetime, day: str) -> None:
    found = asked(line="fxo1", at=at)
    assert found.target == "extension:203"
    assert found.steps[1] == f"The route to queue:support is passed over: day is closed{day}."


def test_the_night_switch_is_named() -> None:
    found = asked(Night.NIGHT, line="fxo1")
    assert found.steps[1] == "The night switch stands at night: every schedule is closed."
    assert found.target == "extension:203"
    assert asked(Night.DAY, line="fxo1", at=SUNDAY).target == "queue:support"


def test_a_line_whose_routes_are_all_closed_refuses() -> None:
    assert asked(line="fxo2", at=SUNDAY).steps[-1] == "Refused: no route is open at this time."


def test_a_caller_on_the_black_list_is_refused() -> None:
    assert asked(line="fxo1", caller="+493012").ends == "refused"


@pytest.mark.parametrize(
    ("caller", "number", "last"),
    [
        ("203", "03055", "Refused: 203 may not make national calls, only internal ones."),
        ("202", "0004420", "Refused: 202 may not make international calls, only local ones."),
        ("201", "0013799", "Refused: 0013799 is on the list of numbers that are not called."),
        ("201", "7", "Refused: nothing in the dial plan matches 7."),
        ("201", "0305", "Way out 3: 305 over the trunk lines."),
        ("201", "*8", "It is the feature pick_up."),
        ("203", "112", "If none of them takes it, over any line; if all are in use, one of their calls is cut."),
        ("201", "202", "It goes to extension:202."),
    ],
)
def test_a_number_that_is_dialled(caller: str, number: str, last: str) -> None:
    assert asked(caller=caller, number=number).steps[-1] == last


def test_what_a_limit_has_stopped_is_refused() -> None:
    found = asked(stopped=(TollKind.INTERNATIONAL,), caller="201", number="0004420")
    assert found.steps[-1] == "Refused: calls to international numbers are stopped."
    assert asked(stopped=(TollKind.PREMIUM,), caller="201", number="0004420").ends == "answered"


@given(
    st.text("0123456789*#+", max_size=10),
    st.sampled_from(["", "fxo1", "fxo2", "cheap", "gone"]),
    st.sampled_from(Night),
)
def test_there_is_always_an_answer_with_reasons(number: str, line: str, switch: Night) -> None:
    found = simulate(PLAN, GERMANY, Question(MONDAY, line, number, "201"), switch)
    assert found.ends in ("answered", "refused")
    assert all(step.endswith(".") for step in found.steps)
    assert (found.ends == "refused") == found.steps[-1].startswith("Refused: ")


def of_anna(**settings: object) -> Answer:
    """A call to 201, whose owner has set something."""
    anna, *others = PLAN_TABLES["extension"]
    changed = plan(extension=[anna | settings, *others])
    return simulate(changed, GERMANY, Question(MONDAY, "", "201", "203"))


def test_what_people_set_at_their_phone_is_followed() -> None:
    assert of_anna(forward_always="203").steps[-2:] == ["201 sends its calls on to 203.", "It goes to extension:203."]
    assert of_anna(forward_always="203").target == "extension:203"
    out = of_anna(forward_always="00171234567")
    assert (out.target, out.steps[-3:][0]) == ("external:00171234567", "Way out 1: +490171234567 over the trunk dear.")
    assert of_anna(do_not_disturb=True, voicemail=True).target == "voicemail:201"
    assert of_anna(do_not_disturb=True, forward_busy="202").target == "extension:202"
    assert of_anna(do_not_disturb=True).steps[-1] == "Refused: 201 has no voicemail."
    assert of_anna(forward_busy="202").steps[-1] == "If 201 is busy, it goes to 202."


def test_forwards_that_lead_in_a_circle_end() -> None:
    anna, bert, hall = PLAN_TABLES["extension"]
    changed = plan(extension=[anna | {"forward_always": "202"}, bert | {"forward_always": "201"}, hall])
    found = simulate(changed, GERMANY, Question(MONDAY, "", "201", "203"))
    assert found.steps[-1].startswith("Refused: the call goes round, the last one to send it on is 20")
    assert found.ends == "refused"


def test_a_forward_to_the_outside_is_of_the_class_of_who_set_it() -> None:
    anna, bert, hall = PLAN_TABLES["extension"]
    changed = plan(extension=[anna, bert, hall | {"forward_always": "03055"}])
    found = simulate(changed, GERMANY, Question(MONDAY, "", "203", "201"))
    assert found.steps[-1] == "Refused: 203 may not make national calls, only internal ones."
