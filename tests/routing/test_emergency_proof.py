# SPDX-License-Identifier: GPL-2.0-or-later
"""Nobody can take away by accident that help can be called."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import plan

from firmware.errors import Invalid
from firmware.rehearsal.emergency import guard, unreachable

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CARD = ("fxo1", "fxo2", "fxs1", "fxs2", "fxs3")
NO_LINES: dict[str, Any] = {"line": [], "trunk": [], "route": [], "outbound": [], "emergency": {}}
SIP_ONLY = NO_LINES | {"trunk": [{"name": "cheap", "sip": {"registrar": "sip.example.com"}}]}


def test_help_is_reached_from_every_telephone() -> None:
    assert unreachable(plan(), CARD, NOW) == []


def test_a_box_that_has_but_a_card_reaches_help_over_its_lines() -> None:
    assert unreachable(plan(**NO_LINES), CARD, NOW) == []
    lost = unreachable(plan(**NO_LINES), (), NOW)
    assert {(each.extension, each.dialled) for each in lost} >= {("203", "112"), ("201", "110")}


def test_the_last_way_out_is_not_taken_away_by_accident() -> None:
    with pytest.raises(Invalid, match=r"a call to 112, 110 from 201, 202, 203 would not reach help") as refused:
        guard(plan(**SIP_ONLY), plan(**NO_LINES), ())
    assert refused.value.code == "emergency_unreachable"


def test_a_box_that_never_reached_help_may_be_set_up_step_by_step() -> None:
    guard(plan(**NO_LINES), plan(**NO_LINES, queue=[{"name": "support", "number": "600"}]), ())
    guard(None, plan(**NO_LINES), ())


@pytest.mark.parametrize(
    "change",
    [
        {"extension": [{"number": "0112", "sip": {}}, {"number": "201", "sip": {}}]},
        {"outbound": [{"pattern": "0.", "strip": 1, "trunks": ["lines"]},
                      {"pattern": "01XX", "strip": 1, "prepend": "99", "trunks": ["lines"]}]},
    ],
    ids=["an extension has the number", "a pattern rewrites the number"],
)  # fmt: skip
def test_a_number_behind_the_prefix_for_the_outside_stays_what_it_is(change: dict[str, Any]) -> None:
    old = plan(queue=[], route=[], emergency={})
    new = plan(**({"queue": [], "route": [], "emergency": {}} | change))
    with pytest.raises(Invalid, match=r"0112\b.* from"):
        guard(old, new, CARD)


TABLES = st.fixed_dictionaries(
    {},
    optional={
        "outbound": st.sampled_from([[], [{"pattern": "0.", "strip": 1, "trunks": ["lines"]}],
                                     [{"pattern": "1XX", "trunks": ["cheap"], "prepend": "7"}]]),
        "numbers": st.sampled_from([{"block_out": ["."]}, {"block_out": ["112", "0."]}]),
        "features": st.sampled_from([{"park": ""}, {"park": "*1"}]),
        "tolls": st.just({"premium_numbers": ["11."], "cut_calls": True}),
        "schedule": st.just([{"name": "day", "hours": {"sun": ["22:00-06:00"]}}]),
    },
)  # fmt: skip


@given(TABLES)
@settings(max_examples=30, deadline=None)
def test_lists_limits_classes_and_hours_never_stand_in_the_way_of_help(change: dict[str, Any]) -> None:
    lost = unreachable(plan(**change), CARD, NOW)
    assert [each for each in lost if each.dialled == each.number] == []
