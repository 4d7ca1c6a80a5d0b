# SPDX-License-Identifier: GPL-2.0-or-later
"""What callers may do while they wait is checked like everything else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from firmware.config import CALL_BACK, ConfigInvalid, Target, TargetKind, check

GOOD: dict[str, Any] = {
    "extension": [{"number": "201", "port": "fxs1", "voicemail": True}],
    "queue": [
        {
            "name": "support",
            "consent": "both",
            "refuse_key": "9",
            "whisper": True,
            "survey": "happy",
            "waiting": {"position": True, "keys": {"1": "call_back", "2": "voicemail:201", "*": "survey:happy"}},
            "call_back": {"class": "local", "schedule": "day"},
        }
    ],
    "schedule": [{"name": "day", "hours": {"mon-fri": ["08:00-17:00"]}}],
    "survey": [
        {"name": "happy", "number": "690", "question": [{"name": "friendly"}, {"name": "solved", "highest": 2}]}
    ],
}


def test_keys_lead_to_targets_or_to_a_call_back() -> None:
    queue = check(GOOD, ["fxs1"]).queues[0]
    assert queue.waiting.keys["1"] == CALL_BACK
    assert queue.waiting.keys["2"] == Target(TargetKind.VOICEMAIL, "201")
    assert (queue.call_back.call_class, queue.call_back.tries) == ("local", 3)


@pytest.mark.parametrize(
    ("table", "change", "where", "says"),
    [
        ("queue", {"consent": "nobody"}, "queue[0].consent", "use"),
        ("queue", {"refuse_key": "99"}, "queue[0].refuse_key", "one of the keys"),
        ("queue", {"survey": "sad"}, "queue[0].survey", 'there is no survey "sad"; use one of happy'),
        ("queue", {"call_back": {"schedule": "night"}}, "queue[0].call_back.schedule", 'there is no schedule "night"'),
        ("queue", {"call_back": {"tries": 0}}, "queue[0].call_back.tries", "use at least 1"),
        ("queue", {"waiting": {"keys": {"1": "voice"}}}, 'queue[0].waiting.keys."1"', "or call_back"),
        ("queue", {"waiting": {"keys": {"1": "voicemail:202"}}}, 'queue[0].waiting.keys."1"', "has no voicemail"),
        ("queue", {"waiting": {"keys": {"1": "queue:support"}}}, 'queue[0].waiting.keys."1"', "waits there already"),
        ("queue", {"waiting": {"keys": {"9": "call_back"}}}, 'queue[0].waiting.keys."9"', "refuses the recording"),
        ("queue", {"waiting": {"every_s": 1}}, "queue[0].waiting.every_s", "use at least 5"),
        ("survey", {"number": "201"}, "survey[0].number", "is taken by"),
        ("survey", {"question": []}, "survey[0].question", "give at least 1"),
        (
            "survey",
            {"question": [{"name": "a"}, {"name": "a"}]},
            "survey[0].question[1].name",
            'there is a question "a" already',
        ),
    ],
)
def test_a_mistake_is_named(table: str, change: dict[str, Any], where: str, says: str) -> None:
    document = copy.deepcopy(GOOD)
    document[table][0] |= change
    with pytest.raises(ConfigInvalid) as invalid:
        check(document, ["fxs1"])
    found = {problem.path: problem.message for problem in invalid.value.errors}
    assert set(found) == {where}
    assert says in found[where]
