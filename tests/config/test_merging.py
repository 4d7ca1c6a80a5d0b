# SPDX-License-Identifier: GPL-2.0-or-later
"""Two changes of one document, together; what both changed is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.config.merging import merged

_TABLES = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from("abc")}, optional={"x": st.integers(0, 2)}),
    unique_by=lambda item: item["name"],
)  # fmt: skip
DOCUMENTS = st.fixed_dictionaries(
    {}, optional={"queue": _TABLES, "site": st.dictionaries(st.sampled_from("kl"), st.integers(0, 2)),
                  "route": st.lists(st.just({"to": "queue:a"}))},
)  # fmt: skip
BASE: dict[str, Any] = {"site": {"name": "A"}, "queue": [{"name": "s", "wait": 1}], "route": [{"to": "queue:s"}]}


def by_name(document: dict[str, Any]) -> dict[str, Any]:
    """Without the order of named tables."""
    return {**document, "queue": sorted(document.get("queue", []), key=lambda item: item["name"])}


@given(DOCUMENTS, DOCUMENTS)
def test_one_change_alone_is_what_it_was(base: dict[str, Any], other: dict[str, Any]) -> None:
    assert merged(base, other, base) == (other, [])
    assert merged(base, base, other) == (other, [])
    assert merged(base, other, other) == (other, [])


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_mine_wins_and_theirs_wins_the_other_way_round(
    base: dict[str, Any], one: dict[str, Any], two: dict[str, Any]
) -> None:
    (first, clashes), (second, same) = merged(base, one, two), merged(base, two, one)
    assert sorted(clashes) == sorted(same)
    if not clashes:
        assert by_name(first) == by_name(second)


@pytest.mark.parametrize(
    ("mine", "theirs", "both", "clashes"),
    [
        ({"site": {"name": "B"}}, {"site": {"name": "A", "language": "zh"}},
         {"site": {"name": "B", "language": "zh"}}, []),
        ({"queue": []}, {"site": {}}, {"queue": [], "site": {}}, []),
        ({"queue": []}, {"queue": [{"name": "s", "wait": 2}]}, {"queue": []}, ["queue[s]"]),
        ({"queue": [{"name": "s", "wait": 3}]}, {"queue": [{"name": "s", "wait": 2}, {"name": "t"}]},
         {"queue": [{"name": "s", "wait": 3}, {"name": "t"}]}, ["queue[s].wait"]),
        ({"route": []}, {"route": [{"to": "queue:s"}, {"to": "ivr:m"}]}, {"route": []}, ["route"]),
    ],
)  # fmt: skip
def test_two_changes(mine: dict[str, Any], theirs: dict[str, Any], both: dict[str, Any], clashes: list[str]) -> None:
    assert merged(BASE, BASE | mine, BASE | theirs) == (BASE | both, clashes)
