# SPDX-License-Identifier: GPL-2.0-or-later
"""Callers whom a queue does not keep come to an end somewhere."""

from __future__ import annotations

import pytest

from firmware.config import ConfigInvalid, check, notices


def problems(*queues: dict[str, object]) -> dict[str, str]:
    try:
        check({"queue": list(queues)})
    except ConfigInvalid as invalid:
        return {problem.path: problem.message for problem in invalid.errors}
    return {}


def test_a_circle_over_different_reasons_is_found() -> None:
    found = problems(
        {"name": "one", "when_full": "queue:two"},
        {"name": "two", "overflow": "queue:three"},
        {"name": "three", "when_empty": "queue:one"},
    )
    assert list(found) == ["queue[0].when_full", "queue[1].overflow", "queue[2].when_empty"]
    assert "one → two → three → one" in found["queue[0].when_full"]


@pytest.mark.parametrize("key", ["overflow", "when_full", "when_empty"])
def test_a_queue_cannot_lead_into_itself(key: str) -> None:
    assert list(problems({"name": "one", key: "queue:one"})) == [f"queue[0].{key}"]


def test_two_queues_may_lead_into_a_third_one() -> None:
    last = {"name": "last"}
    assert not problems(
        {"name": "one", "overflow": "queue:last", "when_full": "queue:two"},
        {"name": "two", "overflow": "queue:last"},
        last,
    )


def test_a_queue_whose_agents_lack_what_it_requires_is_worth_a_word() -> None:
    def told(**queue: object) -> list[str]:
        agent = {"id": "alice", "number": "31", "pin": "4711", "queues": {"one": 1}, "skills": {"german": 4}}
        return [n.path for n in notices(check({"queue": [{"name": "one", **queue}], "agent": [agent]}))]

    assert told(required={"german": 5}) == ["queue[0].required"]
    assert told(required={"german": 5}, relax_s=30) == []
    assert told(required={"german": 4}) == []
