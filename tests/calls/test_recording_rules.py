# SPDX-License-Identifier: GPL-2.0-or-later
"""Which conversations are recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from firmware.calls.recording_rules import drawn, rule_of
from firmware.config import check
from firmware.ids import uuid7
from firmware.records import Cdr, Direction

OFFICE: dict[str, Any] = {
    "extension": [{"number": "201", "port": "fxs1", "record": True}, {"number": "202", "port": "fxs2"}],
    "line": [{"port": "fxo1", "record": True}, {"port": "fxo2"}],
    "queue": [{"name": "support"}, {"name": "private", "record": False}],
}


def cdr(line: str | None = None, id: str = "x") -> Cdr:
    return Cdr(id, Direction.INBOUND, "5551234", "", "600", datetime(2026, 11, 22, tzinfo=UTC), line=line)


@pytest.mark.parametrize(
    ("line", "queue", "numbers", "rule"),
    [
        ("fxo2", "support", ["202"], "queue:support"),
        ("fxo2", "private", ["202"], ""),
        ("fxo2", "private", ["201"], "extension:201"),
        ("fxo1", "private", ["202"], "line:fxo1"),
        (None, None, ["202"], ""),
        (None, "deleted", ["299"], ""),
    ],
)
def test_queue_extension_and_line_decide(line: str | None, queue: str | None, numbers: list[str], rule: str) -> None:
    assert rule_of(check(OFFICE), cdr(line), queue, numbers) == rule


def test_a_share_of_the_rest_is_recorded_and_of_a_queue_its_own() -> None:
    config = check(OFFICE | {"recordings": {"share": 10}, "queue": [{"name": "support", "record": "30%"}]})
    ids = [uuid7() for _ in range(4000)]
    others = sum(rule_of(config, cdr(id=id), None, ["202"]) == "share" for id in ids)
    queue = sum(rule_of(config, cdr(id=id), "support", ["202"]) == "queue:support" for id in ids)
    assert 320 < others < 480
    assert 1080 < queue < 1320


def test_the_same_call_is_always_drawn_alike_and_a_larger_share_has_all_of_a_smaller_one() -> None:
    ids = [uuid7() for _ in range(500)]
    few = {id for id in ids if drawn(id, 10)}
    assert few == {id for id in ids if drawn(id, 10)}
    assert few <= {id for id in ids if drawn(id, 50)}
    assert not any(drawn(id, 0) for id in ids)
    assert all(drawn(id, 100) for id in ids)
