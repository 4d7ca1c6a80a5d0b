# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings while people talk: on demand, paused, and silent while a card is entered."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import pytest_asyncio

from drivers.lineaudio import Hear, HeardKind, hear_memory
from firmware.calls.digit_mask import UNKNOWN
from hil.box import Box
from hil.listen import align, speech_like
from hil.phone import Phone

pytestmark = pytest.mark.asyncio(loop_scope="module")

OFFICE = {
    "site": {"country": "us"},
    "recordings": {"format": "wav"},  # what is heard is compared with what was said
    "extension": [{"number": "201", "port": "fxs1"}, {"number": "202", "port": "fxs2"}],
    "agent": [{"id": "alice", "extension": "201", "queues": {"support": 1}}],
    "queue": [{"name": "support", "number": "600", "wrap_up_s": 0, "greeting": "none"}],
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def box(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Box]:
    async with Box(Path(tmp_path_factory.mktemp("demand")) / "box", OFFICE, "sim:fxs=2") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def agent(box: Box) -> AsyncIterator[Phone]:
    async with Phone(box.sim, "fxs1", ahead=3) as phone:
        yield phone


@pytest_asyncio.fixture(loop_scope="module")
async def caller(box: Box) -> AsyncIterator[Phone]:
    async with Phone(box.sim, "fxs2", ahead=3) as phone:
        yield phone


async def talk(box: Box, caller: Phone, agent: Phone, number: str) -> str:
    """The caller dials, the agent answers; the call."""
    caller.pick_up()
    await caller.hears("dial")
    await caller.dial(number)
    await agent.rung(timeout=8)
    agent.pick_up()
    calls = await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
    return str(calls[0]["id"])


async def over(box: Box, caller: Phone, agent: Phone, id: str) -> dict[str, Any]:
    """Both hang up; the call with its trail."""
    caller.hang_up()
    agent.hang_up()
    await box.until("/calls/active", lambda calls: not calls)
    return dict(await box.until(f"/calls/{id}", lambda call: call["ended_at"]))


async def sound(box: Box, id: str) -> tuple[dict[str, Any], memoryview, memoryview]:
    """A recording, its left and its right channel."""
    known = await box.until(f"/recordings/{id}", lambda recording: recording["state"] == "ready")
    with wave.open(io.BytesIO(await box.get(f"/recordings/{id}/audio"))) as file:
        samples = memoryview(file.readframes(file.getnframes())).cast("h")
    return known, samples[0::2], samples[1::2]


def is_in(said: Sequence[int], samples: memoryview) -> bool:
    """Whether any 0.4 s of it can be heard there; a slow machine may have torn the rest."""
    pieces = (said[at : at + 3200] for at in range(0, len(said) - 3200, 1600))
    return any(align(piece, samples).correlation > 0.95 for piece in pieces)


def keys_in(samples: memoryview) -> str:
    found = hear_memory(Hear.DTMF, samples.tobytes())
    return "".join(str(heard.value) for _, heard in found if heard.kind is HeardKind.DIGIT)


def digits_of(call: dict[str, Any]) -> str:
    return "".join(event["data"]["digit"] for event in call["trail"] if event["event"] == "digit")


async def test_a_card_number_is_in_no_recording_and_no_trail_and_what_was_said_before_is(
    box: Box, caller: Phone, agent: Phone
) -> None:
    id = await talk(box, caller, agent, "600")
    spoken = speech_like(2, seed=1)
    caller.say(spoken)
    await agent.listen(2.3)
    await caller.dial("4111111111111111")
    await agent.listen(0.5)
    call = await over(box, caller, agent, id)
    assert digits_of(call) == UNKNOWN * 16
    recording, left, right = await sound(box, call["recordings"][0])
    assert keys_in(left) == keys_in(right) == ""
    assert is_in(spoken, left)
    ((begin, end, why),) = recording["masked"]
    assert why == "digits"
    assert 2 < begin < 3.5
    assert end > begin + 3
    assert not any(left[int((begin + 0.1) * 8000) : int((end - 0.3) * 8000)])


async def test_a_key_records_a_call_that_no_rule_would_and_the_api_pauses_it(
    box: Box, caller: Phone, agent: Phone
) -> None:
    id = await talk(box, caller, agent, "201")
    assert (await box.get("/calls/active"))[0]["recording"] is False
    await agent.dial("*1")
    await box.until("/calls/active", lambda calls: calls[0]["recording"])
    first, second, third = (speech_like(1.2, seed=seed) for seed in (5, 6, 7))
    caller.say(first)
    await agent.listen(1.5)
    paused = await box.request("POST", f"/api/v1/calls/{id}/recording", {"action": "pause"})
    assert paused == {"recording": True, "recording_silent": "paused"}
    caller.say(second)
    await agent.listen(1.5)
    await box.request("POST", f"/api/v1/calls/{id}/recording", {"action": "resume"})
    caller.say(third)
    await agent.listen(1.5)
    await agent.dial("*1")
    await box.until("/calls/active", lambda calls: not calls[0]["recording"])
    call = await over(box, caller, agent, id)
    recording, left, _ = await sound(box, call["recordings"][0])
    assert (recording["rule"], [span[2] for span in recording["masked"]]) == ("demand", ["paused"])
    assert is_in(first, left)
    assert is_in(third, left)
    assert not is_in(second, left)
    events = [event["event"] for event in call["trail"]]
    order = ["recording_wanted", "recording_began", "recording_paused", "recording_resumed", "recording_ended"]
    assert [event for event in events if event.startswith("recording")] == order


async def test_while_a_card_is_entered_not_even_a_single_key_or_word_is_kept(
    box: Box, caller: Phone, agent: Phone
) -> None:
    id = await talk(box, caller, agent, "600")
    await agent.dial("*3")
    await box.until("/calls/active", lambda calls: calls[0]["recording_silent"] == "card_entry")
    spoken = speech_like(1.2, seed=8)
    caller.say(spoken)
    await agent.listen(1.5)
    await caller.dial("12")
    await asyncio.sleep(0.5)
    await agent.dial("*3")
    await box.until("/calls/active", lambda calls: not calls[0]["recording_silent"])
    await agent.listen(0.5)
    call = await over(box, caller, agent, id)
    assert "1" not in digits_of(call)
    assert "2" not in digits_of(call)
    _, left, _ = await sound(box, call["recordings"][0])
    assert keys_in(left) == ""
    assert not is_in(spoken, left)
    with pytest.raises(HTTPError, match="404"):
        await box.request("POST", f"/api/v1/calls/{id}/recording", {"action": "pause"})
