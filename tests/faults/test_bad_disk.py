# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that stalls is heard by nobody; a disk that is full stops recordings, never calls."""

from __future__ import annotations

import io
import subprocess
import wave
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from hil.box import Box
from hil.hearing import hears
from hil.listen import align, faults, speech_like
from hil.phone import Phone

HERE = Path(__file__).parent

OFFICE = {
    "site": {"country": "us"},
    "recordings": {"format": "wav"},
    "extension": [{"number": "201", "port": "fxs1"}, {"number": "202", "port": "fxs2"}],
    "agent": [{"id": "alice", "extension": "201", "queues": {"support": 1}}],
    "queue": [{"name": "support", "number": "600", "wrap_up_s": 0, "greeting": "none"}],
}


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The disk with faults."""
    library = tmp_path_factory.mktemp("bad_disk") / "bad_disk.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", str(HERE / "bad_disk.c"), "-o", str(library), "-ldl"], check=True)
    return library


@pytest.fixture
def order(tmp_path: Path) -> Callable[[str], None]:
    """Gives orders to the disk; "" is none."""
    file = tmp_path / "orders"
    file.write_text("")
    return lambda text: (file.write_text(text), None)[1]


@pytest.fixture
async def box(tmp_path: Path, shim: Path, order: Callable[[str], None]) -> AsyncIterator[Box]:
    """A box whose recordings are on that disk."""
    state = tmp_path / "box"
    environment = {
        "LD_PRELOAD": str(shim),
        "BAD_DISK_UNDER": str(state / "recordings"),
        "BAD_DISK_ORDERS": str(tmp_path / "orders"),
    }
    async with Box(state, OFFICE, "sim:fxs=2", environment) as running:
        yield running


async def talking(caller: Phone, agent: Phone) -> None:
    """The caller dials the queue, the agent answers."""
    caller.pick_up()
    await caller.hears("dial")
    await caller.dial("600")
    await agent.rung(timeout=8)
    agent.pick_up()


async def recording_of(box: Box, id: str) -> tuple[memoryview, memoryview]:
    """Left and right of a recording."""
    await box.until(f"/recordings/{id}", lambda r: r["state"] == "ready", 15)
    with wave.open(io.BytesIO(await box.get(f"/recordings/{id}/audio"))) as file:
        samples = memoryview(file.readframes(file.getnframes())).cast("h")
    return samples[0::2], samples[1::2]


async def test_a_disk_that_stalls_for_two_seconds_is_heard_by_nobody_and_the_recording_is_whole(
    box: Box, order: Callable[[str], None]
) -> None:
    async with Phone(box.sim, "fxs1", ahead=3) as agent, Phone(box.sim, "fxs2", ahead=3) as caller:
        await talking(caller, agent)
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
        spoken, answered = speech_like(6, seed=1), speech_like(6, seed=2)
        caller.say(spoken)
        agent.say(answered)
        begin = caller.wire.heard_blocks
        await agent.listen(1)
        order("stall 2000")
        await agent.listen(0.5)
        order("")  # the write under way still takes its two seconds
        await agent.listen(5)
        heard_by_agent = agent.wire.heard_pcm(agent.wire.heard_blocks - 6 * 50 - 25)
        heard_by_caller = caller.wire.heard_pcm(begin)
        assert [str(f) for f in faults(spoken[8000:40000], heard_by_agent)] == []
        assert [str(f) for f in faults(answered[8000:40000], heard_by_caller)] == []
        agent.hang_up()
        call = await box.call_ended()
        left, right = await recording_of(box, call["recordings"][0])
        assert align(spoken, left).correlation > 0.99
        assert align(answered, right).correlation > 0.99
        assert faults(spoken, left) == faults(answered, right) == []


async def test_a_full_disk_stops_the_recording_with_an_alarm_and_the_call_goes_on(
    box: Box, order: Callable[[str], None]
) -> None:
    async with Phone(box.sim, "fxs1", ahead=3) as agent, Phone(box.sim, "fxs2", ahead=3) as caller:
        await talking(caller, agent)
        await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
        await agent.listen(1)
        order("full")
        health = await box.until("/health", lambda h: h["status"] == "degraded", 10)
        assert health["services"]["core"] == "up"
        await hears(caller, agent)
        agent.hang_up()
        caller.hang_up()
        cut = await box.call_ended()
        assert cut["disposition"] == "answered"
        order("")
        left, _ = await recording_of(box, cut["recordings"][0])
        assert len(left) > 4000  # what was written before

        await talking(caller, agent)
        await agent.listen(2)
        agent.hang_up()
        whole = await box.call_ended(2)
        await recording_of(box, whole["recordings"][0])
        await box.until("/health", lambda h: h["status"] == "ok", 10)
