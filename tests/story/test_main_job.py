# SPDX-License-Identifier: GPL-2.0-or-later
"""The main job, end to end, over the simulated copper."""

from __future__ import annotations

from typing import Any

import pytest
from story_ends import Ends

from hil.box import Box
from hil.hearing import assert_heard, recorded_on_two_channels
from hil.listen import speech_like

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_caller_is_answered_queued_connected_recorded_and_listed(box: Box, ends: Ends) -> None:
    exchange, agent = await ends.exchange(), await ends.phone(1)
    exchange.ring("5551234", "ANNA SMITH", cadence_ms=(300, 2200))
    await exchange.off_hook(timeout=8)
    await exchange.hears_sound(timeout=5)  # greeting, then music

    on_off = await agent.rung(timeout=8, steps=2)
    assert on_off == pytest.approx([2000, 4000], abs=60)
    shown = await agent.caller_id(timeout=1)
    assert (shown.number, shown.name) == ("5551234", "ANNA SMITH")
    agent.pick_up()
    await ends.call_is("talking")

    spoken, answered = speech_like(3.0, seed=1), speech_like(3.0, seed=2)
    began = exchange.wire.heard_blocks
    exchange.say(spoken)
    agent.say(answered)
    heard_by_agent = await agent.listen(3.6)
    heard_by_caller = exchange.wire.heard_pcm(began)
    assert_heard(spoken, heard_by_agent)
    assert_heard(answered, heard_by_caller)

    agent.hang_up()
    await exchange.on_hook(timeout=4)
    call = await ends.ended()
    assert (call["from_number"], call["from_name"], call["to_number"]) == ("5551234", "ANNA SMITH", "5550101")
    assert (call["direction"], call["line"], call["queue"], call["agent"]) == ("inbound", "fxo1", "support", "alice")
    assert (call["disposition"], call["hangup_by"], call["hangup_cause"]) == ("answered", "callee", 16)
    assert 3 < call["talk_s"] < 8
    assert 5 < call["wait_s"] < 8
    await recorded_on_two_channels(box, call["recordings"][0], spoken, answered)
    await told_why_it_was_offered(ends, call["id"])
    await counted_in_the_report(box, call)


async def told_why_it_was_offered(ends: Ends, id: str) -> None:
    trail = await ends.trail(id)
    assert [event["event"] for event in trail][:4] == ["caller_id", "greeting", "queued", "offered"]
    offered = next(event["data"] for event in trail if event["event"] == "offered")
    considered = {c["agent"]: (c["chosen"], c["reason"]) for c in offered["considered"]}
    assert considered["alice"][0] is True
    assert "longest idle" in considered["alice"][1]
    assert considered["bob"][0] is False
    assert "later in line" in considered["bob"][1]


async def counted_in_the_report(box: Box, call: dict[str, Any]) -> None:
    """As docs/reports.md says; other stories have calls of theirs before it."""
    span = f"since={call['started_at']}"
    report = await box.get(f"/reports?by=queue&{span}")
    (support,) = (row for row in report["rows"] if row["key"] == "support")
    assert (support["offered"], support["answered"], support["service_level"]) == (1, 1, 1.0)
    assert abs(support["speed_of_answer_s"] - call["wait_s"]) <= 0.1
    assert abs(support["talk_s"] - call["talk_s"]) <= 0.1
    (line,) = (await box.get(f"/reports/lines?{span}"))["lines"]
    assert (line["line"], line["calls"], line["most_at_once"]) == ("fxo1", 1, 1)
