# SPDX-License-Identifier: GPL-2.0-or-later
"""Feature codes: changed, switched off, and never two meanings of one."""

from __future__ import annotations

import itertools

import pytest

from firmware.config import ConfigInvalid, check, features

KNOWN = features.Known(("201", "202"), ("201", "202", "9NXX", "8."))


def test_a_code_is_found_with_its_argument() -> None:
    assert features.dialled({}, "*8", KNOWN) == ("pick_up", "")
    assert features.dialled({}, "**202", KNOWN) == ("pick_up_directed", "202")
    assert features.dialled({}, "**299", KNOWN) is None
    assert features.dialled({"park": "#5"}, "#5", KNOWN) == ("park", "")
    assert features.dialled({"park": ""}, "*70", KNOWN) is None


def test_a_code_with_a_number_takes_any_that_may_be_dialled() -> None:
    assert features.dialled({}, "*72202", KNOWN) == ("forward_always", "202")
    assert features.dialled({}, "*729234", KNOWN) == ("forward_always", "9234")
    assert features.dialled({}, "*729", KNOWN) is None
    assert features.dialled({}, "*72", KNOWN) is None


@pytest.mark.parametrize(
    ("digits", "more"),
    [("*", True), ("*7", True), ("*72", True), ("*722", True), ("*72202", False), ("*729234", False), ("*7285", True),
     ("*73", False), ("*8", False), ("**", True), ("**202", False), ("*19", False)],
)  # fmt: skip
def test_a_phone_waits_for_digits_exactly_while_they_can_mean_something(digits: str, more: bool) -> None:
    assert features.takes_more({}, digits, KNOWN) is more


def test_no_code_is_another_one_or_begins_like_one_that_takes_more() -> None:
    for name, other in itertools.permutations(features.FEATURES, 2):
        code, known = features.FEATURES[name].code, features.FEATURES[other].code
        assert not code.startswith(known), f"{name} {other}"


@pytest.mark.parametrize(
    ("codes", "path"),
    [({"park": "*8"}, "features.park"), ({"park": "*714"}, "features.park"), ({"dance": "*1"}, "features")],
)
def test_a_clash_is_named(codes: dict[str, str], path: str) -> None:
    with pytest.raises(ConfigInvalid) as invalid:
        check({"features": codes}, None)
    assert [problem.path for problem in invalid.value.errors] == [path]


@pytest.mark.parametrize("code", ["70", "*", "*70x", "*7000000"])
def test_a_code_begins_with_star_or_hash(code: str) -> None:
    with pytest.raises(ConfigInvalid) as invalid:
        check({"features": {"park": code}}, None)
    assert [problem.path for problem in invalid.value.errors] == ["features.park"]
