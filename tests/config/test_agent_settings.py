# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents with and without a place of their own, reasons of pauses, disposition codes."""

from __future__ import annotations

from typing import Any

import pytest

from firmware import countries
from firmware.config import ConfigInvalid, check, features
from firmware.routing import inside

SALE, WAIT = {"name": "sale", "key": "1"}, {"name": "call_again", "label": "Call again", "key": "2"}
LUNCH = {"name": "lunch", "key": "1", "paid": False}


def office(**changes: Any) -> dict[str, Any]:
    return {
        "extension": [{"number": "201", "sip": {}}],
        "agent": [{"id": "alice", "number": "31", "pin": "4711", "queues": {"sales": 1}}],
        "queue": [{"name": "sales", "number": "600", "dispositions": ["sale"]}],
        "disposition": [SALE, WAIT],
        "pause_reason": [LUNCH],
        **changes,
    }


def test_an_agent_may_have_no_place_of_his_own() -> None:
    config = check(office())
    assert (config.agents[0].extension, config.agent_numbered("31")) == (None, config.agents[0])
    assert config.agent_numbered("32") is None
    assert (config.disposition("sale"), config.pause_reason("lunch")) == (
        config.dispositions[0],
        config.pause_reasons[0],
    )


def test_keys_and_numbers_may_follow_the_codes_of_agents() -> None:
    known = inside.known(check(office()), countries.load("us"))
    for dialled, found in {
        "*15": ("agent_pause", ""), "*151": ("agent_pause", "1"), "*159": None, "*182": ("disposition", "2"),
        "*17": ("agent_state", ""), "*1731": ("agent_state", "31"), "*13600": ("queue_log_in", "600"), "*13": None,
    }.items():  # fmt: skip
        assert features.dialled({}, dialled, known) == found, dialled
    assert features.takes_more({}, "*15", known)
    assert not features.takes_more({}, "*151", known)


@pytest.mark.parametrize(
    ("changes", "path", "says"),
    [
        ({"agent": [{"id": "alice"}]}, "agent[0]", "a number and a PIN"),
        ({"agent": [{"id": "alice", "number": "31"}]}, "agent[0].pin", "is needed"),
        ({"agent": [{"id": "a", "extension": "201", "number": "31"}, {"id": "b", "number": "31", "pin": "1234"}]},
         "agent[1].number", "taken by agent[0].number"),
        ({"queue": [{"name": "sales", "dispositions": ["gone"]}]}, "queue[0].dispositions[0]", "call_again, sale"),
        ({"queue": [{"name": "sales", "disposition_required": True}]}, "queue[0].disposition_required", "needs codes"),
        ({"disposition": [SALE, {"name": "no_sale", "key": "1"}]}, "disposition[1].key", "taken by disposition[0].key"),
        ({"pause_reason": [LUNCH, LUNCH | {"key": "2"}]}, "pause_reason[1].name", "taken by"),
        ({"pause_reason": [LUNCH | {"key": "123"}]}, "pause_reason[0].key", "one or two digits"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(changes: dict[str, Any], path: str, says: str) -> None:
    with pytest.raises(ConfigInvalid) as invalid:
        check(office(**changes))
    (problem,) = [problem for problem in invalid.value.errors if problem.path == path]
    assert says in problem.message
