# SPDX-License-Identifier: GPL-2.0-or-later
"""Forwards, groups and what rings beside an extension: what leads nowhere is named with its path."""

from __future__ import annotations

from typing import Any

import pytest

from firmware.config import ConfigInvalid, Target, TargetKind, check


def office(**more: Any) -> dict[str, Any]:
    return {
        "extension": [
            {"number": "201", "port": "fxs1"},
            {"number": "202", "sip": {}},
            {"number": "203", "port": "fxs3"},
        ],
        "line": [{"port": "fxo1"}],
        "trunk": [{"name": "lines", "ports": ["fxo1"]}],
        "outbound": [{"pattern": "9.", "strip": 1, "trunks": ["lines"]}],
        **more,
    }


def with_201(**settings: Any) -> dict[str, Any]:
    document = office()
    document["extension"][0] |= settings
    return document


def paths(document: dict[str, Any]) -> list[str]:
    try:
        check(document, None)
    except ConfigInvalid as invalid:
        return [problem.path for problem in invalid.errors]
    return []


@pytest.mark.parametrize("to", ["", "202", "95550100", "extension:203", "external:5550100"])
def test_a_forward_to_what_can_be_called_is_taken(to: str) -> None:
    assert paths(with_201(forward_busy=to)) == []


@pytest.mark.parametrize("to", ["201", "299", "extension:201", "queue:none", "hello", "5550100"])
def test_a_forward_that_leads_nowhere_is_named(to: str) -> None:
    assert paths(with_201(forward_always=to)) == ["extension[0].forward_always"]


def test_what_rings_beside_an_extension_may_be_short_or_full() -> None:
    config = check(with_201(also=["extension:202", {"to": "external:95550100", "after_s": 10}]), None)
    first, second = config.extensions[0].also
    assert first.to == Target(TargetKind.EXTENSION, "202")
    assert (second.after_s, second.confirm) == (10, True)


@pytest.mark.parametrize("to", ["extension:201", "extension:299", "queue:support", "conference:team"])
def test_what_does_not_ring_is_no_part_of_an_extension(to: str) -> None:
    assert paths(with_201(also=[to])) == ["extension[0].also[0]"]


def test_an_extension_may_be_nothing_but_a_number_outside() -> None:
    document = office()
    document["extension"].append({"number": "204", "also": ["external:5550199"]})
    assert paths(document) == []


@pytest.mark.parametrize(
    ("table", "settings", "path"),
    [
        ("group", {"members": ["299"]}, "group[0].members[0]"),
        ("group", {"members": []}, "group[0].members"),
        ("group", {"members": ["201"], "number": "202"}, "group[0].number"),
        ("group", {"members": ["201"], "then": "group:desk"}, "group[0].then"),
        ("group", {"members": ["201"], "then": "queue:none"}, "group[0].then"),
        ("paging", {"members": ["201"]}, "paging[0].members[0]"),
        ("paging", {"members": ["299"]}, "paging[0].members[0]"),
    ],
)
def test_groups_have_members_that_can_be_rung_and_lead_on(table: str, settings: dict[str, Any], path: str) -> None:
    assert paths(office(**{table: [{"name": "desk", **settings}]})) == [path]


def test_a_good_group_and_a_good_paging_group_are_taken() -> None:
    group = {
        "name": "desk",
        "number": "300",
        "members": ["201", "203"],
        "strategy": "round_robin",
        "then": "extension:202",
    }
    assert paths(office(group=[group], paging=[{"name": "all", "number": "301", "members": ["202"]}])) == []
